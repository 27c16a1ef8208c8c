//! `Authorization: Basic`, as the RFC writes it and as Kong's page does.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use secrecy::SecretString;

/// A client id and its secret, wherever they were found.
#[derive(Debug)]
pub(crate) struct Credentials {
    /// The client id.
    pub(crate) client_id: String,
    /// The client secret.
    pub(crate) secret: SecretString,
}

/// Reads what follows the scheme in `Authorization: Basic …`.
///
/// The value is base64 of `id:secret` (RFC 7617 §2). Compat: Kong's page for Auth0 writes
/// `-H "Authorization: Basic CLIENT_ID:CLIENT_SECRET"`, not encoded; base64 has no colon, so a value
/// with one can only mean that. The secret is what follows the first colon.
///
/// Returns nothing if there is no colon either way, or no client id before it.
#[must_use]
pub(crate) fn parse(value: &str) -> Option<Credentials> {
    let value = value.trim_matches(' ');
    let decoded = STANDARD
        .decode(value)
        .or_else(|_| STANDARD_NO_PAD.decode(value))
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.as_deref().and_then(split).or_else(|| split(value))
}

fn split(text: &str) -> Option<Credentials> {
    let (client_id, secret) = text.split_once(':')?;
    let readable = !client_id.is_empty() && !text.contains(|c: char| c.is_control());
    readable.then(|| Credentials {
        client_id: client_id.to_owned(),
        secret: secret.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
    use secrecy::ExposeSecret;

    fn read(value: &str) -> Option<(String, String)> {
        parse(value).map(|c| (c.client_id, c.secret.expose_secret().to_owned()))
    }

    #[test]
    fn plain_and_encoded_credentials_mean_the_same() {
        let wanted = Some(("id".to_owned(), "se:cret".to_owned()));
        assert_eq!(read("id:se:cret"), wanted);
        assert_eq!(read(" id:se:cret "), wanted);
        assert_eq!(read(&STANDARD.encode("id:se:cret")), wanted);
        assert_eq!(
            read(STANDARD.encode("id:se:cret").trim_end_matches('=')),
            wanted
        );
    }

    #[test]
    fn what_holds_no_pair_is_nothing() {
        for value in [
            "",
            "id",
            ":",
            ":secret",
            "%%%",
            &STANDARD.encode("no colon"),
            "a:\u{1}",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_pair_survives_both_ways(id in "[A-Za-z0-9_@|.-]{1,40}", secret in "[!-~]{0,80}") {
            let pair = format!("{id}:{secret}");
            prop_assert_eq!(read(&STANDARD.encode(&pair)), Some((id.clone(), secret.clone())));
            prop_assert_eq!(read(&pair), Some((id, secret)));
        }

        #[test]
        fn nothing_makes_it_panic(value in "\\PC{0,60}") {
            let _ = parse(&value);
        }
    }
}
