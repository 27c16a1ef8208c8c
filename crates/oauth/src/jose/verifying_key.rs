//! Keys that check signatures.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    self, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};

use super::algorithm::Family;
use super::{Algorithm, Jwk, KeyError};

/// A key that checks signatures, parsed once; cloning shares it.
///
/// It verifies only the algorithms of its own kind, and if it names one (`alg`), only that one. So a
/// token can neither use an RSA key as an HMAC secret nor pick a weaker algorithm (RFC 8725 §2.1, §3.1).
#[derive(Clone)]
pub struct VerifyingKey(Arc<Inner>);

struct Inner {
    kid: Option<String>,
    thumbprint: Option<String>,
    verifiers: Vec<(Algorithm, Verifier)>,
}

enum Verifier {
    Public(ParsedPublicKey),
    Shared(Box<hmac::Key>),
}

impl VerifyingKey {
    /// Parses a JWK of any kind. A key with `"use":"enc"` is refused.
    ///
    /// # Errors
    /// [`KeyError`] if a member is missing or malformed, or the kind of key is not supported.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        if jwk.use_.as_deref().is_some_and(|u| u != "sig") {
            return Err(KeyError::Unsupported("use"));
        }
        let verifies = |ops: &Vec<String>| ops.iter().any(|op| op == "verify");
        if jwk.key_ops.as_ref().is_some_and(|ops| !verifies(ops)) {
            return Err(KeyError::Unsupported("key_ops"));
        }
        let family = family(jwk)?;
        let algorithms = match jwk.alg.as_deref() {
            None => family.algorithms().to_vec(),
            Some(name) => {
                let pinned: Algorithm = name.parse().map_err(|_| KeyError::Unsupported("alg"))?;
                if pinned.family() != family {
                    return Err(KeyError::WrongAlgorithm(pinned));
                }
                vec![pinned]
            }
        };
        let verifiers = verifiers(jwk, family, &algorithms)?;
        Ok(Self(Arc::new(Inner {
            kid: jwk.kid.clone(),
            thumbprint: jwk.thumbprint().ok(),
            verifiers,
        })))
    }

    /// Parses a public key from PEM: `PUBLIC KEY` or `CERTIFICATE`.
    ///
    /// `kid` and `algorithm` are what the key's owner said of it, since PEM has no place for them.
    ///
    /// # Errors
    /// [`KeyError`] as for [`Jwk::from_pem`] and [`VerifyingKey::from_jwk`].
    pub fn from_pem(
        pem: &str,
        kid: Option<&str>,
        algorithm: Option<Algorithm>,
    ) -> Result<Self, KeyError> {
        let mut jwk = Jwk::from_pem(pem)?;
        jwk.kid = kid.map(Into::into);
        jwk.alg = algorithm.map(|algorithm| algorithm.as_str().into());
        Self::from_jwk(&jwk)
    }

    /// A shared secret, as bytes of its text: what a client secret signs with (`HS256` …).
    ///
    /// # Errors
    /// [`KeyError::TooShort`] below 32 bytes (RFC 7518 §3.2).
    pub fn hmac(secret: &SecretString, kid: Option<&str>) -> Result<Self, KeyError> {
        let secret = secret.expose_secret().as_bytes();
        let verifiers = hmac_verifiers(secret, Algorithm::SYMMETRIC)?;
        Ok(Self(Arc::new(Inner {
            kid: kid.map(Into::into),
            thumbprint: None,
            verifiers,
        })))
    }

    /// The key's id, where it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.0.kid.as_deref()
    }

    /// What tells a public key from every other, whatever it is called (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> Option<&str> {
        self.0.thumbprint.as_deref()
    }

    /// The algorithms that this key verifies.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.0.verifiers.iter().map(|(algorithm, _)| *algorithm)
    }

    /// Whether this key verifies the algorithm.
    #[must_use]
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        self.verifier(algorithm).is_some()
    }

    /// Checks a signature over `message`: true only if this key made it with this algorithm.
    #[must_use]
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match self.verifier(algorithm) {
            Some(Verifier::Public(key)) => key.verify_sig(message, signature).is_ok(),
            Some(Verifier::Shared(key)) => hmac::verify(key, message, signature).is_ok(),
            None => false,
        }
    }

    fn verifier(&self, algorithm: Algorithm) -> Option<&Verifier> {
        let mut verifiers = self.0.verifiers.iter();
        verifiers.find_map(|(served, verifier)| (*served == algorithm).then_some(verifier))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.0.kid)
            .field("algorithms", &self.algorithms().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn family(jwk: &Jwk) -> Result<Family, KeyError> {
    match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => Ok(Family::Rsa),
        ("EC", Some("P-256")) => Ok(Family::P256),
        ("EC", Some("P-384")) => Ok(Family::P384),
        ("OKP", Some("Ed25519")) => Ok(Family::Ed25519),
        ("oct", _) => Ok(Family::Hmac),
        ("EC" | "OKP", _) => Err(KeyError::Unsupported("curve")),
        _ => Err(KeyError::Unsupported("key type")),
    }
}

