//! Proof Key for Code Exchange (RFC 7636).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::{Entropy, secret};

/// How a challenge is made from its verifier (RFC 7636 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// SHA-256 of the verifier, in base64url.
    S256,
    /// The verifier itself. RFC 9700 §2.1.1 advises against it.
    #[serde(rename = "plain")]
    Plain,
}

impl Method {
    /// Reads `code_challenge_method`; `None` for an unknown one. An absent parameter means `plain`
    /// (RFC 7636 §4.3): that is the caller's to decide.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "S256" => Some(Self::S256),
            "plain" => Some(Self::Plain),
            _ => None,
        }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S256 => "S256",
            Self::Plain => "plain",
        }
    }
}

/// Whether the text is a `code_verifier`, or a `plain` challenge: 43 to 128 unreserved characters
/// (RFC 7636 §4.1).
#[must_use]
pub fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

/// Whether the text is a `code_challenge` for the method.
#[must_use]
pub fn is_challenge(method: Method, text: &str) -> bool {
    match method {
        Method::Plain => is_verifier(text),
        Method::S256 => URL_SAFE_NO_PAD
            .decode(text)
            .is_ok_and(|hash| hash.len() == 32),
    }
}

/// The challenge of a verifier.
#[must_use]
pub fn challenge(method: Method, verifier: &str) -> String {
    match method {
        Method::Plain => verifier.into(),
        Method::S256 => {
            URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
        }
    }
}

/// Whether the verifier is the one that the challenge was made from (RFC 7636 §4.6), in constant time.
#[must_use]
pub fn verify(method: Method, expected_challenge: &str, verifier: &str) -> bool {
    is_verifier(verifier)
        && secret::same(
            challenge(method, verifier).as_bytes(),
            expected_challenge.as_bytes(),
        )
}

/// A challenge with its method: what an authorization request leaves behind for the token request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// How it was made.
    pub method: Method,
    /// The challenge's text.
    pub value: String,
}

impl Challenge {
    /// Whether the verifier is the one that the challenge was made from, in constant time.
    #[must_use]
    pub fn is_met_by(&self, verifier: &str) -> bool {
        verify(self.method, &self.value, verifier)
    }
}

/// A new verifier with 258 bits.
#[must_use]
pub fn new_verifier(entropy: &Entropy) -> String {
    entropy.url_safe(43)
}

#[cfg(test)]
mod tests {
    use super::{Method, challenge, is_challenge, is_verifier, new_verifier, verify};
    use crate::Entropy;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let expected = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(challenge(Method::S256, VERIFIER), expected);
        assert!(is_challenge(Method::S256, expected));
        assert!(verify(Method::S256, expected, VERIFIER));
        assert!(!verify(Method::Plain, expected, VERIFIER));
        assert!(verify(Method::Plain, VERIFIER, VERIFIER));
    }

    #[test]
    fn short_long_and_strange_verifiers_are_refused() {
        for text in [
            &VERIFIER[1..],
            &"a".repeat(129),
            &format!("{VERIFIER}="),
            &VERIFIER.replace('d', " "),
        ] {
            assert!(!is_verifier(text), "{text}");
            assert!(!verify(Method::S256, &challenge(Method::S256, text), text));
        }
        assert!(is_verifier(&new_verifier(&Entropy::seeded(3))));
        assert_eq!(Method::from_name("s256"), None);
    }
}
