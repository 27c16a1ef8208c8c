//! Organization > Teams: users and system accounts that have the same roles.

mod add;
mod delete;
mod list;
mod members;
mod new;
mod remove;
mod settings;

use axum::Router;
use axum::routing::get;

use super::{Acting, Refused, Told, Whose, accounts, people, roles, text};
use crate::Portal;
use crate::model::OrganizationTeam;

pub(super) const LIST: &str = "/teams";
pub(super) const NEW: &str = "/teams/new";

/// The tabs of a team: text, and what comes after the team's address.
pub(super) const TABS: &[(&str, &str)] = &[
    ("members-title", ""),
    ("rights-title", "/roles"),
    ("settings", "/settings"),
];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route("/teams/{id}", get(members::page))
        .route("/teams/{id}/add", get(add::page).post(add::add))
        .route(
            "/teams/{id}/members/{member}/remove",
            get(remove::page).post(remove::remove),
        )
        .route("/teams/{id}/roles", get(roles::page))
        .route(
            "/teams/{id}/roles/new",
            get(roles::new_page).post(roles::assign),
        )
        .route(
            "/teams/{id}/roles/{role}/remove",
            get(roles::remove_page).post(roles::remove),
        )
        .route(
            "/teams/{id}/settings",
            get(settings::page).post(settings::save),
        )
        .route("/teams/{id}/delete", get(delete::page).post(delete::delete))
}

/// The address of a team's page, or of one `below` it.
pub(super) fn address(team: &OrganizationTeam, below: &str) -> String {
    format!("{LIST}/{}{below}", team.id)
}
