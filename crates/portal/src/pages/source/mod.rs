//! What the pages ask the services for, in the pages' own terms.

mod accounts;
mod applications;
mod catalogue;
mod keys;
mod site;

use std::sync::Arc;

use storage::Database;

use crate::model::{DeveloperId, PortalId};
use crate::pages::Settings;
use crate::service::applications::{Applications, Effective};
use crate::{Actor, Ctx, Error, Portal};

pub(crate) use accounts::{NotYet, SignedIn};

/// A portal, as its frame and start page need it.
#[derive(Clone, Debug)]
pub(crate) struct PortalFacts {
    pub(crate) id: PortalId,
    pub(crate) name: String,
    /// Where mails lead: the portal's own origin.
    pub(crate) origin: String,
    pub(crate) is_public: bool,
    /// The catalogue's own heading and greeting, where an administrator wrote them.
    pub(crate) heading: Option<String>,
    pub(crate) welcome: Option<String>,
    /// The address of the logo.
    pub(crate) logo: Option<String>,
    /// The theme, where an administrator chose colours.
    pub(crate) stylesheet: Option<Arc<str>>,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct DeveloperFacts {
    pub(crate) id: DeveloperId,
    pub(crate) full_name: String,
    pub(crate) email: String,
}

/// Who reads, and where.
#[derive(Clone, Debug)]
pub(crate) struct ReaderFacts {
    pub(crate) portal: PortalFacts,
    pub(crate) developer: Option<DeveloperFacts>,
    /// The network address, for the brakes on guessing.
    pub(crate) address: String,
    pub(crate) request_id: String,
}

impl ReaderFacts {
    fn developer(&self) -> Result<&DeveloperFacts, Error> {
        let nobody = || Error::Unauthenticated("sign in to go on".into());
        self.developer.as_ref().ok_or_else(nobody)
    }
}

/// The services behind the pages.
pub(crate) struct Source {
    portal: Portal,
    applications: Applications,
    settings: Settings,
}

impl Source {
    pub(crate) fn new(portal: Portal, applications: Applications, settings: Settings) -> Self {
        Self {
            portal,
            applications,
            settings,
        }
    }

    pub(crate) fn egress(&self) -> &egress::Egress {
        self.portal.egress()
    }

    fn db(&self) -> &Database {
        self.portal.db()
    }

    fn gateway_url(&self) -> &str {
        &self.settings.gateway_url
    }

    fn ctx(&self, reader: &ReaderFacts) -> Result<Ctx, Error> {
        let actor = Actor::Developer {
            id: reader.developer()?.id,
            portal_id: reader.portal.id,
        };
        Ok(self.portal.ctx(actor, reader.request_id.clone()))
    }

    /// Waits until the gateways act on a change, and names those that have not confirmed it.
    async fn settled<T>(&self, effective: Effective<T>) -> (T, Vec<String>) {
        let lagging = match effective.revision {
            Some(revision) => self.portal.publisher().settle(revision).await,
            None => Vec::new(),
        };
        (
            effective.value,
            lagging.into_iter().map(|node| node.node).collect(),
        )
    }
}
