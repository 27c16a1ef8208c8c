//! JSON Web Keys.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::KeyError;

/// One key as JSON (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
///
/// Members that are not named here are kept in `extra` and written out again. Binary members are
/// base64url text, as on the wire. `Debug` shows no key material, since a JWK may be private.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Jwk {
    /// Key type: `RSA`, `EC`, `OKP` or `oct`.
    pub kty: String,
    /// `sig` or `enc`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_: Option<String>,
    /// The one algorithm that this key is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Operations that the key is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
    /// RSA modulus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA public exponent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Curve: `P-256`, `P-384` or `Ed25519`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// First coordinate, or the whole Ed25519 key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The shared secret of an `oct` key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<String>,
    /// Key id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// SHA-1 thumbprint of the first certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
    /// SHA-256 thumbprint of the first certificate.
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    pub x5t_s256: Option<String>,
    /// Certificate chain, each in (not url-safe) base64 DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
    /// Members that are not named here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A set of keys (RFC 7517 §5). Entries that are no keys at all are left out when it is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys, in the order of the document.
    #[serde(deserialize_with = "readable_keys")]
    pub keys: Vec<Jwk>,
}

/// RFC 7517 §5: a reader ignores keys that it cannot use, so one strange entry spoils nothing.
fn readable_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Jwk>, D::Error> {
    let entries = Vec::<Value>::deserialize(deserializer)?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| serde_json::from_value(entry).ok())
        .collect())
}

