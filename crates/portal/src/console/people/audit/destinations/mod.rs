//! Destinations: the log collectors to which portals send their audit.

mod delete;
mod list;
mod one;

use axum::Router;
use axum::routing::get;

use super::{Refused, collector, text};
use crate::Portal;
use crate::model::AuditDestination;

pub(super) const LIST: &str = "/audit/destinations";
const NEW: &str = "/audit/destinations/new";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(one::new_page).post(one::create))
        .route("/audit/destinations/{id}", get(one::page).post(one::save))
        .route(
            "/audit/destinations/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// The address of a destination's page, or of one `below` it.
fn address(destination: &AuditDestination, below: &str) -> String {
    format!("{LIST}/{}{below}", destination.id)
}

/// What it is called; those of the pages all have a name.
fn called(destination: &AuditDestination) -> &str {
    destination.name.as_deref().unwrap_or(&destination.endpoint)
}
