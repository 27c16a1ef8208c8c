//! Administrators' passwords.

use oauth::ShownOnce;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::session::SessionToken;
use super::{Administrators, invalid};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::model::{Administrator, AdministratorId};
use crate::service::accounts;
use crate::store;

impl Administrators {
    /// Chooses another password. Every session ends; the one that is given goes on.
    ///
    /// # Errors
    /// [`Error::Invalid`] on `current` if that is not the password, on `password` if the new one breaks a
    /// rule; [`Error::Limited`] after too many wrong ones.
    pub async fn change_password(
        &self,
        ctx: &Ctx,
        id: AdministratorId,
        current: SecretString,
        new: SecretString,
    ) -> Result<SessionToken, Error> {
        let account = self.find(id).await?;
        self.slow_down(&self.by_account, &account.email)?;
        let hash = store::administrators::password_hash(&self.db, id).await?;
        if !self.hasher.verify(current.clone(), hash).await? {
            return Err(invalid("current", "wrong", "is not your password"));
        }
        self.by_account.forgive(&account.email);
        check(&new, &account.email, &account.name)?;
        if current.expose_secret() == new.expose_secret() {
            return Err(invalid("password", "same", "must not be the one before"));
        }
        let hash = self.hasher.hash(new).await?;
        let mut tx = self.db.begin().await?;
        store::administrators::set_password(&mut tx, id, &hash, false, ctx.now).await?;
        let token = self.new_session(&mut tx, id, ctx.now).await?;
        self.audit(&mut tx, ctx, "change_password", id, json!({}))
            .await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Gives an account a password that is shown once and works until its owner has chosen another. Every
    /// session ends.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn reset_password(
        &self,
        ctx: &Ctx,
        id: AdministratorId,
    ) -> Result<(Administrator, ShownOnce<SecretString>), Error> {
        let account = self.find(id).await?;
        let password = self.one_time_password();
        let hash = self.hasher.hash(password.clone()).await?;
        let mut tx = self.db.begin().await?;
        store::administrators::set_password(&mut tx, id, &hash, true, ctx.now).await?;
        self.audit(
            &mut tx,
            ctx,
            "reset_password",
            id,
            json!({ "email": account.email }),
        )
        .await?;
        tx.commit().await?;
        Ok((account, ShownOnce::new(password)))
    }

    /// Four groups that can be read out over a telephone: 90 bits or more.
    pub(super) fn one_time_password(&self) -> SecretString {
        let groups: Vec<String> = (0..4).map(|_| self.entropy.consonants(6)).collect();
        groups.join("-").into()
    }
}

/// Checks a new password by the rules that developers' obey.
pub(super) fn check(password: &SecretString, email: &str, name: &str) -> Result<(), Error> {
    accounts::password::check(password.expose_secret(), email, name)
        .map_err(|weakness| accounts::Error::from(weakness).into())
}
