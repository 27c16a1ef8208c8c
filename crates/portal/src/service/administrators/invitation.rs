//! Inviting somebody to the console by mail. The link in it is good once, for choosing a password.
//!
//! Source: Konnect identity v3, `POST /invites`.

use std::time::Duration;

use oauth::ShownOnce;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use web::Locale;

use super::password::check;
use super::session::SessionToken;
use super::{Administrators, NewAdministrator};
use crate::Portal;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::mail::{self, Mail, Subject};
use crate::model::{Administrator, AdministratorId};
use crate::store::{self, invitations};

/// What the digests are for: a digest of another kind never matches.
const PURPOSE: &str = "portal.administrator_invitation";
/// How long a link works.
const HOURS: u32 = 7 * 24;

impl Administrators {
    /// Makes an invitation of an account that nobody has signed in to yet. Earlier ones end.
    ///
    /// # Errors
    /// [`Error::Conflict`] for an account that is in use.
    async fn new_invitation(
        &self,
        tx: &mut storage::Tx,
        ctx: &Ctx,
        account: &Administrator,
    ) -> Result<ShownOnce<SecretString>, Error> {
        if !account.password_is_temporary || account.last_sign_in_at.is_some() {
            let reason = "this user has signed in already; an owner can reset the password";
            return Err(Error::Conflict(reason.into()));
        }
        let token = SecretString::from(self.entropy.url_safe(43));
        let end = ctx.now + Duration::from_secs(u64::from(HOURS) * 3600);
        invitations::replace(tx, account.id, &self.invitation_digest(&token), end).await?;
        let detail = json!({ "email": account.email });
        self.audit(tx, ctx, "invite", account.id, detail).await?;
        Ok(ShownOnce::new(token))
    }

    /// Whom an invitation is for, if it has not ended.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn invited(&self, token: &SecretString) -> Result<Option<Administrator>, Error> {
        let digest = self.invitation_digest(token);
        match invitations::find(&self.db, &digest, self.clock.now()).await? {
            Some(id) => Ok(store::administrators::find(&self.db, id).await?),
            None => Ok(None),
        }
    }

    /// Accepts an invitation with a password of one's own, and signs in. The invitation is spent.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it has ended; [`Error::Invalid`] if the password breaks a rule.
    pub async fn accept_invitation(
        &self,
        ctx: &Ctx,
        token: &SecretString,
        password: SecretString,
    ) -> Result<(AdministratorId, SessionToken), Error> {
        let ended = || Error::NotFound("this invitation has ended; ask for another one".into());
        let account = self.invited(token).await?.ok_or_else(ended)?;
        check(&password, &account.email, &account.name)?;
        let hash = self.hasher.hash(password).await?;
        let mut tx = self.db.begin().await?;
        if !invitations::spend(&mut tx, &self.invitation_digest(token)).await? {
            return Err(ended());
        }
        store::administrators::set_password(&mut tx, account.id, &hash, false, ctx.now).await?;
        let session = self.new_session(&mut tx, account.id, ctx.now).await?;
        let detail = json!({ "email": account.email });
        self.audit(&mut tx, ctx, "accept_invitation", account.id, detail)
            .await?;
        tx.commit().await?;
        Ok((account.id, session))
    }

    fn invitation_digest(&self, token: &SecretString) -> String {
        self.sealer
            .digest(PURPOSE, token.expose_secret().as_bytes())
    }
}

impl Portal {
    /// Invites somebody by mail: makes their account, if they have none, and sends the link with which they choose
    /// a password. Somebody who has not accepted yet is sent another one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what cannot be an address or a name; [`Error::Conflict`] for somebody who has
    /// signed in already.
    pub async fn invite(
        &self,
        ctx: &Ctx,
        new: NewAdministrator,
        locale: Locale,
    ) -> Result<Administrator, Error> {
        let administrators = self.administrators();
        let account = match administrators.find_by_email(&new.email).await {
            Ok(known) => known,
            // Nobody learns the password that it has until then.
            Err(Error::NotFound(_)) => administrators.create(ctx, new, None).await?.0,
            Err(error) => return Err(error),
        };
        let mut tx = self.db().begin().await?;
        let token = administrators
            .new_invitation(&mut tx, ctx, &account)
            .await?;
        let token = token.reveal();
        let link = format!(
            "{}/invitation?token={}",
            self.console_url(),
            token.expose_secret()
        );
        let mail = Mail {
            subject: Subject::InvitedToTeam,
            to: account.email.clone(),
            full_name: account.name.clone(),
            portal: self.organization().name.clone(),
            link,
            hours: i64::from(HOURS),
            locale: locale.tag().to_owned(),
            written_at: ctx.now,
            ..Mail::blank()
        };
        mail::post(&mut tx, self.sealer(), self.entropy(), &mail).await?;
        tx.commit().await?;
        Ok(account)
    }
}
