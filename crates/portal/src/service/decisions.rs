//! What an administrator decides of a developer or a registration, and the mail that tells of it.

use crate::error::{Bound, Violation};
use crate::mail::{Mail, Sealed, Subject};
use crate::model::{ApprovalStatus, Developer, Site};
use crate::{Ctx, Error, Portal};

use super::sites;

/// The longest reason, in characters.
const MOST: usize = 1000;

/// A status to be set, and why.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// Where the developer or the registration is to stand.
    pub(crate) status: ApprovalStatus,
    /// What the developer reads beside it; empty if nothing.
    reason: String,
}

impl Decision {
    /// A decision without a word.
    pub(crate) const fn silent(status: ApprovalStatus) -> Self {
        Self {
            status,
            reason: String::new(),
        }
    }

    /// A decision with a reason of at most 1000 characters.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is longer.
    pub(crate) fn new(status: ApprovalStatus, reason: &str) -> Result<Self, Error> {
        let reason = reason.trim();
        if reason.chars().count() > MOST {
            let sentence = format!("\"reason\" must not have more than {MOST} characters");
            let mut violation = Violation::body("reason", "max_length", sentence);
            violation.bound = Bound::Maximum(i64::try_from(MOST).unwrap_or(i64::MAX));
            return Err(Error::invalid(violation));
        }
        Ok(Self {
            status,
            reason: reason.to_owned(),
        })
    }

    /// The reason, if there is one.
    pub(crate) fn reason(&self) -> Option<&str> {
        Some(self.reason.as_str()).filter(|reason| !reason.is_empty())
    }

    /// The mail that tells the developer, about the account or about what is `registered`
    /// (application, API, version); none where nothing is
    /// decided yet.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) fn letter(
        &self,
        portal: &Portal,
        ctx: &Ctx,
        (site, developer): (&Site, &Developer),
        registered: Option<[&str; 3]>,
    ) -> Result<Option<Sealed>, Error> {
        let subject = match (self.status, registered) {
            (ApprovalStatus::Pending, _) => return Ok(None),
            (ApprovalStatus::Approved, None) => Subject::Approved,
            (ApprovalStatus::Rejected, None) => Subject::Rejected,
            (ApprovalStatus::Revoked, None) => Subject::Revoked,
            (ApprovalStatus::Approved, Some(_)) => Subject::AccessApproved,
            (ApprovalStatus::Rejected, Some(_)) => Subject::AccessRejected,
            (ApprovalStatus::Revoked, Some(_)) => Subject::AccessRevoked,
        };
        let page = match (registered, self.status) {
            (Some(_), _) => "/my-apps",
            (None, ApprovalStatus::Approved) => "/login",
            (None, _) => "/",
        };
        let name = match site.display_name.trim() {
            "" => &site.name,
            name => name,
        };
        let about =
            registered.map(|[application, api, version]| format!("{application}, {api} {version}"));
        let mail = Mail {
            subject,
            portal_id: Some(site.id),
            to: developer.email.clone(),
            full_name: developer.full_name.clone(),
            portal: name.to_owned(),
            about: about.unwrap_or_default(),
            names: registered.unwrap_or_default().map(str::to_owned),
            reason: self.reason.clone(),
            link: format!("{}{page}", sites::address(portal, site)),
            hours: 0,
            until: None,
            locale: developer.locale.clone().unwrap_or_default(),
            written_at: ctx.now,
        };
        Ok(Some(Sealed::new(portal.sealer(), portal.entropy(), &mail)?))
    }
}
