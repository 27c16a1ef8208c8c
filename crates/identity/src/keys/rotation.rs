//! Making keys and letting them take turns.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::jose::SigningKey;
use oauth::{Clock, Entropy};
use secrecy::SecretString;
use storage::Database;
use storage::seal::Sealer;

use super::ring::{Ring, SEAL_CONTEXT};
use super::{Certificate, Published};
use crate::model::signing_key::{Role, StoredKey};
use crate::store::{signing_keys, topic};
use crate::{Error, Tenant};

/// What keys are made and kept with.
#[derive(Clone)]
pub(crate) struct KeyStore {
    pub(crate) db: Database,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    /// Whose name the certificates carry.
    pub(crate) host: String,
}

impl KeyStore {
    /// Loads the keys; makes those that are missing.
    pub(crate) async fn load_or_create(&self) -> Result<Ring, Error> {
        self.fill(&[Role::Current, Role::Next]).await?;
        self.load().await
    }

    /// Loads the keys as they are stored.
    pub(crate) async fn load(&self) -> Result<Ring, Error> {
        let stored = signing_keys::list(&self.db).await?;
        // Parsing and checking an RSA key takes a fraction of a millisecond, a few keys are fine.
        Ring::load(&stored, &self.sealer)
    }

    /// Makes the keys of the roles that nobody fills. Several nodes may do so at once: one wins.
    pub(crate) async fn fill(&self, roles: &[Role]) -> Result<(), Error> {
        let stored = signing_keys::list(&self.db).await?;
        let missing = roles
            .iter()
            .filter(|role| !stored.iter().any(|key| key.role == **role));
        let mut makers = Vec::new();
        for &role in missing {
            let store = self.clone();
            // Prime numbers are searched for off the threads that serve requests.
            makers.push(tokio::task::spawn_blocking(move || store.make(role)));
        }
        for maker in makers {
            let key = maker
                .await
                .map_err(|error| Error::Internal(format!("no signing key was made: {error}")))??;
            let mut tx = self.db.begin().await?;
            if signing_keys::insert(&mut tx, &key).await? {
                tx.record_change(topic::SIGNING_KEYS, &key.kid).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    fn make(&self, role: Role) -> Result<StoredKey, Error> {
        let failed = |error| Error::Internal(format!("a new signing key {error}"));
        let now = self.clock.now();
        let key = SigningKey::generate_rsa().map_err(failed)?;
        let der = key.to_pkcs8_der().map_err(failed)?;
        let certificate = Certificate::self_signed(&der, &self.host, now)?;
        let text = SecretString::from(STANDARD.encode(der.as_slice()));
        Ok(StoredKey {
            kid: self.entropy.alphanumeric(21),
            role,
            sealed: self.sealer.seal(SEAL_CONTEXT, &text),
            certificate: certificate.base64(),
            created_at: now,
            current_since: (role == Role::Current).then_some(now),
            current_until: None,
            revoked_at: None,
        })
    }
}

/// Makes the next key sign. Tokens of the one before stay valid until it is revoked. The key after
/// the next one is made in the background.
///
/// Source: `POST /api/v2/keys/signing/rotate`.
pub(crate) async fn rotate(tenant: &Tenant) -> Result<Published, Error> {
    let store = tenant.key_store();
    // Two rotations in a row may find no next key yet.
    store.fill(&[Role::Next]).await?;
    let mut tx = store.db.begin().await?;
    let rotated = signing_keys::rotate(&mut tx, store.clock.now()).await?;
    let current = rotated
        .ok_or_else(|| Error::Conflict("another rotation is in progress, try again".into()))?;
    tx.record_change(topic::SIGNING_KEYS, &current.kid).await?;
    tx.commit().await?;
    tenant.reload_keys().await?;
    tenant.replenish_keys();
    find(tenant, &current.kid)
}

/// Stops publishing a previous key: every token that it signed is refused from now on.
///
/// Source: `PUT /api/v2/keys/signing/{kid}/revoke`.
pub(crate) async fn revoke(tenant: &Tenant, kid: &str) -> Result<Published, Error> {
    let store = tenant.key_store();
    let known = find(tenant, kid)?;
    match known.role {
        Role::Previous | Role::Revoked => {}
        Role::Current | Role::Next => {
            return Err(Error::Invalid {
                code: "invalid_signing_key",
                message: "Only a previous signing key can be revoked: rotate the keys first".into(),
            });
        }
    }
    let mut tx = store.db.begin().await?;
    if signing_keys::revoke(&mut tx, kid, store.clock.now())
        .await?
        .is_some()
    {
        tx.record_change(topic::SIGNING_KEYS, kid).await?;
        tx.commit().await?;
    }
    tenant.reload_keys().await?;
    find(tenant, kid)
}

fn find(tenant: &Tenant, kid: &str) -> Result<Published, Error> {
    let ring = tenant.ring();
    let key = ring.keys.iter().find(|key| key.kid == kid);
    key.cloned().ok_or(Error::NotFound {
        code: Some("inexistent_signing_key"),
        message: "The signing key does not exist".into(),
    })
}
