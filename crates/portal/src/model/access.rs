//! The organisation, its platform tokens, and whose they are.

use oauth::Timestamp;

use super::{
    Access, AdministratorId, OrganizationId, PlatformTokenId, PlatformTokenKind, SystemAccountId,
};

/// The organisation that this instance serves: there is exactly one.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Its id, sent to identity providers as `konnect_org_id`.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// When it was made: the first start.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A platform token as it is listed. The token itself is shown once, when it is made.
#[derive(Clone, Debug)]
pub struct PlatformToken {
    /// Its id.
    pub id: PlatformTokenId,
    /// Personal or of a system account.
    pub kind: PlatformTokenKind,
    /// What it is for.
    pub name: String,
    /// Its last four characters, to recognise it by.
    pub last_four: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The system account that it belongs to.
    pub system_account_id: Option<SystemAccountId>,
    /// The administrator whom it belongs to.
    pub administrator_id: Option<AdministratorId>,
    /// What it may do, where it belongs to nobody.
    pub access: Option<Access>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its name last changed.
    pub updated_at: Timestamp,
}

/// An automation that calls the platform API.
#[derive(Clone, Debug)]
pub struct SystemAccount {
    /// Its id.
    pub id: SystemAccountId,
    /// Its name, unique.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
