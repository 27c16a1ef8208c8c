//! Dev Portal > Portals > Teams: developers who may do the same, and what that is.

mod add;
mod delete;
mod list;
mod members;
mod new;
mod remove;
mod roles;
mod settings;
mod text;

use axum::Router;
use axum::routing::get;
use web::components::{page_heading, views, way};
use web::{Markup, Visitor, html};

use super::{Acting, Refused, Told, portals, sheet};
use crate::Portal;
use crate::model::{Site, Team};
use text::text;

/// Where they are, below their portal's address.
pub(super) const BELOW: &str = "/teams";

/// The tabs of a team: text, and what comes after the team's address.
const TABS: &[(&str, &str)] = &[
    ("teams-members", ""),
    ("teams-roles", "/roles"),
    ("teams-settings", "/settings"),
];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/teams", get(list::page))
        .route("/portals/{id}/teams/new", get(new::page).post(new::create))
        .route("/portals/{id}/teams/{team}", get(members::page))
        .route(
            "/portals/{id}/teams/{team}/add",
            get(add::page).post(add::add),
        )
        .route(
            "/portals/{id}/teams/{team}/developers/{developer}/remove",
            get(remove::page).post(remove::remove),
        )
        .route(
            "/portals/{id}/teams/{team}/roles",
            get(roles::page).post(roles::save),
        )
        .route(
            "/portals/{id}/teams/{team}/settings",
            get(settings::page).post(settings::save),
        )
        .route(
            "/portals/{id}/teams/{team}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// The address of a team's page, or of one `below` it.
pub(super) fn address(site: &Site, team: &Team, below: &str) -> String {
    portals::address(site, &format!("{BELOW}/{}{below}", team.id))
}

/// The heading and the tabs of every page about one team; `below` is this page's.
fn heading(visitor: &Visitor, site: &Site, team: &Team, below: &str) -> Markup {
    let text = text(visitor);
    let lead = Some(team.description.as_str()).filter(|lead| !lead.is_empty());
    html! {
        (way(text, &[
            (portals::name(site), &portals::address(site, "")),
            (&text.get("teams-title"), &portals::address(site, BELOW)),
        ]))
        (page_heading(&team.name, lead, None))
        (views(text, &team.name, TABS, below, |path| address(site, team, path)))
    }
}
