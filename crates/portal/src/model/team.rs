//! Teams of developers, and what each may do.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApiProductId, PortalId, PortalRole, TeamId, TeamRoleId};

/// Developers of a portal who may do the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// The portal.
    pub portal_id: PortalId,
    /// Name, unique in the portal.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Whether its developers may own applications together.
    pub can_own_applications: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a team may do with one API product.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TeamRole {
    /// Its id.
    pub id: TeamRoleId,
    /// The team.
    pub team_id: TeamId,
    /// What its developers may do.
    pub role: PortalRole,
    /// With which product.
    pub product_id: ApiProductId,
    /// The region that was named. There are none here: it is kept and shown, and decides nothing.
    pub region: String,
    /// When it was assigned.
    pub created_at: Timestamp,
}
