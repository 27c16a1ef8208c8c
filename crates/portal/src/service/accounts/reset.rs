//! Setting a password: the first one, or a new one.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::store;
use super::token::Purpose;
use super::{Accounts, Error, Visit, password};
use crate::mail::Subject;

impl Accounts {
    /// Mails a link that sets a new password, if the address has an account. Answers the same if not.
    ///
    /// # Errors
    /// [`Error::NoPasswords`], [`Error::Limited`].
    ///
    /// Source: Konnect portal client API v2, `POST /api/v2/developer/forgot-password`.
    pub async fn forgot_password(&self, visit: &Visit, email: &str) -> Result<(), Error> {
        let email = email.trim().to_lowercase();
        if let Some(fault) = super::address_fault(&email) {
            return Err(Error::invalid("email", fault));
        }
        self.limit_mails(visit, &email)?;
        let mut tx = self.db.begin().await?;
        let portal = store::portal(&mut tx, &visit.portal_id).await?;
        let Some(portal) = portal.filter(|portal| !portal.is_public) else {
            return Ok(());
        };
        if !portal.passwords {
            return Err(Error::NoPasswords);
        }
        let known = store::by_email(&mut tx, &portal.id, &email).await?;
        let Some(known) = known.filter(|known| !known.unproven) else {
            return Ok(());
        };
        // The link in this mail confirms the address as well as one in the first mail does.
        let token = self
            .new_token(
                &mut tx,
                &known.id,
                Purpose::ResetPassword,
                self.lifetimes.reset,
            )
            .await?;
        let about = ("forgot_password", known.id.as_str());
        self.record(&mut tx, visit, about, false, json!({})).await?;
        let name = &known.full_name;
        self.enqueue_mail(
            &mut tx,
            visit,
            &portal,
            Subject::Reset,
            &email,
            name,
            Some(token),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the password with a token. Whoever is signed in with the old one is signed out, and where there
    /// was one, a mail tells of the change.
    ///
    /// A password that breaks a rule does not spend the token.
    ///
    /// # Errors
    /// [`Error::UnknownToken`], [`Error::SpentToken`], [`Error::Invalid`] with the rule,
    /// [`Error::NoPasswords`], [`Error::Limited`].
    ///
    /// Source: Konnect portal client API v2, `POST /api/v2/developer/reset-password`.
    pub async fn reset_password(
        &self,
        visit: &Visit,
        token: &str,
        new: SecretString,
    ) -> Result<(), Error> {
        self.by_address
            .take(&visit.address)
            .map_err(Error::Limited)?;
        let now = self.clock.now();
        let purpose = Purpose::ResetPassword;
        let known = store::token_of(&self.db, &visit.portal_id, purpose, token).await?;
        let known = known.ok_or(Error::UnknownToken)?;
        if known.spent || known.expires_at <= now {
            return Err(Error::SpentToken);
        }
        password::check(new.expose_secret(), &known.email, &known.full_name)?;
        let hash = self.hasher.hash(new).await?;
        let mut tx = self.db.begin().await?;
        let portal = store::portal(&mut tx, &visit.portal_id).await?;
        let portal = portal.filter(|portal| portal.passwords);
        let portal = portal.ok_or(Error::NoPasswords)?;
        if !store::spend(&mut tx, &known.id, now).await? {
            return Err(Error::SpentToken);
        }
        let earlier = store::account(&mut tx, &known.developer_id).await?;
        let changes = earlier.is_some_and(|account| account.password_hash.is_some());
        store::set_password(&mut tx, &known.developer_id, &hash, now).await?;
        // Other links that set a password, and every session, end with the old password.
        store::spend_all(&mut tx, &known.developer_id, purpose, now).await?;
        store::end_sessions(&mut tx, &known.developer_id).await?;
        let about = ("set_password", known.developer_id.as_str());
        self.record(&mut tx, visit, about, true, json!({})).await?;
        if changes {
            let (subject, email) = (Subject::PasswordChanged, &known.email);
            let name = &known.full_name;
            self.enqueue_mail(&mut tx, visit, &portal, subject, email, name, None)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
