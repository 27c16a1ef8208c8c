//! API keys of applications whose strategy takes keys.

use std::time::Duration;

use aws_lc_rs::digest;
use oauth::{ShownOnce, Timestamp};
use secrecy::SecretString;

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
    /// `Invalid` if the name is missing or too long; `Conflict` if the application does not use keys;
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
            return Err(Error::Conflict(reason.to_owned()));
        };
        if store::applications::keys(&mut tx, application.id)
            .await?
            .len()
            >= MOST_KEYS
        {
            let reason = format!("an application has at most {MOST_KEYS} keys; delete one first");
            return Err(Error::Forbidden(reason));
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
        let entry = Entry::new("create", "application_credential", key.id);
        let entry = entry.in_portal(application.portal_id);
        audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
        tx.commit().await?;
        let secret = ShownOnce::new(SecretString::from(secret));
        Ok(Effective {
            value: CreatedKey { key, secret },
            revision: Some(revision),
        })
    }

    /// Removes an API key.
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
        let keys = store::applications::keys(&mut tx, application.id).await?;
        if !keys.iter().any(|key| key.id == id)
            || !store::applications::delete_key(&mut tx, id).await?
        {
            return Err(Error::not_found("credential", id));
        }
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        let entry = Entry::new("delete", "application_credential", id);
        let entry = entry.in_portal(application.portal_id);
        audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
        tx.commit().await?;
        Ok(Effective {
            value: (),
            revision: Some(revision),
        })
    }
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

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
