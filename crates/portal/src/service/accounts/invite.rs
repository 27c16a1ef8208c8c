//! An administrator makes somebody's account.

use serde_json::json;

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
            let (purpose, lifetime) = (Purpose::VerifyEmail, self.lifetimes.verification);
            let token = self.new_token(&mut tx, &key, purpose, lifetime).await?;
            let subject = Subject::Invited;
            let token = Some(token);
            self.enqueue_mail(&mut tx, visit, &portal, subject, &email, &full_name, token)
                .await?;
        }
        let entry = Entry::new("create", "developer", id).in_portal(site.id);
        let made = json!({ "email": email, "full_name": full_name, "status": status });
        let entry = entry.making(&made);
        audit::record(&mut tx, ctx, AuditId::new(&self.entropy), entry).await?;
        tx.commit().await?;
        Ok(id)
    }
}
