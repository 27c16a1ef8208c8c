//! The loaded keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::Timestamp;
use oauth::jose::{Jwk, JwkSet, KeySet, SigningKey};
use secrecy::ExposeSecret as _;
use storage::seal::Sealer;

use super::Certificate;
use crate::Error;
use crate::model::signing_key::{Role, StoredKey};

/// What the sealed text is bound to.
pub(super) const SEAL_CONTEXT: &str = "identity.signing_key";

/// The keys at one moment; replaced as a whole when one changes.
pub(crate) struct Ring {
    /// The key that signs.
    pub(crate) current: SigningKey,
    /// Every key, revoked ones too, for the Management API.
    pub(crate) keys: Vec<Published>,
    /// The keys that tokens of this tenant verify against.
    pub(crate) verifying: KeySet,
    /// The published set: current, next, previous. Without `alg`.
    jwks: JwkSet,
}

/// What may be shown of a key.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) kid: String,
    pub(crate) role: Role,
    pub(crate) certificate: Certificate,
    pub(crate) current_since: Option<Timestamp>,
    pub(crate) current_until: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
}

impl Ring {
    /// Opens the stored keys.
    ///
    /// # Errors
    /// [`Error::Internal`] if the sealed keys do not open, or none is current.
    pub(super) fn load(stored: &[StoredKey], sealer: &Sealer) -> Result<Self, Error> {
        let mut current = None;
        let (mut keys, mut published) = (Vec::new(), Vec::new());
        // Current first: clients that take the first key of a set take the right one.
        let order = |key: &&StoredKey| match key.role {
            Role::Current => 0,
            Role::Next => 1,
            Role::Previous => 2,
            Role::Revoked => 3,
        };
        let mut sorted: Vec<_> = stored.iter().collect();
        sorted.sort_by_key(order);
        for key in sorted {
            let certificate = Certificate::from_base64(&key.certificate)?;
            if key.role != Role::Revoked {
                let signing = open(key, sealer)?;
                published.push(jwk(&signing, &certificate)?);
                if key.role == Role::Current {
                    current = Some(signing);
                }
            }
            keys.push(Published {
                kid: key.kid.clone(),
                role: key.role,
                certificate,
                current_since: key.current_since,
                current_until: key.current_until,
                revoked_at: key.revoked_at,
            });
        }
        let jwks = JwkSet { keys: published };
        Ok(Self {
            current: current
                .ok_or_else(|| Error::Internal("the tenant has no signing key".to_owned()))?,
            keys,
            verifying: KeySet::from_jwks(&jwks),
            jwks,
        })
    }

    /// The JWKS document.
    ///
    /// An RSA key serves several algorithms, and the vendor's document says RS256 all the same; with
    /// the tenant flag `remove_alg_from_jwks` it says none.
    pub(crate) fn jwks(&self, with_alg: bool) -> JwkSet {
        let mut jwks = self.jwks.clone();
        if with_alg {
            for key in &mut jwks.keys {
                key.alg = Some("RS256".to_owned());
            }
        }
        jwks
    }
}

fn open(key: &StoredKey, sealer: &Sealer) -> Result<SigningKey, Error> {
    let broken = |cause: String| {
        let kid = &key.kid;
        Error::Internal(format!(
            "the signing key {kid} {cause}; restore the key-encryption key it was sealed with"
        ))
    };
    let text = sealer
        .open(SEAL_CONTEXT, &key.sealed)
        .map_err(|error| broken(format!("does not open ({error})")))?;
    let der = STANDARD
        .decode(text.expose_secret())
        .map_err(|_| broken("is damaged".to_owned()))?;
    let der = zeroize::Zeroizing::new(der);
    let signing = SigningKey::from_pkcs8_der(&der).map_err(|error| broken(error.to_string()))?;
    Ok(signing.with_kid(&key.kid))
}

fn jwk(key: &SigningKey, certificate: &Certificate) -> Result<Jwk, Error> {
    let jwk = key
        .public_jwk()
        .ok_or_else(|| Error::Internal("a signing key has no public half".to_owned()))?;
    Ok(Jwk {
        use_: Some("sig".to_owned()),
        x5t: Some(certificate.x5t()),
        x5c: Some(vec![certificate.base64()]),
        ..jwk
    })
}
