//! The applications of a portal's developers.

mod list;
mod one;

use axum::Router;
use axum::routing::get;
use web::components::badge;
use web::{Markup, Text, Tone};

use super::{Acting, Refused, developers, registrations, text};
use crate::Portal;
use crate::console::portals;
use crate::model::{ApplicationStatus, Site};

/// Where they are, below their portal's address.
const BELOW: &str = "/applications";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/applications", get(list::page))
        .route("/portals/{id}/applications/{application}", get(one::page))
        .route(
            "/portals/{id}/applications/{application}/delete",
            get(one::delete_page).post(one::delete),
        )
}

/// The address of an application's page, or of one `below` it.
pub(super) fn address(site: &Site, id: impl std::fmt::Display, below: &str) -> String {
    portals::address(site, &format!("{BELOW}/{id}{below}"))
}

/// Where an application stands between the portal and the identity provider.
fn status(text: Text, status: ApplicationStatus) -> Markup {
    let tone = match status {
        ApplicationStatus::Active => Tone::Success,
        ApplicationStatus::Provisioning => Tone::Info,
        ApplicationStatus::Deleting => Tone::Warning,
    };
    badge(tone, &text.get(&format!("standing-{status}")))
}
