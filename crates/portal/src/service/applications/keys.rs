//! API keys of applications whose strategy takes keys.

use std::time::Duration;

use aws_lc_rs::digest;
use oauth::{ShownOnce, Timestamp};
use secrecy::SecretString;
use storage::Tx;

use super::{Applications, Effective, LONGEST_OVERLAP, TOPIC, invalid, key_end};
use crate::model::{
    Application, ApplicationKey, ApplicationKeyId, KeyTtl, StrategyConfig, TtlUnit,
};
use crate::store::audit::{self, Entry};
use crate::{Bound, Ctx, Error, Violation, store};

/// Keys that an application may have (Konnect's documented limit).
pub const MOST_KEYS: usize = 20;

/// Characters of a key: 190 bits.
const KEY_LENGTH: usize = 32;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Characters of a key that are kept and shown. The others are 155 bits.
const PREFIX_LENGTH: usize = 6;

/// A key to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// Its name, for people.
    pub display_name: &'a str,
    /// How long it lives; `None` for as long as the strategy lets it.
    pub lifetime: Option<Duration>,
}

/// A key that was just made.
pub struct CreatedKey {
    /// What is kept of it.
    pub key: ApplicationKey,
    /// The key. Nobody can read it again.
    pub secret: ShownOnce<SecretString>,
}

impl Applications {
    /// Makes an API key. It ends when it was asked to, and no later than the strategy says.
    ///
    /// # Errors
    /// `Invalid` if the name is missing or too long; `Malformed` if the application does not use keys;
    /// `Forbidden` at the limit of keys.
    pub async fn create_key(
        &self,
        ctx: &Ctx,
        application: &Application,
        new: NewKey<'_>,
    ) -> Result<Effective<CreatedKey>, Error> {
        check(new.display_name)?;
        let mut tx = self.db.begin().await?;
        let made = self.insert_key(&mut tx, ctx, application, new).await?;
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        tx.commit().await?;
        Ok(Effective {
            value: made,
            revision: Some(revision),
        })
    }

    /// Makes a key in the place of another, with its name and, where it has an end, for as long. The other
    /// works on for `overlap`, at most [`LONGEST_OVERLAP`], and no longer than it would have.
    ///
    /// # Errors
    /// `NotFound` if the application has no such key; `Conflict` if that one has ended; `Forbidden` at the
    /// limit of keys.
    pub async fn rotate_key(
        &self,
        ctx: &Ctx,
        application: &Application,
        id: ApplicationKeyId,
        overlap: Duration,
    ) -> Result<Effective<CreatedKey>, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let old = find(&mut tx, application, id).await?;
        if old.status(now) != "active" {
            let reason = "the key has ended already; make a new one instead";
            return Err(Error::Conflict(reason.to_owned()));
        }
        if overlap.is_zero() {
            store::applications::delete_key(&mut tx, id).await?;
        } else {
            let end = now + overlap.min(LONGEST_OVERLAP);
            let end = old.expires_at.map_or(end, |before| before.min(end));
            store::applications::end_key(&mut tx, id, end, now).await?;
        }
        let length = |end: Timestamp| end.saturating_since(old.created_at);
        let new = NewKey {
            display_name: &old.display_name,
            lifetime: old.expires_at.map(length),
        };
        let made = self.insert_key(&mut tx, ctx, application, new).await?;
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        self.record_key(&mut tx, ctx, "rotate", application, id)
            .await?;
        tx.commit().await?;
        Ok(Effective {
            value: made,
            revision: Some(revision),
        })
    }

    async fn insert_key(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        application: &Application,
        new: NewKey<'_>,
    ) -> Result<CreatedKey, Error> {
        let now = self.clock.now();
        let secret = self.entropy.alphanumeric(KEY_LENGTH);
        let strategy = store::strategies::find(&mut *tx, application.auth_strategy_id).await?;
        let Some(StrategyConfig::KeyAuth(config)) = strategy.map(|strategy| strategy.config) else {
            let reason = "the application has no keys: its auth strategy asks for tokens";
            return Err(Error::Malformed(reason.to_owned()));
        };
        let keys = store::applications::keys(&mut *tx, application.id).await?;
        if keys.len() >= MOST_KEYS {
            // The vendor's words, and what to do.
            return Err(Error::Forbidden(format!(
                "Maximum number of Credentials exceeded. Max Allowed: {MOST_KEYS}; delete one first"
            )));
        }
        let longest = config.ttl.map(lifetime);
        let asked = [new.lifetime, longest].into_iter().flatten().min();
        let key = ApplicationKey {
            id: ApplicationKeyId::new(&self.entropy),
            application_id: application.id,
            display_name: new.display_name.to_owned(),
            prefix: secret.chars().take(PREFIX_LENGTH).collect(),
            sha256: hexadecimal(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref()),
            expires_at: asked.map(|asked| now + asked),
            revoked_at: None,
            created_at: now,
            updated_at: now,
        };
        store::applications::insert_key(tx, &key).await?;
        key_end::later(tx, &key).await?;
        self.record_key(tx, ctx, "create", application, key.id)
            .await?;
        let secret = ShownOnce::new(SecretString::from(secret));
        Ok(CreatedKey { key, secret })
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

/// How long a key lives at most.
pub(crate) fn lifetime(ttl: KeyTtl) -> Duration {
    let days = match ttl.unit {
        TtlUnit::Days => 1,
        TtlUnit::Weeks => 7,
        TtlUnit::Years => 365,
    };
    let count = u32::try_from(ttl.value)
        .unwrap_or(u32::MAX)
        .saturating_mul(days);
    DAY.saturating_mul(count)
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
