//! Developers.

use oauth::Timestamp;

use super::{ApprovalStatus, DeveloperId, PortalId};

/// A developer of one portal.
#[derive(Clone, Debug)]
pub struct Developer {
    /// Its id.
    pub id: DeveloperId,
    /// The portal where they signed up.
    pub portal_id: PortalId,
    /// Mail address, lower case; unique in the portal.
    pub email: String,
    /// Name, for people.
    pub full_name: String,
    /// Only an approved developer signs in.
    pub status: ApprovalStatus,
    /// Whether the mail address was proven.
    pub email_verified: bool,
    /// Argon2 in PHC form; `None` until the first password is set.
    pub password_hash: Option<String>,
    /// The language in which they are written to, as a tag (BCP 47), where it is known.
    pub locale: Option<String>,
    /// When they signed up.
    pub created_at: Timestamp,
    /// When the account last changed.
    pub updated_at: Timestamp,
}
