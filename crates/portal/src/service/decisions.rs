//! What an administrator decides of a developer or a registration, and the mail that tells of it.

use serde_json::{Value, json};

use crate::error::{Bound, Violation};
use crate::mail::{Mail, Sealed, Subject};
use crate::model::{ApprovalStatus, Developer, Site};
use crate::{Ctx, Error, Portal};

use super::sites;

/// The longest reason, in characters.
const MOST: usize = 1000;

/// Why something is done to a developer, as they read it; empty if nothing was said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reason(String);

impl Reason {
    /// A reason of at most 1000 characters.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is longer.
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.chars().count() > MOST {
            let sentence = format!("\"reason\" must not have more than {MOST} characters");
            let mut violation = Violation::body("reason", "max_length", sentence);
            violation.bound = Bound::Maximum(i64::try_from(MOST).unwrap_or(i64::MAX));
            return Err(Error::invalid(violation));
        }
        Ok(Self(text.to_owned()))
    }

    /// The words, if there are any.
    pub(crate) fn said(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.is_empty())
    }

    /// As an entry of the audit keeps it.
    pub(crate) fn detail(&self) -> Value {
        self.said()
            .map_or_else(|| json!({}), |reason| json!({ "reason": reason }))
    }
}

/// A status to be set, and why.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// Where the developer or the registration is to stand.
    pub(crate) status: ApprovalStatus,
    /// What the developer reads beside it.
    pub(crate) reason: Reason,
}

impl Decision {
    /// A decision without a word.
    pub(crate) fn silent(status: ApprovalStatus) -> Self {
        Self {
            status,
            reason: Reason::default(),
        }
    }

    /// A decision with a reason of at most 1000 characters.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is longer.
    pub(crate) fn new(status: ApprovalStatus, reason: &str) -> Result<Self, Error> {
        let reason = Reason::new(reason)?;
        Ok(Self { status, reason })
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
        let about =
            registered.map(|[application, api, version]| format!("{application}, {api} {version}"));
        let link = format!("{}{page}", sites::address(portal, site));
        let mail = Mail {
            about: about.unwrap_or_default(),
            names: registered.unwrap_or_default().map(str::to_owned),
            reason: self.reason.0.clone(),
            ..Mail::to((site, developer), subject, link, ctx.now)
        };
        Ok(Some(Sealed::new(portal.sealer(), portal.entropy(), &mail)?))
    }
}
