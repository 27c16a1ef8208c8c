//! Sign-in: how a portal's developers sign in, and the provider that vouches for them.

mod delete;
mod fields;
mod groups;
mod page;
mod text;
mod trial;

use axum::Router;
use axum::routing::{get, post};

use super::{Acting, Refused, Told, address, heading, name, sheet};
use crate::Portal;
use text::text;

/// What comes after the portal's address.
const HERE: &str = "/sign-in";
const GROUPS: &str = "/sign-in/groups";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/sign-in", get(page::page).post(page::save))
        .route("/portals/{id}/sign-in/test", post(trial::run))
        .route(
            "/portals/{id}/sign-in/groups",
            get(groups::page).post(groups::save),
        )
        .route(
            "/portals/{id}/sign-in/delete",
            get(delete::page).post(delete::delete),
        )
}
