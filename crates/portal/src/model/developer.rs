//! Developers and how they sign in.

use oauth::Timestamp;

use super::{
    ApprovalStatus, DeveloperId, DeveloperSessionId, DeveloperTokenId, DeveloperTokenPurpose,
    PortalId,
};

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
    /// When they signed up.
    pub created_at: Timestamp,
    /// When the account last changed.
    pub updated_at: Timestamp,
}

/// A token that was sent by mail. Only its digest is kept.
#[derive(Clone, Debug)]
pub struct DeveloperToken {
    /// Its id.
    pub id: DeveloperTokenId,
    /// Whose it is.
    pub developer_id: DeveloperId,
    /// What it is for.
    pub purpose: DeveloperTokenPurpose,
    /// `Sealer::digest` of the token.
    pub digest: String,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was used; it works once.
    pub used_at: Option<Timestamp>,
    /// When it was sent.
    pub created_at: Timestamp,
}

/// A developer who is signed in: an access token for every call and a refresh token to renew it.
/// Only digests are kept.
#[derive(Clone, Debug)]
pub struct DeveloperSession {
    /// Its id.
    pub id: DeveloperSessionId,
    /// Who is signed in.
    pub developer_id: DeveloperId,
    /// Where.
    pub portal_id: PortalId,
    /// `Sealer::digest` of the access token.
    pub access_digest: String,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// `Sealer::digest` of the refresh token.
    pub refresh_digest: String,
    /// When the refresh token ends.
    pub refresh_expires_at: Timestamp,
    /// When the session ends, however often it is refreshed.
    pub expires_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub updated_at: Timestamp,
}
