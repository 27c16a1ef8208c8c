//! What the pages ask the services for, in the pages' own terms.

mod accounts;
mod applications;
mod catalogue;
mod keys;
mod sharing;
mod site;
mod specifications;
mod usage;
mod written;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use egress::{Egress, Overrides};
use ipnet::IpNet;
use storage::Database;
use url::Host;
use web::Caller;

use crate::model::{DeveloperId, PortalId, SitePage};
use crate::pages::Settings;
use crate::service::applications::{Applications, Effective};
use crate::store::audience::Audience;
use crate::{Actor, Ctx, Error, Portal};

pub(crate) use accounts::{NotYet, SignedIn};
pub(crate) use sharing::Sharing;
pub(crate) use specifications::apart;
pub(crate) use usage::Usage;
pub(crate) use written::MenuLink;

/// A portal, as its frame and start page need it.
#[derive(Clone, Debug)]
pub(crate) struct PortalFacts {
    pub(crate) id: PortalId,
    pub(crate) name: String,
    /// Where mails lead: the portal's own origin.
    pub(crate) origin: String,
    pub(crate) is_public: bool,
    /// How developers sign in.
    pub(crate) ways: Ways,
    /// The catalogue's own heading and greeting, where an administrator wrote them.
    pub(crate) heading: Option<String>,
    pub(crate) welcome: Option<String>,
    /// The address of the logo.
    pub(crate) logo: Option<String>,
    /// The address of the picture for the browser's tab.
    pub(crate) icon: Option<String>,
    /// The address of the picture above the catalogue.
    pub(crate) cover: Option<String>,
    /// The theme, where an administrator chose one.
    pub(crate) stylesheet: Option<Arc<str>>,
    /// What stands in the navigation beside the catalogue.
    pub(crate) menu: Vec<MenuLink>,
}

/// How developers of a portal sign in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ways {
    /// With mail address and password.
    pub(crate) passwords: bool,
    /// With the team's identity provider.
    pub(crate) provider: bool,
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
    /// What of the portal they see.
    pub(crate) audience: Audience,
    /// The pages of the portal that they may read, without their contents.
    pub(crate) pages: Vec<SitePage>,
    /// Whether there are others.
    pub(crate) hidden_pages: bool,
    /// Whether somebody who is not signed in finds an API here.
    pub(crate) public_apis: bool,
    /// The network address, for the brakes on guessing.
    pub(crate) address: String,
    pub(crate) request_id: String,
    /// From where they come, for the audit.
    pub(crate) caller: Caller,
}

impl ReaderFacts {
    /// Whether they read everything that is published here.
    pub(crate) const fn reads_all(&self) -> bool {
        self.portal.is_public || self.developer.is_some()
    }

    /// Where the catalogue is: at the start, unless the team wrote a start page.
    pub(crate) fn catalogue(&self) -> &'static str {
        match self.pages.iter().any(|page| page.segment().is_empty()) {
            true => crate::pages::catalogue::PATH,
            false => "/",
        }
    }

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
    /// The way to the gateway alone.
    to_gateway: Egress,
    documents: specifications::Documents,
    trees: written::Trees,
}

impl Source {
    pub(crate) fn new(portal: Portal, applications: Applications, settings: Settings) -> Self {
        let overrides = Overrides {
            allow: gateway_networks(&settings.gateway_url),
            ..Overrides::default()
        };
        // Without a proxy of its own it cannot fail; the guarded way is what is left if it did.
        let to_gateway = portal.egress().with(&overrides);
        let to_gateway = to_gateway.unwrap_or_else(|_| portal.egress().clone());
        Self {
            portal,
            applications,
            settings,
            to_gateway,
            documents: specifications::documents(),
            trees: written::trees(),
        }
    }

    /// The way to the gateway, for test requests. The operator named its address, so it may be a local one.
    pub(crate) fn to_gateway(&self) -> &Egress {
        &self.to_gateway
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
        let ctx = self.portal.ctx(actor, reader.request_id.clone());
        Ok(ctx.from(&reader.caller))
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

/// The gateway's own address, where its URL names it: a literal address or this machine.
fn gateway_networks(gateway_url: &str) -> Vec<IpNet> {
    let address = url::Url::parse(gateway_url).ok();
    let addresses: Vec<IpAddr> = match address.as_ref().and_then(url::Url::host) {
        Some(Host::Ipv4(address)) => vec![address.into()],
        Some(Host::Ipv6(address)) => vec![address.into()],
        Some(Host::Domain("localhost")) => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        _ => Vec::new(),
    };
    addresses.into_iter().map(IpNet::from).collect()
}
