//! API keys of applications whose strategy takes keys.

use std::time::Duration;

use aws_lc_rs::digest;
use oauth::{ShownOnce, Timestamp};
use secrecy::SecretString;
use storage::Tx;

use super::{Applications, Effective, TOPIC, invalid};
use crate::model::{Application, ApplicationKey, ApplicationKeyId, StrategyConfig, TtlUnit};
use crate::store::audit::{self, Entry};
use crate::{Bound, Ctx, Error, Violation, store};

/// Keys that an application may have (Konnect's documented limit).
pub const MOST_KEYS: usize = 20;

/// Characters of a key: 190 bits.
const KEY_LENGTH: usize = 32;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A key that was just made.
pub struct CreatedKey {
    /// What is kept of it.
    pub key: ApplicationKey,
    /// The key. Nobody can read it again.
    pub secret: ShownOnce<SecretString>,
}

impl Applications {
    /// Makes an API key. It lives as long as the strategy says.
    ///
    /// # Errors
    /// `Invalid` if the name is missing or too long; `Malformed` if the application does not use keys;
    /// `Forbidden` at the limit of keys.
    pub async fn create_key(
        &self,
        ctx: &Ctx,
        application: &Application,
        display_name: &str,
    ) -> Result<Effective<CreatedKey>, Error> {
        check(display_name)?;
        let now = self.clock.now();
        let secret = self.entropy.alphanumeric(KEY_LENGTH);
        let mut tx = self.db.begin().await?;
        let strategy = store::strategies::find(&mut tx, application.auth_strategy_id).await?;
        let Some(StrategyConfig::KeyAuth(config)) = strategy.map(|strategy| strategy.config) else {
            let reason = "the application has no keys: its auth strategy asks for tokens";
            return Err(Error::Malformed(reason.to_owned()));
        };
        let keys = store::applications::keys(&mut tx, application.id).await?;
        if keys.len() >= MOST_KEYS {
            // The vendor's words, and what to do.
            return Err(Error::Forbidden(format!(
                "Maximum number of Credentials exceeded. Max Allowed: {MOST_KEYS}; delete one first"
            )));
        }
        let key = ApplicationKey {
            id: ApplicationKeyId::new(&self.entropy),
            application_id: application.id,
            display_name: display_name.to_owned(),
            sha256: hexadecimal(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref()),
            expires_at: config.ttl.map(|ttl| end(now, ttl.value, ttl.unit)),
            revoked_at: None,
            created_at: now,
            updated_at: now,
        };
        store::applications::insert_key(&mut tx, &key).await?;
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        self.record_key(&mut tx, ctx, "create", application, key.id)
            .await?;
        tx.commit().await?;
        let secret = ShownOnce::new(SecretString::from(secret));
        Ok(Effective {
            value: CreatedKey { key, secret },
            revision: Some(revision),
        })
    }

    /// Gives a key another name.
    ///
    /// # Errors
    /// `Invalid` if the name is missing or too long; `NotFound` if the application has no such key.
    pub async fn rename_key(
        &self,
        ctx: &Ctx,
        application: &Application,
        id: ApplicationKeyId,
        display_name: &str,
    ) -> Result<ApplicationKey, Error> {
        check(display_name)?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let key = find(&mut tx, application, id).await?;
        store::applications::rename_key(&mut tx, id, display_name, now).await?;
        self.record_key(&mut tx, ctx, "update", application, id)
            .await?;
        tx.commit().await?;
        Ok(ApplicationKey {
            display_name: display_name.to_owned(),
            updated_at: now,
            ..key
        })
    }

    /// Removes an API key. Gateways refuse it from the revision on.
    ///
    /// # Errors
    /// `NotFound` if the application has no such key.
    pub async fn delete_key(
        &self,
        ctx: &Ctx,
        application: &Application,
        id: ApplicationKeyId,
    ) -> Result<Effective<()>, Error> {
        let mut tx = self.db.begin().await?;
        find(&mut tx, application, id).await?;
        store::applications::delete_key(&mut tx, id).await?;
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        self.record_key(&mut tx, ctx, "delete", application, id)
            .await?;
        tx.commit().await?;
        Ok(Effective {
            value: (),
            revision: Some(revision),
        })
    }

    async fn record_key(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        action: &str,
        application: &Application,
        id: ApplicationKeyId,
    ) -> Result<(), Error> {
        let entry = Entry::new(action, "application_credential", id);
        let entry = entry.in_portal(application.portal_id);
        Ok(audit::record(tx, ctx, self.audit_id(), entry).await?)
    }
}

/// The application's key.
async fn find(
    tx: &mut Tx,
    application: &Application,
    id: ApplicationKeyId,
) -> Result<ApplicationKey, Error> {
    let keys = store::applications::keys(tx, application.id).await?;
    keys.into_iter()
        .find(|key| key.id == id)
        .ok_or_else(|| Error::not_found("credential", id))
}

fn check(display_name: &str) -> Result<(), Error> {
    match display_name.chars().count() {
        0 => Err(invalid("display_name", "required", "is required")),
        1..=255 => Ok(()),
        _ => {
            let fault = Violation::body(
                "display_name",
                "max_length",
                "must not have more than 255 characters",
            );
            Err(Error::invalid(fault.with(Bound::Maximum(255))))
        }
    }
}

fn end(now: Timestamp, value: i64, unit: TtlUnit) -> Timestamp {
    let days = match unit {
        TtlUnit::Days => 1,
        TtlUnit::Weeks => 7,
        TtlUnit::Years => 365,
    };
    let count = u32::try_from(value)
        .unwrap_or(u32::MAX)
        .saturating_mul(days);
    now + DAY.saturating_mul(count)
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest;

    use super::hexadecimal;

    #[test]
    fn a_keys_digest_is_lower_case_hexadecimal_sha256() {
        let digest = digest::digest(&digest::SHA256, b"key");
        let text = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
        assert_eq!(hexadecimal(digest.as_ref()), text);
    }
}
