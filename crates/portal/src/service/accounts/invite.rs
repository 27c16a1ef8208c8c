//! An administrator makes somebody's account.

use serde_json::json;
use storage::Tx;

use super::sign_up::check;
use super::store;
use super::token::Purpose;
use super::{Accounts, Error, NewDeveloper, Visit};
use crate::Ctx;
use crate::mail::Subject;
use crate::model::{ApprovalStatus, AuditId, DeveloperId, Site};
use crate::store::audit::{self, Entry};

/// How an administrator makes an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Where the developer is to stand; `None` leaves it to the portal.
    pub(crate) status: Option<ApprovalStatus>,
    /// Whether they are told, with a link that confirms the address and sets the first password.
    pub(crate) invite: bool,
}

impl Accounts {
    /// Makes an account without a password. Who gets no invitation sets one by "forgotten password".
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NoAccounts`], [`Error::Exists`].
    ///
    /// Source: Konnect portal-management v3.9.8, `POST /portals/{portalId}/developers`.
    pub(crate) async fn add(
        &self,
        ctx: &Ctx,
        site: &Site,
        visit: &Visit,
        new: &NewDeveloper,
        terms: Terms,
    ) -> Result<DeveloperId, Error> {
        let (email, full_name) = check(new)?;
        let id = DeveloperId::new(&self.entropy);
        let key = id.to_string();
        let mut tx = self.db.begin().await?;
        let portal = store::portal(&mut tx, &visit.portal_id).await?;
        let portal = portal.filter(|portal| !portal.is_public);
        let portal = portal.ok_or(Error::NoAccounts)?;
        let status = terms
            .status
            .unwrap_or(match portal.auto_approve_developers {
                true => ApprovalStatus::Approved,
                false => ApprovalStatus::Pending,
            });
        let status = status.as_str();
        let now = self.clock.now();
        store::insert(&mut tx, &portal.id, &key, &email, &full_name, status, now)
            .await
            .map_err(|error| match error {
                storage::Error::Unique { .. } => Error::Exists,
                other => other.into(),
            })?;
        if terms.invite {
            self.enqueue_invitation(&mut tx, visit, &portal, (&key, &email, &full_name))
                .await?;
        }
        let entry = Entry::new("create", "developer", id).in_portal(site.id);
        let made = json!({ "email": email, "full_name": full_name, "status": status });
        let entry = entry.making(&made);
        audit::record(&mut tx, ctx, AuditId::new(&self.entropy), entry).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Sends an invitation again. Its link takes the place of those that were mailed before.
    ///
    /// # Errors
    /// [`Error::NoAccounts`]; [`Error::Settled`] if there is nobody to invite.
    pub(crate) async fn invite_again(
        &self,
        ctx: &Ctx,
        site: &Site,
        visit: &Visit,
        email: &str,
    ) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let portal = store::portal(&mut tx, &visit.portal_id).await?;
        let portal = portal.filter(|portal| !portal.is_public);
        let portal = portal.ok_or(Error::NoAccounts)?;
        let known = store::by_email(&mut tx, &portal.id, email).await?;
        let known = known.filter(|known| !known.email_verified && !known.unproven);
        let known = known.ok_or(Error::Settled)?;
        let now = self.clock.now();
        store::spend_all(&mut tx, &known.id, Purpose::VerifyEmail, now).await?;
        let to = (known.id.as_str(), email, known.full_name.as_str());
        self.enqueue_invitation(&mut tx, visit, &portal, to).await?;
        let entry = Entry::new("invite", "developer", &known.id).in_portal(site.id);
        audit::record(&mut tx, ctx, AuditId::new(&self.entropy), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Mails a link that confirms the address and sets the first password to a developer: id, address, name.
    async fn enqueue_invitation(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        portal: &store::Portal,
        (id, email, full_name): (&str, &str, &str),
    ) -> Result<(), Error> {
        let (purpose, lifetime) = (Purpose::VerifyEmail, self.lifetimes.verification);
        let token = Some(self.new_token(tx, id, purpose, lifetime).await?);
        let subject = Subject::Invited;
        self.enqueue_mail(tx, visit, portal, subject, email, full_name, token)
            .await
    }
}
