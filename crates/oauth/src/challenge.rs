//! `WWW-Authenticate` challenges.

use std::fmt::{self, Write as _};

use crate::ErrorCode;
use crate::error::describable;

/// A challenge, ready to be written with `to_string`. It is always a valid header value, whatever
/// the texts in it hold.
#[derive(Clone, Debug)]
pub struct Challenge {
    scheme: &'static str,
    parameters: Vec<(&'static str, String)>,
}

impl Challenge {
    /// `Bearer realm="…"` (RFC 6750 §3). Alone, for a request that held no credentials at all: RFC
    /// 6750 §3.1 gives those no error code.
    #[must_use]
    pub fn bearer(realm: &str) -> Self {
        Self::scheme("Bearer").with("realm", realm)
    }

    /// `Basic realm="…", charset="UTF-8"` (RFC 7617 §2).
    #[must_use]
    pub fn basic(realm: &str) -> Self {
        Self::scheme("Basic")
            .with("realm", realm)
            .with("charset", "UTF-8")
    }

    /// A challenge of another scheme, such as `Key`.
    #[must_use]
    pub const fn scheme(scheme: &'static str) -> Self {
        Self {
            scheme,
            parameters: Vec::new(),
        }
    }

    /// Adds `error` and `error_description`.
    #[must_use]
    pub fn error(self, code: &ErrorCode, description: &str) -> Self {
        self.with("error", code.as_str())
            .with("error_description", &describable(description))
    }

    /// Adds the scope that would suffice (RFC 6750 §3).
    #[must_use]
    pub fn scope(self, scope: &str) -> Self {
        self.with("scope", scope)
    }

    /// Adds another parameter, such as `resource_metadata` (RFC 9728 §5.1).
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.parameters.push((name, value.into()));
        self
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme)?;
        for (position, (name, value)) in self.parameters.iter().enumerate() {
            f.write_str(if position == 0 { " " } else { ", " })?;
            write!(f, "{name}=\"")?;
            for c in value.chars() {
                match c {
                    // RFC 9110 §5.6.4: a quoted-pair for the two characters that need one.
                    '"' | '\\' => write!(f, "\\{c}")?,
                    ' '..='~' => f.write_char(c)?,
                    // Nothing that could end the header or is unsure to be read the same.
                    _ => f.write_char('?')?,
                }
            }
            f.write_char('"')?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Challenge;
    use crate::ErrorCode;

    #[test]
    fn the_examples_of_rfc_6750_section_3() {
        assert_eq!(
            Challenge::bearer("example").to_string(),
            r#"Bearer realm="example""#
        );
        assert_eq!(
            Challenge::bearer("example")
                .error(&ErrorCode::InvalidToken, "The access token expired")
                .to_string(),
            r#"Bearer realm="example", error="invalid_token", error_description="The access token expired""#
        );
        assert_eq!(
            Challenge::basic("foo").to_string(),
            r#"Basic realm="foo", charset="UTF-8""#
        );
    }

    #[test]
    fn no_text_escapes_its_quotes() {
        let challenge = Challenge::bearer("a\"b\\c\r\nSet-Cookie: x=1é");
        assert_eq!(
            challenge.to_string(),
            r#"Bearer realm="a\"b\\c??Set-Cookie: x=1?""#
        );
    }

    proptest! {
        #[test]
        fn every_challenge_is_one_header_value(realm in any::<String>(), text in any::<String>()) {
            let challenge = Challenge::bearer(&realm).error(&ErrorCode::Other(text.clone()), &text).to_string();
            prop_assert!(challenge.bytes().all(|b| (b' '..=b'~').contains(&b)));
            let mut open = false;
            let mut escaped = false;
            for c in challenge.chars() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' if open => escaped = true,
                    '"' => open = !open,
                    ',' if !open => {}
                    _ => {}
                }
            }
            prop_assert!(!open && !escaped);
        }
    }
}