impl Jwk {
    /// The SHA-256 thumbprint in base64url.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if a member that the thumbprint is made of is missing.
    ///
    /// Source: RFC 7638 §3; RFC 8037 §2 for `OKP`.
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        let member = |value: &Option<String>, name: &'static str| {
            let value = value.as_deref().ok_or(KeyError::Malformed(name))?;
            serde_json::to_string(value).map_err(|_| KeyError::Malformed(name))
        };
        // Required members only, in lexicographic order, without white space.
        let canonical = match self.kty.as_str() {
            "RSA" => {
                let (e, n) = (member(&self.e, "e")?, member(&self.n, "n")?);
                format!(r#"{{"e":{e},"kty":"RSA","n":{n}}}"#)
            }
            "EC" => {
                let (crv, x) = (member(&self.crv, "crv")?, member(&self.x, "x")?);
                let y = member(&self.y, "y")?;
                format!(r#"{{"crv":{crv},"kty":"EC","x":{x},"y":{y}}}"#)
            }
            "OKP" => {
                let (crv, x) = (member(&self.crv, "crv")?, member(&self.x, "x")?);
                format!(r#"{{"crv":{crv},"kty":"OKP","x":{x}}}"#)
            }
            "oct" => format!(r#"{{"k":{},"kty":"oct"}}"#, member(&self.k, "k")?),
            _ => return Err(KeyError::Unsupported("kty")),
        };
        let hash = digest::digest(&digest::SHA256, canonical.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(hash))
    }

    /// Whether the key holds secret members, which a published or registered key must not.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let secret = ["d", "p", "q", "dp", "dq", "qi", "oth"];
        self.k.is_some() || secret.iter().any(|name| self.extra.contains_key(*name))
    }

    /// Reads a public key from PEM: `PUBLIC KEY` (RFC 5280 SPKI) or `CERTIFICATE`.
    ///
    /// The certificate is a container here: its dates and signature are not checked.
    ///
    /// # Errors
    /// [`KeyError`] if the text is no PEM, or the key is of a kind that is not supported.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        const MAX_PEM: usize = 64 * 1024;
        if pem.len() > MAX_PEM {
            return Err(KeyError::Malformed("PEM"));
        }
        let block = Pem::iter_from_buffer(pem.as_bytes())
            .next()
            .and_then(Result::ok)
            .ok_or(KeyError::Malformed("PEM"))?;
        match block.label.as_str() {
            "PUBLIC KEY" => Self::from_spki_der(&block.contents),
            "CERTIFICATE" => {
                let certificate = block
                    .parse_x509()
                    .map_err(|_| KeyError::Malformed("certificate"))?;
                let mut jwk = Self::from_spki(certificate.public_key())?;
                jwk.x5c = Some(vec![STANDARD.encode(&block.contents)]);
                Ok(jwk)
            }
            _ => Err(KeyError::Unsupported("PEM label")),
        }
    }

    /// Reads a public key from DER (RFC 5280 §4.1 `SubjectPublicKeyInfo`).
    ///
    /// # Errors
    /// [`KeyError`] if the bytes are not that, or the key is of a kind that is not supported.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let (_, spki) = SubjectPublicKeyInfo::from_der(der)
            .map_err(|_| KeyError::Malformed("SubjectPublicKeyInfo"))?;
        Self::from_spki(&spki)
    }

    fn from_spki(spki: &SubjectPublicKeyInfo<'_>) -> Result<Self, KeyError> {
        let key = spki
            .parsed()
            .map_err(|_| KeyError::Malformed("SubjectPublicKeyInfo"))?;
        match key {
            PublicKey::RSA(rsa) => Ok(Self::rsa(rsa.modulus, rsa.exponent)),
            PublicKey::EC(point) => Self::ec(point.data()),
            // RFC 8410 §3: id-Ed25519 is 1.3.101.112.
            PublicKey::Unknown(key) if spki.algorithm.algorithm.to_id_string() == "1.3.101.112" => {
                Ok(Self::ed25519(key))
            }
            _ => Err(KeyError::Unsupported("key type")),
        }
    }

    pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        // DER integers carry a leading zero where the top bit is set; JWK's do not (RFC 7518 §6.3.1).
        let trimmed = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
            URL_SAFE_NO_PAD.encode(&bytes[zeros..])
        };
        Self {
            kty: "RSA".into(),
            n: Some(trimmed(modulus)),
            e: Some(trimmed(exponent)),
            ..Self::default()
        }
    }

    /// From an uncompressed point, `04 || x || y`.
    pub(crate) fn ec(point: &[u8]) -> Result<Self, KeyError> {
        let crv = match point {
            [4, rest @ ..] if rest.len() == 64 => "P-256",
            [4, rest @ ..] if rest.len() == 96 => "P-384",
            _ => return Err(KeyError::Unsupported("curve")),
        };
        let (x, y) = point[1..].split_at((point.len() - 1) / 2);
        Ok(Self {
            kty: "EC".into(),
            crv: Some(crv.into()),
            x: Some(URL_SAFE_NO_PAD.encode(x)),
            y: Some(URL_SAFE_NO_PAD.encode(y)),
            ..Self::default()
        })
    }

    pub(crate) fn ed25519(key: &[u8]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: Some("Ed25519".into()),
            x: Some(URL_SAFE_NO_PAD.encode(key)),
            ..Self::default()
        }
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwk")
            .field("kty", &self.kty)
            .field("kid", &self.kid)
            .field("alg", &self.alg)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Jwk, JwkSet};

    #[test]
    fn the_thumbprint_of_rfc_7638_section_3_1() {
        let jwk: Jwk = serde_json::from_value(json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        }))
        .unwrap();
        assert_eq!(
            jwk.thumbprint().unwrap(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn the_thumbprint_of_rfc_8037_appendix_a_3() {
        let jwk: Jwk = serde_json::from_value(json!({
            "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        }))
        .unwrap();
        assert_eq!(
            jwk.thumbprint().unwrap(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn a_set_keeps_unknown_members_and_drops_what_is_no_key() {
        let text = r#"{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB","kid":"a","colour":"blue"},{"kty":7},"x"],"more":1}"#;
        let set: JwkSet = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json::to_value(&set).unwrap(),
            json!({"keys":[{"kty":"RSA","n":"AQ","e":"AQAB","kid":"a","colour":"blue"}]})
        );
    }

    #[test]
    fn private_members_are_noticed_and_never_printed() {
        let jwk: Jwk = serde_json::from_value(
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "hush-hush"}),
        )
        .unwrap();
        assert!(jwk.is_private());
        assert!(!format!("{jwk:?}").contains("hush"));
    }
}
