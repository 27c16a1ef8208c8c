//! Compact JSON Web Signatures (RFC 7515 §7.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Algorithm, Jwk};

/// Longer tokens are refused before anything is decoded. Auth0 allows 100 kB of custom claims.
pub const MAX_TOKEN: usize = 256 * 1024;

/// Longer protected headers are refused; a chain of certificates fits.
pub const MAX_HEADER: usize = 16 * 1024;

/// Room for the longest signature, RSA with 8192 bits, and for the decoder's estimate of it.
pub type SignatureBuffer = [u8; 1032];

/// 1024 bytes in base64url.
const MAX_SIGNATURE_TEXT: usize = 1366;

/// A protected header (RFC 7515 §4). Members that are not named here are ignored on reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The algorithm.
    pub alg: Algorithm,
    /// Media type of the whole: `JWT`, `at+jwt` (RFC 9068 §2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// Id of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Media type of the payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cty: Option<String>,
    /// The key that a DPoP proof is signed with (RFC 9449 §4.2). Never a key to trust by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwk: Option<Box<Jwk>>,
    /// Names of extensions that must be understood. None is, so a token that names any is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crit: Option<Vec<String>>,
}

impl Header {
    /// A header with an algorithm and nothing else.
    #[must_use]
    pub const fn new(alg: Algorithm) -> Self {
        Self {
            alg,
            typ: None,
            kid: None,
            cty: None,
            jwk: None,
            crit: None,
        }
    }

    /// The header of a token: `typ`, and the id of the key that signs.
    #[must_use]
    pub fn jwt(alg: Algorithm, typ: &str, kid: &str) -> Self {
        Self {
            typ: Some(typ.into()),
            kid: (!kid.is_empty()).then(|| kid.into()),
            ..Self::new(alg)
        }
    }
}

/// Why a text is no compact JWS that is accepted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not three parts in base64url, or not JSON where JSON must be.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// The token or its header is too long.
    #[error("too long")]
    TooLong,
    /// The header names an algorithm that is not supported, or `none`.
    #[error("unsupported algorithm")]
    UnsupportedAlgorithm,
    /// The header names a critical extension (RFC 7515 §4.1.11).
    #[error("unsupported critical extension")]
    Critical,
}

/// The parts of a compact JWS, still encoded. Nothing in it is verified.
#[derive(Clone, Copy, Debug)]
pub struct Compact<'a> {
    /// Header and payload with the dot between: what the signature is over.
    pub signing_input: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Compact<'a> {
    /// Splits a token at its two dots.
    ///
    /// # Errors
    /// [`Error::TooLong`], or [`Error::Malformed`] if there are not exactly three parts.
    pub fn split(token: &'a str) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN {
            return Err(Error::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(Error::Malformed("token"))?;
        let (header, payload) = signing_input
            .split_once('.')
            .ok_or(Error::Malformed("token"))?;
        if payload.contains('.') {
            return Err(Error::Malformed("token"));
        }
        if header.len() > MAX_HEADER {
            return Err(Error::TooLong);
        }
        Ok(Self {
            signing_input,
            header,
            payload,
            signature,
        })
    }

    /// Decodes the protected header.
    ///
    /// # Errors
    /// [`Error`] if it is not JSON, names no supported algorithm, or a critical extension.
    pub fn header(&self) -> Result<Header, Error> {
        /// The algorithm by itself, so that an unknown one is told apart from broken JSON.
        #[derive(Deserialize)]
        struct Named<'a> {
            #[serde(borrow)]
            alg: std::borrow::Cow<'a, str>,
        }
        let mut buffer = [0; 512];
        let long;
        let json = match URL_SAFE_NO_PAD.decode_slice(self.header, &mut buffer) {
            Ok(length) => &buffer[..length],
            Err(_) => {
                long = URL_SAFE_NO_PAD
                    .decode(self.header)
                    .map_err(|_| Error::Malformed("header"))?;
                long.as_slice()
            }
        };
        let header: Header = serde_json::from_slice(json).map_err(|_| {
            let unknown = serde_json::from_slice::<Named<'_>>(json)
                .is_ok_and(|named| named.alg.parse::<Algorithm>().is_err());
            if unknown {
                Error::UnsupportedAlgorithm
            } else {
                Error::Malformed("header")
            }
        })?;
        if header.crit.is_some() {
            return Err(Error::Critical);
        }
        Ok(header)
    }

    /// Decodes the payload.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not base64url.
    pub fn payload(&self) -> Result<Vec<u8>, Error> {
        let decoded = URL_SAFE_NO_PAD.decode(self.payload);
        decoded.map_err(|_| Error::Malformed("payload"))
    }

    /// Decodes the signature into `buffer`; `None` if it is not base64url or longer than any
    /// signature is.
    #[must_use]
    pub fn signature<'b>(&self, buffer: &'b mut SignatureBuffer) -> Option<&'b [u8]> {
        if self.signature.is_empty() || self.signature.len() > MAX_SIGNATURE_TEXT {
            return None;
        }
        let length = URL_SAFE_NO_PAD
            .decode_slice(self.signature, &mut buffer[..])
            .ok()?;
        Some(&buffer[..length])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Compact, Error, MAX_TOKEN};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn with_header(json: &str) -> String {
        format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(json))
    }

    #[test]
    fn only_three_parts_make_a_token() {
        for text in ["", ".", "a.b", "a.b.c.d", "a.b.c.d.e", "nodots"] {
            assert!(Compact::split(text).is_err(), "{text:?}");
        }
        assert!(Compact::split("..").is_ok());
        let long = "a".repeat(MAX_TOKEN + 1);
        assert_eq!(Compact::split(&long).unwrap_err(), Error::TooLong);
    }

    #[test]
    fn a_header_says_why_it_is_refused() {
        let refused = |json: &str| {
            let token = with_header(json);
            Compact::split(&token).unwrap().header().unwrap_err()
        };
        assert_eq!(refused(r#"{"alg":"none"}"#), Error::UnsupportedAlgorithm);
        assert_eq!(refused(r#"{"alg":"ES999"}"#), Error::UnsupportedAlgorithm);
        assert_eq!(refused(r#"{"typ":"JWT"}"#), Error::Malformed("header"));
        assert_eq!(refused(r#"{"alg":"RS256""#), Error::Malformed("header"));
        assert_eq!(
            refused(r#"{"alg":"RS256","alg":"HS256"}"#),
            Error::Malformed("header")
        );
        assert_eq!(
            refused(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#),
            Error::Critical
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_the_splitter_panic(text in "\\PC{0,200}") {
            if let Ok(parts) = Compact::split(&text) {
                let _ = parts.header();
                let _ = parts.payload();
                let _ = parts.signature(&mut [0; 1032]);
            }
        }

        #[test]
        fn no_header_makes_the_decoder_panic(json in "[{}\":,a-z0-9\\[\\]]{0,700}") {
            let token = with_header(&json);
            let _ = Compact::split(&token).unwrap().header();
        }

        #[test]
        fn a_signature_of_any_length_is_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..20).prop_union(prop::collection::vec(any::<u8>(), 1015..1030))) {
            let token = format!("e30.e30.{}", URL_SAFE_NO_PAD.encode(&bytes));
            let mut buffer = [0; 1032];
            let decoded = Compact::split(&token).unwrap();
            let decoded = decoded.signature(&mut buffer);
            if bytes.is_empty() || bytes.len() > 1024 {
                prop_assert!(decoded.is_none());
            } else {
                prop_assert_eq!(decoded, Some(bytes.as_slice()));
            }
        }
    }
}