fn verifiers(
    jwk: &Jwk,
    family: Family,
    algorithms: &[Algorithm],
) -> Result<Vec<(Algorithm, Verifier)>, KeyError> {
    match family {
        Family::Rsa => {
            let (n, e) = (binary(&jwk.n, "n")?, binary(&jwk.e, "e")?);
            let n = n.trim_start();
            match n.len() {
                0..256 => return Err(KeyError::TooShort),
                256..=1024 => {}
                _ => return Err(KeyError::Unsupported("modulus")),
            }
            let components = RsaPublicKeyComponents {
                n,
                e: e.trim_start(),
            };
            let parsed = algorithms.iter().map(|&algorithm| {
                let key = components.to_parsed_public_key(rsa_parameters(algorithm));
                let key = key.map_err(|_| KeyError::Refused)?;
                Ok((algorithm, Verifier::Public(key)))
            });
            parsed.collect()
        }
        Family::P256 | Family::P384 => {
            let (x, y) = (binary(&jwk.x, "x")?, binary(&jwk.y, "y")?);
            let (size, curve): (_, &'static dyn VerificationAlgorithm) = match family {
                Family::P256 => (32, &signature::ECDSA_P256_SHA256_FIXED),
                _ => (48, &signature::ECDSA_P384_SHA384_FIXED),
            };
            // RFC 7518 §6.2.1.2: coordinates have the full length of the field.
            if x.0.len() != size || y.0.len() != size {
                return Err(KeyError::Malformed("coordinate"));
            }
            let point = [&[4], x.0.as_slice(), y.0.as_slice()].concat();
            let key = ParsedPublicKey::new(curve, point).map_err(|_| KeyError::Refused)?;
            Ok(vec![(family.algorithms()[0], Verifier::Public(key))])
        }
        Family::Ed25519 => {
            let x = binary(&jwk.x, "x")?;
            if x.0.len() != 32 {
                return Err(KeyError::Malformed("x"));
            }
            let key = ParsedPublicKey::new(&signature::ED25519, x.0);
            let key = key.map_err(|_| KeyError::Refused)?;
            Ok(vec![(Algorithm::EdDsa, Verifier::Public(key))])
        }
        Family::Hmac => hmac_verifiers(&binary(&jwk.k, "k")?.0, algorithms),
    }
}

fn hmac_verifiers(
    secret: &[u8],
    algorithms: &[Algorithm],
) -> Result<Vec<(Algorithm, Verifier)>, KeyError> {
    let served: Vec<_> = algorithms
        .iter()
        .filter(|&&algorithm| secret.len() >= hmac_algorithm(algorithm).tag_len())
        .map(|&algorithm| {
            let key = hmac::Key::new(hmac_algorithm(algorithm), secret);
            (algorithm, Verifier::Shared(Box::new(key)))
        })
        .collect();
    if served.is_empty() {
        return Err(KeyError::TooShort);
    }
    Ok(served)
}

pub(super) fn hmac_algorithm(algorithm: Algorithm) -> hmac::Algorithm {
    match algorithm {
        Algorithm::Hs384 => hmac::HMAC_SHA384,
        Algorithm::Hs512 => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    }
}

fn rsa_parameters(algorithm: Algorithm) -> &'static RsaParameters {
    match algorithm {
        Algorithm::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &signature::RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &signature::RSA_PSS_2048_8192_SHA512,
        _ => &signature::RSA_PKCS1_2048_8192_SHA256,
    }
}

struct Binary(Vec<u8>);

impl Binary {
    fn trim_start(&self) -> &[u8] {
        let zeros = self.0.iter().take_while(|&&byte| byte == 0).count();
        &self.0[zeros..]
    }
}

fn binary(member: &Option<String>, name: &'static str) -> Result<Binary, KeyError> {
    let text = member.as_deref().ok_or(KeyError::Malformed(name))?;
    // Some issuers pad; RFC 7515 §2 does not.
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    bytes.map(Binary).map_err(|_| KeyError::Malformed(name))
}
