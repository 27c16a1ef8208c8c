//! Whose roles, teams and tokens a page is about: a user, a system account or a team, as its address says.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use web::components::{page_heading, views, way};
use web::{Markup, Text, html};

use super::{Refused, accounts, people, teams};
use crate::model::{Administrator, Holder, OrganizationTeam, SystemAccount};
use crate::rest::path_id;
use crate::service::{organization_teams, system_accounts};
use crate::{Error, Portal};

/// Somebody who can have roles.
pub(super) enum Whose {
    /// A system account.
    Account(SystemAccount),
    /// A team.
    Team(OrganizationTeam),
    /// A user.
    User(Administrator),
}

/// The user with this id, as it stands in an address.
pub(super) async fn user(portal: &Portal, id: &str) -> Result<Administrator, Error> {
    portal.administrators().find(path_id("user", id)?).await
}

impl FromRequestParts<Portal> for Whose {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Refused> {
        let mut segments = parts.uri.path().split('/').skip(1);
        let (kind, id) = (segments.next(), segments.next().unwrap_or_default());
        Ok(match kind {
            Some("administrators") => Self::User(user(portal, id).await?),
            Some("teams") => Self::Team(organization_teams::find(portal, id).await?),
            _ => Self::Account(system_accounts::find(portal, id).await?),
        })
    }
}

impl Whose {
    /// What services know it by.
    pub(super) fn holder(&self) -> Holder {
        match self {
            Self::Account(account) => Holder::SystemAccount(account.id),
            Self::Team(team) => Holder::Team(team.id),
            Self::User(user) => Holder::User(user.id),
        }
    }

    /// What people know it by.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Account(account) => &account.name,
            Self::Team(team) => &team.name,
            Self::User(user) => &user.name,
        }
    }

    /// The address of its page, or of one `below` it.
    pub(super) fn address(&self, below: &str) -> String {
        match self {
            Self::Account(account) => accounts::address(account, below),
            Self::Team(team) => teams::address(team, below),
            Self::User(user) => people::address(user, below),
        }
    }

    /// Where its roles are.
    pub(super) fn roles(&self) -> String {
        self.address(match self {
            Self::User(_) => "",
            Self::Account(_) | Self::Team(_) => "/roles",
        })
    }

    /// Whether roles can be given to it: not to a team that is always there.
    pub(super) fn takes_roles(&self) -> bool {
        !matches!(self, Self::Team(team) if team.access.is_some())
    }

    /// The way to it.
    fn way(&self, text: Text, rest: &[(&str, &str)]) -> Markup {
        let (label, list) = match self {
            Self::Account(_) => ("accounts-title", accounts::LIST),
            Self::Team(_) => ("teams-title", teams::LIST),
            Self::User(_) => ("people-title", people::LIST),
        };
        let label = text.get(label);
        let mut crumbs = vec![(label.as_str(), list)];
        crumbs.extend_from_slice(rest);
        way(text, &crumbs)
    }

    /// The heading and the tabs of every page about it; `below` is this page's.
    pub(super) fn heading(&self, text: Text, below: &str) -> Markup {
        let (lead, tabs) = match self {
            Self::Account(account) => (account.description.as_str(), accounts::TABS),
            Self::Team(team) => (team.description.as_deref().unwrap_or(""), teams::TABS),
            Self::User(user) => (user.email.as_str(), [].as_slice()),
        };
        html! {
            (self.way(text, &[]))
            (page_heading(self.name(), Some(lead).filter(|lead| !lead.is_empty()), None))
            @if !tabs.is_empty() { (views(text, self.name(), tabs, below, |path| self.address(path))) }
        }
    }

    /// The way and the heading of a page below one of its own.
    pub(super) fn below(&self, text: Text, title: &str, lead: Option<&str>) -> Markup {
        let own = self.address("");
        html! {
            (self.way(text, &[(self.name(), &own)]))
            (page_heading(title, lead, None))
        }
    }
}
