//! Keys that sign.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaEncoding,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use x509_parser::pem::Pem;
use zeroize::Zeroizing;

use super::verifying_key::hmac_algorithm;
use super::{Algorithm, Header, Jwk, KeyError, jws};

/// A key that signs, parsed once; cloning shares it.
///
/// Key pairs come from the cryptographic library's own generator, which takes no seed: it is the one
/// randomness that is no argument.
#[derive(Clone)]
pub struct SigningKey {
    kid: Arc<str>,
    inner: Arc<Inner>,
}

struct Inner {
    signer: Signer,
    public: Option<Jwk>,
}

enum Signer {
    Rsa(RsaKeyPair),
    Ec(Algorithm, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Shared(Zeroizing<Vec<u8>>),
}

/// The longest signature: RSA with 8192 bits.
const MAX_SIGNATURE: usize = 1024;

impl SigningKey {
    /// A new RSA key pair with 2048 bits. Takes 60 ms and more: not on a thread that serves others.
    ///
    /// # Errors
    /// [`KeyError::Refused`] if the library fails.
    pub fn generate_rsa() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Refused)?;
        Self::new(Signer::Rsa(pair))
    }

    /// A new P-256 key pair, for `ES256`.
    ///
    /// # Errors
    /// [`KeyError::Refused`] if the library fails.
    pub fn generate_es256() -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING);
        Self::new(Signer::Ec(
            Algorithm::Es256,
            pair.map_err(|_| KeyError::Refused)?,
        ))
    }

    /// A new Ed25519 key pair, for `EdDSA`.
    ///
    /// # Errors
    /// [`KeyError::Refused`] if the library fails.
    pub fn generate_ed25519() -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Refused)?;
        Self::new(Signer::Ed25519(pair))
    }

    /// Parses PKCS#8 DER (RFC 5958): RSA from 2048 bits, P-256, P-384 or Ed25519.
    ///
    /// # Errors
    /// [`KeyError`] if the bytes are none of these.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let curves: [(Algorithm, &'static EcdsaSigningAlgorithm); 2] = [
            (
                Algorithm::Es256,
                &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
            ),
            (
                Algorithm::Es384,
                &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
            ),
        ];
        if let Ok(pair) = RsaKeyPair::from_pkcs8(der) {
            return match pair.public_modulus_len() {
                0..256 => Err(KeyError::TooShort),
                256..=MAX_SIGNATURE => Self::new(Signer::Rsa(pair)),
                _ => Err(KeyError::Unsupported("modulus")),
            };
        }
        for (algorithm, curve) in curves {
            if let Ok(pair) = EcdsaKeyPair::from_pkcs8(curve, der) {
                return Self::new(Signer::Ec(algorithm, pair));
            }
        }
        let pair = Ed25519KeyPair::from_pkcs8(der)
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der))
            .map_err(|_| KeyError::Malformed("PKCS#8"))?;
        Self::new(Signer::Ed25519(pair))
    }

    /// Parses a `PRIVATE KEY` block, such as [`SigningKey::to_pkcs8_pem`] writes.
    ///
    /// # Errors
    /// [`KeyError`] as for [`SigningKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(pem: &SecretString) -> Result<Self, KeyError> {
        let block = Pem::iter_from_buffer(pem.expose_secret().as_bytes())
            .next()
            .and_then(Result::ok)
            .filter(|block| block.label == "PRIVATE KEY")
            .ok_or(KeyError::Malformed("PEM"))?;
        Self::from_pkcs8_der(&Zeroizing::new(block.contents))
    }

    /// A shared secret, as bytes of its text: `HS256`, and longer ones as its length allows.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] below 32 bytes (RFC 7518 §3.2).
    pub fn hmac(secret: &SecretString) -> Result<Self, KeyError> {
        let secret = secret.expose_secret().as_bytes();
        if secret.len() < hmac_algorithm(Algorithm::Hs256).tag_len() {
            return Err(KeyError::TooShort);
        }
        Self::new(Signer::Shared(Zeroizing::new(secret.to_vec())))
    }

    /// The same key under another id; without this, the id is the RFC 7638 thumbprint, or empty
    /// for a shared secret, whose thumbprint would help to guess it.
    #[must_use]
    pub fn with_kid(self, kid: &str) -> Self {
        Self {
            kid: kid.into(),
            inner: self.inner,
        }
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Whether this key signs with the algorithm.
    #[must_use]
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        match &self.inner.signer {
            Signer::Rsa(_) => rsa_encoding(algorithm).is_some(),
            Signer::Ec(own, _) => *own == algorithm,
            Signer::Ed25519(_) => algorithm == Algorithm::EdDsa,
            Signer::Shared(secret) => {
                algorithm.is_symmetric() && secret.len() >= hmac_algorithm(algorithm).tag_len()
            }
        }
    }

    /// The public half, with `kid` and `use` and without `alg`; `None` for a shared secret.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Jwk> {
        let public = self.inner.public.clone()?;
        Some(Jwk {
            kid: Some(self.kid.to_string()),
            ..public
        })
    }

    /// The public half as DER (RFC 5280 `SubjectPublicKeyInfo`), for certificates.
    ///
    /// # Errors
    /// [`KeyError::Symmetric`] for a shared secret.
    pub fn public_spki_der(&self) -> Result<Vec<u8>, KeyError> {
        let der: Result<PublicKeyX509Der<'_>, _> = match &self.inner.signer {
            Signer::Rsa(pair) => pair.public_key().as_der(),
            Signer::Ec(_, pair) => pair.public_key().as_der(),
            Signer::Ed25519(pair) => pair.public_key().as_der(),
            Signer::Shared(_) => return Err(KeyError::Symmetric),
        };
        Ok(der.map_err(|_| KeyError::Refused)?.as_ref().to_vec())
    }

    /// The key pair as PKCS#8 DER, to be sealed and kept.
    ///
    /// # Errors
    /// [`KeyError::Symmetric`] for a shared secret.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let refused = |_| KeyError::Refused;
        match &self.inner.signer {
            Signer::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(refused)?;
                Ok(Zeroizing::new(der.as_ref().to_vec()))
            }
            Signer::Ec(_, pair) => {
                let der = pair.to_pkcs8v1().map_err(refused)?;
                Ok(Zeroizing::new(der.as_ref().to_vec()))
            }
            Signer::Ed25519(pair) => {
                let der = pair.to_pkcs8v1().map_err(refused)?;
                Ok(Zeroizing::new(der.as_ref().to_vec()))
            }
            Signer::Shared(_) => Err(KeyError::Symmetric),
        }
    }

    /// The key pair as a `PRIVATE KEY` block, to be sealed and kept.
    ///
    /// # Errors
    /// [`KeyError::Symmetric`] for a shared secret.
    pub fn to_pkcs8_pem(&self) -> Result<SecretString, KeyError> {
        let body = Zeroizing::new(STANDARD.encode(self.to_pkcs8_der()?.as_slice()));
        let mut pem = String::with_capacity(body.len() + body.len() / 64 + 64);
        pem.push_str("-----BEGIN PRIVATE KEY-----\n");
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Ok(pem.into())
    }

    /// Signs `payload` as a compact JWS (RFC 7515 §7.1).
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`] if the key does not serve the header's algorithm.
    pub fn sign(&self, header: &Header, payload: &[u8]) -> Result<String, KeyError> {
        let header_json = serde_json::to_vec(header).map_err(|_| KeyError::Malformed("header"))?;
        let length = (header_json.len() + payload.len() + MAX_SIGNATURE) * 4 / 3 + 8;
        let mut token = String::with_capacity(length.min(jws::MAX_TOKEN));
        URL_SAFE_NO_PAD.encode_string(&header_json, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        self.append_signature(header.alg, &mut token)?;
        Ok(token)
    }

    /// The signature of a text by itself, in base64url, for formats that are no JWS.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`] if the key does not serve the algorithm.
    pub fn detached(&self, algorithm: Algorithm, text: &str) -> Result<String, KeyError> {
        let mut signed = text.to_owned();
        self.append_signature(algorithm, &mut signed)?;
        // One dot is between the two.
        Ok(signed.split_off(text.len() + 1))
    }

    fn append_signature(&self, algorithm: Algorithm, token: &mut String) -> Result<(), KeyError> {
        if !self.serves(algorithm) {
            return Err(KeyError::WrongAlgorithm(algorithm));
        }
        let refused = |_| KeyError::Refused;
        let random = SystemRandom::new();
        let message = token.as_bytes();
        match &self.inner.signer {
            Signer::Rsa(pair) => {
                let mut buffer = [0; MAX_SIGNATURE];
                let buffer = &mut buffer[..pair.public_modulus_len()];
                let encoding =
                    rsa_encoding(algorithm).ok_or(KeyError::WrongAlgorithm(algorithm))?;
                pair.sign(encoding, &random, message, buffer)
                    .map_err(refused)?;
                append(token, buffer);
            }
            Signer::Ec(_, pair) => {
                let signature = pair.sign(&random, message).map_err(refused)?;
                append(token, signature.as_ref());
            }
            Signer::Ed25519(pair) => {
                let signature = pair.try_sign(message).map_err(refused)?;
                append(token, signature.as_ref());
            }
            Signer::Shared(secret) => {
                let key = hmac::Key::new(hmac_algorithm(algorithm), secret);
                append(token, hmac::sign(&key, message).as_ref());
            }
        }
        Ok(())
    }

    fn new(signer: Signer) -> Result<Self, KeyError> {
        let public = match &signer {
            Signer::Rsa(pair) => {
                let spki: PublicKeyX509Der<'_> =
                    pair.public_key().as_der().map_err(|_| KeyError::Refused)?;
                Some(Jwk::from_spki_der(spki.as_ref())?)
            }
            Signer::Ec(_, pair) => Some(Jwk::ec(pair.public_key().as_ref())?),
            Signer::Ed25519(pair) => Some(Jwk::ed25519(pair.public_key().as_ref())),
            Signer::Shared(_) => None,
        };
        let kid = public.as_ref().map(Jwk::thumbprint).transpose()?;
        let public = public.map(|jwk| Jwk {
            use_: Some("sig".into()),
            ..jwk
        });
        Ok(Self {
            kid: kid.unwrap_or_default().into(),
            inner: Arc::new(Inner { signer, public }),
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

fn append(token: &mut String, signature: &[u8]) {
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, token);
}

fn rsa_encoding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        Algorithm::Rs256 => &signature::RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &signature::RSA_PSS_SHA256,
        Algorithm::Ps384 => &signature::RSA_PSS_SHA384,
        Algorithm::Ps512 => &signature::RSA_PSS_SHA512,
        _ => return None,
    })
}
