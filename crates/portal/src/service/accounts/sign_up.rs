//! Signing up, and confirming the address.

use std::time::Duration;

use serde_json::json;
use storage::Tx;

use super::store::{self, NewToken, Portal};
use super::token::{Purpose, digest};
use super::{Accounts, Error, Rule, Visit, address_fault};
use crate::mail::{self, Mail, Subject};
use crate::model::ApprovalStatus;
use crate::service::team_mail;

pub(super) const MAX_NAME: usize = 256;
pub(super) const MAX_EMAIL: usize = 250;

/// Who asks for an account.
#[derive(Clone, Debug)]
pub struct NewDeveloper {
    /// The address, as typed.
    pub email: String,
    /// The name, 1–256 characters.
    pub full_name: String,
}

impl Accounts {
    /// Makes an account, and mails a link that confirms the address. An address that has an account
    /// already gets a mail that says so, and nothing else changes.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NoAccounts`], [`Error::NoPasswords`], [`Error::Limited`].
    ///
    /// Source: Konnect portal client API v2, `POST /api/v2/developer`.
    pub async fn sign_up(&self, visit: &Visit, new: &NewDeveloper) -> Result<(), Error> {
        let (email, full_name) = check(new)?;
        self.limit_mails(visit, &email)?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let portal = store::portal(&mut tx, &visit.portal_id).await?;
        let portal = portal.filter(|portal| !portal.is_public);
        let portal = portal.ok_or(Error::NoAccounts)?;
        if !portal.passwords {
            return Err(Error::NoPasswords);
        }
        let known = store::by_email(&mut tx, &portal.id, &email).await?;
        let (developer_id, subject) = match &known {
            None => {
                let id = self.entropy.uuid().to_string();
                let status = if portal.auto_approve_developers {
                    "approved"
                } else {
                    "pending"
                };
                store::insert(&mut tx, &portal.id, &id, &email, &full_name, status, now).await?;
                store::set_locale(&mut tx, &id, &visit.locale).await?;
                let made = json!({ "email": email, "status": status });
                self.record(&mut tx, visit, ("sign_up", &id), false, made)
                    .await?;
                (id, Subject::Verify)
            }
            Some(known) if !known.email_verified && !known.unproven => {
                (known.id.clone(), Subject::Verify)
            }
            Some(known) => (known.id.clone(), Subject::Exists),
        };
        let token = match subject {
            Subject::Verify => {
                let lifetime = self.lifetimes.verification;
                let token = self.new_token(&mut tx, &developer_id, Purpose::VerifyEmail, lifetime);
                Some(token.await?)
            }
            _ => None,
        };
        let name = known.map_or(full_name, |known| known.full_name);
        self.enqueue_mail(&mut tx, visit, &portal, subject, &email, &name, token)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Confirms an address with the token that was mailed to it, and gives the address and a token
    /// that sets the password.
    ///
    /// # Errors
    /// [`Error::UnknownToken`], [`Error::SpentToken`], [`Error::Limited`].
    ///
    /// Source: Konnect portal client API v2, `POST /api/v2/developer/verify-email`.
    pub async fn verify_email(
        &self,
        visit: &Visit,
        token: &str,
    ) -> Result<(String, String), Error> {
        self.by_address
            .take(&visit.address)
            .map_err(Error::Limited)?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let found = store::token(&mut tx, &visit.portal_id, Purpose::VerifyEmail, token).await?;
        let found = found.ok_or(Error::UnknownToken)?;
        if !store::spend(&mut tx, &found.id, now).await? {
            return Err(Error::SpentToken);
        }
        store::set_verified(&mut tx, &found.developer_id, now).await?;
        let about = ("verify_email", found.developer_id.as_str());
        self.record(&mut tx, visit, about, true, json!({})).await?;
        let account = store::account(&mut tx, &found.developer_id).await?;
        if let Some(account) = account {
            self.may_wait(&mut tx, visit, &account.status).await?;
        }
        let reset = self
            .new_token(
                &mut tx,
                &found.developer_id,
                Purpose::ResetPassword,
                self.lifetimes.reset,
            )
            .await?;
        tx.commit().await?;
        Ok((found.email, reset))
    }

    /// Lets the team know of somebody who waits for its approval from now on.
    pub(super) async fn may_wait(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        status: &str,
    ) -> Result<(), Error> {
        let waits = status == ApprovalStatus::Pending.as_str();
        if let (true, Ok(portal_id)) = (waits, visit.portal_id.parse()) {
            team_mail::begins(tx, portal_id, self.clock.now()).await?;
        }
        Ok(())
    }

    /// Slows down whoever fills mailboxes.
    pub(super) fn limit_mails(&self, visit: &Visit, email: &str) -> Result<(), Error> {
        self.by_address
            .take(&visit.address)
            .map_err(Error::Limited)?;
        let key = format!("{} {email}", visit.portal_id);
        self.by_mail.take(&key).map_err(Error::Limited)
    }

    /// Makes a token for a developer. It leaves by mail, or in the one answer that may carry it.
    pub(super) async fn new_token(
        &self,
        tx: &mut Tx,
        developer_id: &str,
        purpose: Purpose,
        lifetime: Duration,
    ) -> Result<String, Error> {
        let token = self.entropy.uuid().to_string();
        let now = self.clock.now();
        let new = NewToken {
            id: self.entropy.uuid().to_string(),
            developer_id: developer_id.to_owned(),
            purpose,
            digest: digest(&token),
            expires_at: now + lifetime,
        };
        store::insert_token(tx, &new, now).await?;
        Ok(token)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one mail")]
    pub(super) async fn enqueue_mail(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        portal: &Portal,
        subject: Subject,
        email: &str,
        full_name: &str,
        token: Option<String>,
    ) -> Result<(), Error> {
        let lifetime = if matches!(subject, Subject::Verify | Subject::Invited) {
            self.lifetimes.verification
        } else {
            self.lifetimes.reset
        };
        let mail = Mail {
            subject,
            portal_id: portal.id.parse().ok(),
            to: email.to_owned(),
            full_name: full_name.to_owned(),
            portal: portal.name.clone(),
            link: link(&visit.origin, subject, email, token.as_deref()),
            hours: i64::try_from(lifetime.as_secs() / 3600).unwrap_or(1).max(1),
            locale: visit.locale.clone(),
            written_at: self.clock.now(),
            ..Mail::blank()
        };
        mail::post(tx, &self.sealer, &self.entropy, &mail).await?;
        Ok(())
    }
}

/// The page that a mail leads to; the names of page and parameters are those of Konnect's portal.
fn link(origin: &str, subject: Subject, email: &str, token: Option<&str>) -> String {
    let page = match subject {
        Subject::Reset => "reset-password",
        _ => "login",
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(token) = token {
        query.append_pair("token", token);
    }
    query.append_pair("email", email);
    format!("{}/{page}?{}", origin.trim_end_matches('/'), query.finish())
}

pub(super) fn check(new: &NewDeveloper) -> Result<(String, String), Error> {
    let email = new.email.trim().to_lowercase();
    if email.chars().count() > MAX_EMAIL {
        return Err(too_long("email", MAX_EMAIL));
    }
    if let Some(fault) = address_fault(&email) {
        return Err(Error::invalid("email", fault));
    }
    let full_name = new.full_name.trim();
    if full_name.is_empty() {
        return Err(Error::Invalid {
            field: "full_name",
            reason: "must have at least 1 character".into(),
            rule: Rule::MinLength(1),
        });
    }
    if full_name.chars().count() > MAX_NAME {
        return Err(too_long("full_name", MAX_NAME));
    }
    if full_name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "full_name",
            "must not hold control characters",
        ));
    }
    Ok((email, full_name.to_owned()))
}

fn too_long(field: &'static str, maximum: usize) -> Error {
    Error::Invalid {
        field,
        reason: format!("must not have more than {maximum} characters"),
        rule: Rule::MaxLength(maximum),
    }
}
