//! Signing in because the team's identity provider says who somebody is.
//!
//! What keeps one person out of another's account:
//! - An account is found by issuer and subject alone. An address is looked at once, when the pair is new.
//! - An account that is there already is linked only if the provider says that it has verified the
//!   address, and only if the address was proven here, or nobody has used the account yet.
//! - An account that this provider vouches for under another subject is not linked: the address was given
//!   to somebody else there.
//! - An account whose address nobody has proven never gets a password and is never linked, so that
//!   whoever took a foreign address at the provider waits in it for nobody.
//!
//! Source: OpenID Connect Core 1.0 §5.7; Sudhodanan and Paverd, "Pre-hijacked accounts" (USENIX Security
//! 2022).

use serde_json::{Value, json};
use storage::Tx;

use super::authenticate::may_sign_in;
use super::sign_up::{MAX_EMAIL, MAX_NAME};
use super::store::{self, Portal};
use super::{Accounts, Developer, Error, Tokens, Visit, address_fault};
use crate::model::{AuditId, DeveloperId, PortalId};
use crate::store::audit::{self, Entry};
use crate::store::{identities, team_groups};
use crate::{Actor, Ctx};

/// What a provider says of somebody, verified.
#[derive(Clone, Debug)]
pub struct Vouched {
    /// The provider.
    pub issuer: String,
    /// Who they are there, for ever.
    pub subject: String,
    /// Their address, in lower case, where there is one.
    pub email: Option<String>,
    /// Whether the provider has seen that the address is theirs.
    pub email_verified: bool,
    /// Their name, where there is one.
    pub name: Option<String>,
    /// Their groups; none where the provider does not say.
    pub groups: Option<Vec<String>>,
}

/// Why somebody whom the provider vouches for has no account here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Admission {
    /// There is no address to make an account with.
    #[error("the identity provider gave no email address; ask the API team to have it sent")]
    NoAddress,
    /// The address has an account, and the provider does not say that it has verified the address.
    #[error(
        "an account with this email address exists, and the identity provider does not say that the \
         address is verified; sign in the way you did before, or verify it there"
    )]
    NotVerified,
    /// The address has an account that belongs to another user of the provider, or that nobody can show
    /// to be theirs.
    #[error(
        "this email address belongs to the account of another user of the identity provider; ask the API team"
    )]
    Taken,
}

