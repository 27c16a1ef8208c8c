//! Signing in with address and password.

use secrecy::SecretString;
use serde_json::json;
use storage::Tx;

use super::{Accounts, Developer, Error, Tokens, Visit, store};

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Address or password is wrong; which one is not said.
    #[error("You have entered an invalid email or password.")]
    Wrong,
    /// The address was never confirmed. Said only to somebody who knows the password.
    #[error("Confirm your email address first: open the link in the mail we sent you.")]
    Unverified,
    /// The account waits for an administrator.
    #[error("Your account is pending approval for access.")]
    Pending,
    /// An administrator turned the account down.
    #[error(
        "Your account was not approved for access. Ask the API team if you think this is a mistake."
    )]
    Rejected,
    /// An administrator closed the account.
    #[error("Your account was disabled. Ask the API team if you think this is a mistake.")]
    Revoked,
}

impl Accounts {
    /// Opens a session for whoever knows address and password.
    ///
    /// # Errors
    /// [`Error::NoPasswords`] where the portal takes none. [`Error::Refused`]; everything but [`Refusal::Wrong`] is told only to somebody who knows the
    /// password. [`Error::Limited`] after too many failures for the account or from the address.
    ///
    /// Source: Konnect portal client API v2, `POST /api/v2/developer/authenticate`.
    pub async fn authenticate(
        &self,
        visit: &Visit,
        email: &str,
        password: SecretString,
    ) -> Result<(Developer, Tokens), Error> {
        let email = email.trim().to_lowercase();
        let account = format!("{} {email}", visit.portal_id);
        self.by_address
            .take(&visit.address)
            .map_err(Error::Limited)?;
        self.by_account.take(&account).map_err(Error::Limited)?;
        let known = store::credentials(&self.db, &visit.portal_id, &email).await?;
        let hash = known.as_ref().and_then(|known| known.password_hash.clone());
        let holds = self.hasher.verify(password, hash).await?;
        let refusal = match &known {
            Some(known) if holds => refusal(known),
            _ => Some(Refusal::Wrong),
        };
        if holds && known.is_some() {
            self.by_account.forgive(&account);
        }
        let mut tx = self.db.begin().await?;
        let portal = store::portal(&mut tx, &visit.portal_id).await?;
        let passwords = portal.is_some_and(|portal| portal.passwords);
        let outcome = match (refusal, passwords) {
            (None, false) => Err("no_passwords"),
            (None, true) => Ok(()),
            (Some(Refusal::Wrong), _) if known.is_none() => Err("not_found"),
            (Some(Refusal::Wrong), _) => Err("invalid_password"),
            (Some(_), _) => Err("disabled"),
        };
        let id = known.as_ref().map(|known| known.developer.id.clone());
        self.note(&mut tx, visit, id.as_deref(), outcome).await?;
        let known = match (known, refusal) {
            (Some(known), None) if passwords => known,
            (_, refusal) => {
                tx.commit().await?;
                return Err(refusal.map_or(Error::NoPasswords, Error::from));
            }
        };
        let tokens = self.open_session(&mut tx, &known.developer).await?;
        tx.commit().await?;
        Ok((known.developer, tokens))
    }

    /// Writes the attempt into the audit; one for an address without an account as well, so that both
    /// take the same time.
    async fn note(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        developer_id: Option<&str>,
        outcome: Result<(), &str>,
    ) -> Result<(), Error> {
        let action = match outcome {
            Ok(()) => "sign_in",
            Err(_) => "sign_in_failed",
        };
        let about = (action, developer_id.unwrap_or_default());
        let detail = json!({ "outcome": outcome.err().unwrap_or("success") });
        self.record(tx, visit, about, outcome.is_ok(), detail).await
    }
}

/// Why somebody who knows the password may not sign in.
fn refusal(known: &store::Credentials) -> Option<Refusal> {
    let unverified = (!known.email_verified).then_some(Refusal::Unverified);
    may_sign_in(&known.status).err().or(unverified)
}

/// Whether an account with this status may be used.
pub(super) fn may_sign_in(status: &str) -> Result<(), Refusal> {
    match status {
        "approved" => Ok(()),
        "pending" => Err(Refusal::Pending),
        "rejected" => Err(Refusal::Rejected),
        _ => Err(Refusal::Revoked),
    }
}
