//! Signing in to the console and out of it.

use std::time::Duration;

use oauth::{ShownOnce, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use storage::Tx;
use web::Throttle;

use super::Administrators;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::model::{Administrator, AdministratorId};
use crate::store;

/// What the digests are for: a digest of another kind never matches.
const PURPOSE: &str = "portal.administrator_session";
/// A use is noted this often, so that a page does not become a write.
const TOUCH_EVERY: Duration = Duration::from_secs(300);

/// What a browser keeps of its session: the database knows a keyed digest alone.
pub type SessionToken = ShownOnce<SecretString>;

/// Somebody who wants to sign in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// Their network address.
    pub address: String,
    /// The language of the page, as a tag (BCP 47).
    pub locale: String,
    /// The session that this browser brought along; it ends, so that nobody can plant one.
    pub earlier: Option<SecretString>,
}

impl Administrators {
    /// Opens a session for whoever knows address and password.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], the same and after the same time for an unknown address;
    /// [`Error::Limited`] after too many failures for the account or from the network address.
    ///
    /// Source: OWASP Authentication Cheat Sheet; Session Management Cheat Sheet, "Session Fixation".
    pub async fn sign_in(
        &self,
        ctx: &Ctx,
        arrival: Arrival,
    ) -> Result<(Administrator, SessionToken), Error> {
        let email = arrival.email.trim().to_lowercase();
        let block = web::address_block(&arrival.address);
        self.slow_down(&self.by_address, &block)?;
        self.slow_down(&self.by_account, &email)?;
        let known = store::administrators::find_by_email(&self.db, &email).await?;
        let hash = match &known {
            Some(known) => store::administrators::password_hash(&self.db, known.id).await?,
            None => None,
        };
        let holds = self.hasher.verify(arrival.password, hash).await?;
        let Some(known) = known.filter(|_| holds) else {
            let text = "the email address or the password is wrong";
            return Err(Error::Unauthenticated(text.into()));
        };
        self.by_account.forgive(&email);
        self.by_address.give_back(&block);
        let mut tx = self.db.begin().await?;
        if let Some(earlier) = &arrival.earlier {
            store::administrators::end_session(&mut tx, &self.digest(earlier)).await?;
        }
        let token = self.new_session(&mut tx, known.id, ctx.now).await?;
        store::administrators::learn_locale(&mut tx, known.id, &arrival.locale).await?;
        let detail = json!({ "email": known.email, "address": arrival.address });
        self.audit(&mut tx, ctx, "sign_in", known.id, detail)
            .await?;
        tx.commit().await?;
        Ok((known, token))
    }

    /// Whose session this is, if it has not ended.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn of_session(&self, token: &SecretString) -> Result<Option<Administrator>, Error> {
        let now = self.clock.now();
        let digest = self.digest(token);
        let idle_since = now - self.lifetimes.idle;
        let found = store::administrators::by_session(&self.db, &digest, now, idle_since).await?;
        let Some((administrator, seen_at)) = found else {
            return Ok(None);
        };
        if now.saturating_since(seen_at) >= TOUCH_EVERY {
            let mut tx = self.db.begin().await?;
            store::administrators::touch_session(&mut tx, &digest, now).await?;
            tx.commit().await?;
        }
        Ok(Some(administrator))
    }

    /// Ends a session. An unknown one is nobody's.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn sign_out(&self, token: &SecretString) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        store::administrators::end_session(&mut tx, &self.digest(token)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends every session of an account.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn sign_out_everywhere(&self, ctx: &Ctx, id: AdministratorId) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        store::administrators::end_sessions(&mut tx, id).await?;
        self.audit(&mut tx, ctx, "sign_out_everywhere", id, json!({}))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn new_session(
        &self,
        tx: &mut Tx,
        id: AdministratorId,
        now: Timestamp,
    ) -> Result<SessionToken, Error> {
        let token = SecretString::from(self.entropy.url_safe(43));
        let end = now + self.lifetimes.session;
        store::administrators::open_session(tx, id, &self.digest(&token), now, end).await?;
        Ok(ShownOnce::new(token))
    }

    pub(super) fn slow_down(&self, throttle: &Throttle, key: &str) -> Result<(), Error> {
        throttle.take(key).map_err(|wait| Error::Limited {
            message: format!(
                "too many attempts; try again in {} seconds",
                wait.as_secs() + 1
            ),
            retry_after: Some(wait),
        })
    }

    fn digest(&self, token: &SecretString) -> String {
        self.sealer
            .digest(PURPOSE, token.expose_secret().as_bytes())
    }
}