impl Accounts {
    /// Opens a session for somebody whom the provider vouches for. The first time it makes an account,
    /// approved or not as the portal has it, or links the one with the verified address.
    ///
    /// # Errors
    /// [`Error::NotAdmitted`]; [`Error::Refused`] if the account may not be used (yet): it is there then;
    /// [`Error::NoAccounts`].
    pub(crate) async fn admit(
        &self,
        visit: &Visit,
        request_id: &str,
        vouched: &Vouched,
    ) -> Result<(Developer, Tokens), Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let portal = store::portal(&mut tx, &visit.portal_id).await?;
        let portal = portal.filter(|portal| !portal.is_public);
        let portal = portal.ok_or(Error::NoAccounts)?;
        let pair = (vouched.issuer.as_str(), vouched.subject.as_str());
        let known = identities::find(&mut tx, &portal.id, pair.0, pair.1).await?;
        let is_new = known.is_none();
        let (id, done) = match known {
            Some(id) => (id, None),
            None => {
                let (id, done) = self.first_time(&mut tx, visit, &portal, vouched).await?;
                (id, Some(done))
            }
        };
        identities::note(&mut tx, (&portal.id, &id), pair, now).await?;
        let about = (&portal, id.as_str());
        if let Some(action) = done {
            let detail =
                json!({ "issuer": vouched.issuer, "email_verified": vouched.email_verified });
            self.write_down(&mut tx, about, (visit, request_id), action, detail)
                .await?;
        }
        if portal.follows_groups {
            self.follow_groups(&mut tx, about, (visit, request_id), vouched)
                .await?;
        }
        let account = store::account(&mut tx, &id).await?;
        let account =
            account.ok_or_else(|| Error::Internal("an identity is of no account".into()))?;
        let mut developer = account.developer;
        if !account.email_verified && is_proven(vouched, &developer.email) {
            store::set_verified(&mut tx, &id, now).await?;
            developer.updated_at = now;
        }
        if is_new {
            self.may_wait(&mut tx, visit, &account.status).await?;
        }
        // The account stays, whether or not it may be used yet.
        let tokens = match may_sign_in(&account.status) {
            Ok(()) => Ok(self.open_session(&mut tx, &developer).await?),
            Err(refusal) => Err(refusal),
        };
        let action = match &tokens {
            Ok(_) => "sign_in",
            Err(_) => "sign_in_failed",
        };
        let outcome = if tokens.is_ok() {
            "success"
        } else {
            "disabled"
        };
        let detail = json!({ "outcome": outcome, "method": "sso" });
        self.record(&mut tx, visit, (action, &id), true, detail)
            .await?;
        tx.commit().await?;
        Ok((developer, tokens?))
    }

    /// The account for a pair of issuer and subject that is new here, and what was done for it.
    async fn first_time(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        portal: &Portal,
        vouched: &Vouched,
    ) -> Result<(String, &'static str), Error> {
        let email = vouched
            .email
            .as_deref()
            .filter(|email| email.chars().count() <= MAX_EMAIL && address_fault(email).is_none());
        let email = email.ok_or(Admission::NoAddress)?;
        let Some(known) = store::by_email(tx, &portal.id, email).await? else {
            return Ok((
                self.make(tx, visit, portal, vouched, email).await?,
                "create",
            ));
        };
        if !vouched.email_verified {
            return Err(Admission::NotVerified.into());
        }
        let (_, by_this) = identities::vouched(tx, &known.id, &vouched.issuer).await?;
        if known.unproven || by_this {
            return Err(Admission::Taken.into());
        }
        if !known.email_verified {
            // Somebody typed this address into the sign-up form, and a name with it.
            if let Some(name) = name(vouched) {
                store::set_name(tx, &known.id, &name, self.clock.now()).await?;
            }
        }
        Ok((known.id, "link"))
    }

    async fn make(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        portal: &Portal,
        vouched: &Vouched,
        email: &str,
    ) -> Result<String, Error> {
        let id = self.entropy.uuid().to_string();
        let status = if portal.auto_approve_developers {
            "approved"
        } else {
            "pending"
        };
        let own = email.split_once('@').map_or(email, |(own, _)| own);
        let name = name(vouched).unwrap_or_else(|| own.to_owned());
        let now = self.clock.now();
        store::insert(tx, &portal.id, &id, email, &name, status, now).await?;
        store::set_locale(tx, &id, &visit.locale).await?;
        Ok(id)
    }

    /// Somebody of no group, or of whom the provider names none, is of no team that has groups.
    async fn follow_groups(
        &self,
        tx: &mut Tx,
        about: (&Portal, &str),
        (visit, request_id): (&Visit, &str),
        vouched: &Vouched,
    ) -> Result<(), Error> {
        let groups = vouched.groups.as_deref().unwrap_or_default();
        let broken = |_| Error::Internal("an id is no UUID".into());
        let portal_id: PortalId = about.0.id.parse().map_err(broken)?;
        let developer_id: DeveloperId = about.1.parse().map_err(broken)?;
        let who = (portal_id, developer_id);
        let (joined, left) = team_groups::follow(tx, who, groups, self.clock.now()).await?;
        if joined.is_empty() && left.is_empty() {
            return Ok(());
        }
        let detail = json!({ "teams_joined": joined, "teams_left": left });
        self.write_down(tx, about, (visit, request_id), "update", detail)
            .await
    }

    async fn write_down(
        &self,
        tx: &mut Tx,
        (portal, developer_id): (&Portal, &str),
        (visit, request_id): (&Visit, &str),
        action: &str,
        detail: Value,
    ) -> Result<(), Error> {
        let broken = |_| Error::Internal("an id is no UUID".into());
        let portal_id: PortalId = portal.id.parse().map_err(broken)?;
        let ctx = Ctx {
            actor: Actor::Developer {
                id: developer_id.parse().map_err(broken)?,
                portal_id,
            },
            now: self.clock.now(),
            request_id: request_id.to_owned(),
            caller: visit.caller.clone(),
            rights: None,
        };
        let entry = Entry::new(action, "developer", developer_id).in_portal(portal_id);
        audit::record(tx, &ctx, AuditId::new(&self.entropy), entry.with(detail)).await?;
        Ok(())
    }
}

/// Whether the provider says that this address is theirs.
fn is_proven(vouched: &Vouched, email: &str) -> bool {
    vouched.email_verified && vouched.email.as_deref() == Some(email)
}

/// A name that may be kept.
fn name(vouched: &Vouched) -> Option<String> {
    let name: String = vouched
        .name
        .as_deref()?
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME)
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
