//! What was removed a moment ago and can be brought back.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Document, RemovalId, Route, Service, Specification};

/// Something that was removed, whole. Removing it touched nothing else, so that putting it back is safe.
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
        }
        .unwrap_or_default()
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Documents(all) => all.first().map(|first| first.id.to_string()),
            Self::Specification(one) => Some(one.id.to_string()),
            Self::Service(one) => Some(one.id.to_string()),
            Self::Route(one) => Some(one.id.to_string()),
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
