//! Sessions: a short access token and a refresh token that is new after every use.

use std::time::Duration;

use oauth::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use storage::Tx;

use super::token::digest;
use super::{Accounts, Developer, Error, store};

/// For this long after a refresh the token before is answered without harm: browsers send it again
/// when two tabs refresh at once, or when the answer was lost.
const OVERLAP: Duration = Duration::from_secs(30);

/// What a browser is given at sign-in and at each refresh.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Sent with every call.
    pub access: SecretString,
    /// When it stops working.
    pub access_expires_at: Timestamp,
    /// Buys new tokens, once.
    pub refresh: SecretString,
    /// When it stops working.
    pub refresh_expires_at: Timestamp,
}

/// How a refresh went.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// New tokens.
    New(Developer, Box<Tokens>),
    /// A moment ago the same token was used already, and the browser has the new ones.
    Already(Developer),
}

impl Accounts {
    /// Opens a session for a developer who has shown who they are.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(super) async fn open_session(
        &self,
        tx: &mut Tx,
        developer: &Developer,
    ) -> Result<Tokens, Error> {
        let now = self.clock.now();
        let id = self.entropy.uuid().to_string();
        let end = now + self.lifetimes.session;
        let tokens = self.new_tokens(&id, now, end);
        store::insert_session(tx, &id, developer, &tokens, end, now).await?;
        Ok(tokens)
    }

    /// The developer whom an access token belongs to, if it works in this portal and the account may
    /// be used.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn developer(
        &self,
        portal_id: &str,
        access: &str,
    ) -> Result<Option<Developer>, Error> {
        let now = self.clock.now();
        Ok(store::by_access(&self.db, portal_id, &digest(access), now).await?)
    }

    /// Gives new tokens for a refresh token. A token that was used before ends its session: one of the
    /// two who have it is not the owner.
    ///
    /// # Errors
    /// [`Error::Storage`]. `None` if the token does not work (any more).
    ///
    /// Source: RFC 9700 §4.14.2 (rotation with reuse detection).
    pub async fn refresh(
        &self,
        portal_id: &str,
        refresh: &str,
    ) -> Result<Option<Refreshed>, Error> {
        let now = self.clock.now();
        let Some((id, _)) = refresh.split_once('.') else {
            return Ok(None);
        };
        let mut tx = self.db.begin().await?;
        let Some(session) = store::session(&mut tx, portal_id, id).await? else {
            return Ok(None);
        };
        let given = digest(refresh);
        if session.previous_refresh_digest.as_deref() == Some(&given)
            && now.saturating_since(session.refreshed_at) < OVERLAP
        {
            return Ok(Some(Refreshed::Already(session.developer)));
        }
        let current = session.refresh_digest == given;
        if !current || !session.approved || session.refresh_expires_at <= now {
            if !current {
                tracing::warn!(
                    developer.id = session.developer.id,
                    "a refresh token was used twice; the session ends"
                );
            }
            store::end_session(&mut tx, id).await?;
            tx.commit().await?;
            return Ok(None);
        }
        let tokens = self.new_tokens(id, now, session.expires_at);
        store::rotate_session(&mut tx, id, &given, &tokens, now).await?;
        tx.commit().await?;
        Ok(Some(Refreshed::New(session.developer, Box::new(tokens))))
    }

    /// Ends the session that either token belongs to. Unknown tokens are nobody's.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn sign_out(
        &self,
        portal_id: &str,
        access: Option<&str>,
        refresh: Option<&str>,
    ) -> Result<(), Error> {
        for (column, token) in [("access_digest", access), ("refresh_digest", refresh)] {
            if let Some(token) = token {
                store::end_by_digest(&self.db, portal_id, column, &digest(token)).await?;
            }
        }
        Ok(())
    }

    fn new_tokens(&self, session_id: &str, now: Timestamp, end: Timestamp) -> Tokens {
        let refresh = format!("{session_id}.{}", self.entropy.url_safe(43));
        Tokens {
            access: self.entropy.url_safe(43).into(),
            access_expires_at: (now + self.lifetimes.access).min(end),
            refresh: refresh.into(),
            refresh_expires_at: (now + self.lifetimes.refresh).min(end),
        }
    }
}

impl Tokens {
    pub(crate) fn access_digest(&self) -> String {
        digest(self.access.expose_secret())
    }

    pub(crate) fn refresh_digest(&self) -> String {
        digest(self.refresh.expose_secret())
    }
}
