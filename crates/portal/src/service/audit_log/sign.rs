//! The key that signs audit entries: one for the instance, made when it is first asked for.

use oauth::jose::{Algorithm, Jwk, SigningKey};
use secrecy::SecretString;

use crate::store::audit_keys;
use crate::{Error, Portal};

/// What the key is sealed to.
const CONTEXT: &str = "portal.audit_key";

/// Signs entries.
pub(crate) struct Signer(SigningKey);

impl Signer {
    /// The key of this instance.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Internal`] if the kept key does not open.
    pub(crate) async fn open(portal: &Portal) -> Result<Self, Error> {
        let sealed = match audit_keys::find(portal.db()).await? {
            Some(sealed) => sealed,
            None => make(portal).await?,
        };
        let opened = portal.sealer().open(CONTEXT, &sealed);
        let pem: SecretString = opened.map_err(|error| {
            Error::Internal(format!("the key that signs audit entries: {error}"))
        })?;
        SigningKey::from_pkcs8_pem(&pem).map(Self).map_err(broken)
    }

    /// The signature of an entry, in base64url.
    ///
    /// # Errors
    /// [`Error::Internal`] if the library fails.
    pub(crate) fn sign(&self, entry: &str) -> Result<String, Error> {
        self.0.detached(Algorithm::EdDsa, entry).map_err(broken)
    }

    /// The public half, for those who verify.
    pub(crate) fn public(&self) -> Option<Jwk> {
        let key = self.0.public_jwk()?;
        Some(Jwk {
            alg: Some(Algorithm::EdDsa.as_str().to_owned()),
            ..key
        })
    }
}

async fn make(portal: &Portal) -> Result<String, Error> {
    let key = SigningKey::generate_ed25519().map_err(broken)?;
    let pem = key.to_pkcs8_pem().map_err(broken)?;
    let mut tx = portal.db().begin().await?;
    audit_keys::insert(
        &mut tx,
        &portal.sealer().seal(CONTEXT, &pem),
        portal.clock().now(),
    )
    .await?;
    let kept = audit_keys::find(&mut tx).await?;
    tx.commit().await?;
    kept.ok_or_else(|| Error::Internal("the key that signs audit entries was not kept".into()))
}

fn broken(error: oauth::jose::KeyError) -> Error {
    Error::Internal(format!("the key that signs audit entries: {error}"))
}
