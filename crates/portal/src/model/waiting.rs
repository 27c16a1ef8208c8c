//! What waits for a decision of the team.

use super::PortalId;

/// A portal where somebody waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which portal.
    pub portal_id: PortalId,
    /// What the team calls it.
    pub portal: String,
    /// Developers who signed up and cannot sign in yet.
    pub developers: i64,
    /// Registrations of applications that have no access yet.
    pub registrations: i64,
}
