//! API keys of applications whose strategy is `key_auth`.

use std::time::Duration;

use aws_lc_rs::digest;
use oauth::{ShownOnce, Timestamp};
use secrecy::SecretString;

use crate::model::{
    Application, ApplicationKey, ApplicationKeyId, AuditId, KeyTtl, StrategyConfig, TtlUnit,
};
use crate::publish::topic;
use crate::service::applications::Effective;
use crate::store::audit::{self, Entry};
use crate::{Ctx, Error, Portal, store};

/// Most keys of one application.
pub const MAX_KEYS: usize = 20;

/// A key that was just made.
pub struct CreatedKey {
    /// What is kept of it.
    pub key: ApplicationKey,
    /// The key itself.
    pub secret: ShownOnce<SecretString>,
}

impl Portal {
    /// Makes a key. Its lifetime is the strategy's.
    ///
    /// # Errors
    /// [`Error::Forbidden`] beyond [`MAX_KEYS`], [`Error::Malformed`] if the application's strategy has
    /// no keys.
    pub async fn create_key(
        &self,
        ctx: &Ctx,
        application: &Application,
        display_name: &str,
    ) -> Result<Effective<CreatedKey>, Error> {
        let ttl = self.key_lifetime(application).await?;
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        let keys = store::applications::keys(&mut tx, application.id).await?;
        if keys.len() >= MAX_KEYS {
            return Err(Error::Forbidden(format!(
                "Maximum number of Credentials exceeded. Max Allowed: {MAX_KEYS}"
            )));
        }
        let secret = self.entropy().url_safe(43);
        let key = ApplicationKey {
            id: ApplicationKeyId::new(self.entropy()),
            application_id: application.id,
            display_name: display_name.to_owned(),
            sha256: sha256(&secret),
            expires_at: ttl.map(|ttl| now + lifetime(ttl)),
            revoked_at: None,
            created_at: now,
            updated_at: now,
        };
        store::applications::insert_key(&mut tx, &key).await?;
        let entry = Entry::new("create", "application_key", key.id);
        let entry = entry.in_portal(application.portal_id);
        audit::record(&mut tx, ctx, AuditId::new(self.entropy()), entry).await?;
        let revision = tx
            .record_change(topic::APPLICATION, &application.id.to_string())
            .await?;
        tx.commit().await?;
        Ok(Effective {
            value: CreatedKey {
                key,
                secret: ShownOnce::new(secret.into()),
            },
            revision: Some(revision),
        })
    }

    /// Gives a key another name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn rename_key(
        &self,
        application: &Application,
        id: ApplicationKeyId,
        display_name: &str,
    ) -> Result<(), Error> {
        let mut tx = self.db().begin().await?;
        let keys = store::applications::keys(&mut tx, application.id).await?;
        if !keys.iter().any(|key| key.id == id) {
            return Err(Error::not_found("credential", id));
        }
        store::applications::rename_key(&mut tx, id, display_name, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Removes a key. Gateways refuse it from the revision on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_key(
        &self,
        ctx: &Ctx,
        application: &Application,
        id: ApplicationKeyId,
    ) -> Result<Effective<()>, Error> {
        let mut tx = self.db().begin().await?;
        let keys = store::applications::keys(&mut tx, application.id).await?;
        if !keys.iter().any(|key| key.id == id) {
            return Err(Error::not_found("credential", id));
        }
        store::applications::delete_key(&mut tx, id).await?;
        let entry = Entry::new("delete", "application_key", id);
        let entry = entry.in_portal(application.portal_id);
        audit::record(&mut tx, ctx, AuditId::new(self.entropy()), entry).await?;
        let revision = tx
            .record_change(topic::APPLICATION, &application.id.to_string())
            .await?;
        tx.commit().await?;
        Ok(Effective {
            value: (),
            revision: Some(revision),
        })
    }

    async fn key_lifetime(&self, application: &Application) -> Result<Option<KeyTtl>, Error> {
        let id = application.auth_strategy_id;
        let strategy = store::strategies::find(self.db(), id).await?;
        match strategy.map(|strategy| strategy.config) {
            Some(StrategyConfig::KeyAuth(config)) => Ok(config.ttl),
            _ => Err(Error::Malformed(
                "this application has no API keys: its auth strategy is not key_auth".into(),
            )),
        }
    }
}

/// How a key stands at `now`: `active`, `expired` or `revoked`.
#[must_use]
pub fn status(key: &ApplicationKey, now: Timestamp) -> &'static str {
    match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "active",
    }
}

/// What is kept of a key, and what gateways compare: it has 256 random bits, so that a plain digest
/// is enough.
fn sha256(key: &str) -> String {
    let digest = digest::digest(&digest::SHA256, key.as_bytes());
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn lifetime(ttl: KeyTtl) -> Duration {
    let days: u64 = match ttl.unit {
        TtlUnit::Days => 1,
        TtlUnit::Weeks => 7,
        TtlUnit::Years => 365,
    };
    // A thousand years is for ever, and still a date.
    let count = u64::try_from(ttl.value).unwrap_or(1).saturating_mul(days);
    Duration::from_secs(count.min(365_000) * 24 * 3600)
}

#[cfg(test)]
mod tests {
    use super::sha256;

    #[test]
    fn a_keys_digest_is_lower_case_hexadecimal_sha256() {
        let digest = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
        assert_eq!(sha256("key"), digest);
    }
}
