//! What was removed a moment ago and can be brought back.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    ApiProductId, ApplicationId, DeveloperId, Document, PortalId, Publication, RemovalId, Route,
    Service, Specification, Team, TeamId, TeamRole,
};

/// A team as it was, with what hung on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemovedTeam {
    /// The team.
    pub team: Team,
    /// Who was in it, and since when.
    pub members: Vec<(DeveloperId, Timestamp)>,
    /// What it might do.
    pub roles: Vec<TeamRole>,
    /// The provider's groups whose people are in it.
    pub groups: Vec<String>,
    /// What it owned, each with the developer to whom it went back.
    pub applications: Vec<(ApplicationId, DeveloperId)>,
}

/// A developer who was in a team.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemovedMember {
    /// The portal.
    pub portal_id: PortalId,
    /// The team.
    pub team_id: TeamId,
    /// The developer.
    pub developer_id: DeveloperId,
    /// Since when.
    pub joined_at: Timestamp,
    /// Both, for people.
    pub name: String,
}

/// A version that was in a portal. Registrations for it stay, so that they count again when it is back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemovedPublication {
    /// What was there.
    pub publication: Publication,
    /// The product, for the way to it.
    pub product_id: ApiProductId,
    /// Product, version and portal, for people.
    pub name: String,
}

/// Something that was removed, whole. Removing it touched nothing else, or what is kept with it, so that
/// putting it back is safe.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "entity", rename_all = "snake_case")]
pub enum Removed {
    /// A page of documentation with those below it, parents first.
    Documents(Vec<Document>),
    /// The OpenAPI document of a version.
    Specification(Specification),
    /// A gateway service, to which no route led.
    Service(Box<Service>),
    /// A gateway route.
    Route(Box<Route>),
    /// A team of developers.
    Team(Box<RemovedTeam>),
    /// A developer's place in a team.
    TeamMember(Box<RemovedMember>),
    /// A version of an API in a portal.
    Publication(Box<RemovedPublication>),
}

impl Removed {
    /// The kind of thing, as the audit calls it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Documents(_) => "document",
            Self::Specification(_) => "specification",
            Self::Service(_) => "service",
            Self::Route(_) => "route",
            Self::Team(_) => "team",
            Self::TeamMember(_) => "team_member",
            Self::Publication(_) => "portal_product_version",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Documents(all) => all.first().map(|first| first.title.clone()),
            Self::Specification(one) => Some(one.name.clone()),
            Self::Service(one) => Some(one.name.clone().unwrap_or_else(|| one.host.clone())),
            Self::Route(one) => Some(one.name.clone().unwrap_or_else(|| one.id.to_string())),
            Self::Team(one) => Some(one.team.name.clone()),
            Self::TeamMember(one) => Some(one.name.clone()),
            Self::Publication(one) => Some(one.name.clone()),
        }
        .unwrap_or_default()
    }

    /// The portal that it belongs to, if it belongs to one.
    #[must_use]
    pub fn portal_id(&self) -> Option<PortalId> {
        match self {
            Self::Team(one) => Some(one.team.portal_id),
            Self::TeamMember(one) => Some(one.portal_id),
            Self::Publication(one) => Some(one.publication.portal_id),
            Self::Documents(_) | Self::Specification(_) | Self::Service(_) | Self::Route(_) => None,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Documents(all) => all.first().map(|first| first.id.to_string()),
            Self::Specification(one) => Some(one.id.to_string()),
            Self::Service(one) => Some(one.id.to_string()),
            Self::Route(one) => Some(one.id.to_string()),
            Self::Team(one) => Some(one.team.id.to_string()),
            Self::TeamMember(one) => Some(one.team_id.to_string()),
            Self::Publication(one) => Some(one.publication.id.to_string()),
        }
        .unwrap_or_default()
    }
}

/// A removal, as long as it can be undone.
#[derive(Clone, Debug)]
pub struct Removal {
    /// Its id.
    pub id: RemovalId,
    /// What is gone.
    pub removed: Removed,
    /// Who removed it, as the audit names them.
    pub by: String,
    /// When.
    pub removed_at: Timestamp,
}
