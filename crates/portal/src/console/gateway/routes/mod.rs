//! Routes: what the gateway takes.

mod delete;
mod edit;
mod fields;
mod list;
mod new;

use axum::Router;
use axum::routing::get;

use super::{Acting, Refused, Told, text};
use crate::model::{Route, RouteId};
use crate::rest::path_id;
use crate::{Error, Portal, store};

pub(super) const LIST: &str = "/gateway/routes";
pub(super) const NEW: &str = "/gateway/routes/new";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route("/gateway/routes/{id}", get(edit::page).post(edit::save))
        .route(
            "/gateway/routes/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// The address of a route's page, or of one `below` it.
pub(super) fn address(route: &Route, below: &str) -> String {
    format!("{LIST}/{}{below}", route.id)
}

/// The name, or what it takes where there is none.
pub(super) fn called(route: &Route) -> String {
    let name = route.name.clone();
    name.unwrap_or_else(|| takes(route).join(" "))
}

/// Methods, hosts and paths, a line each.
fn takes(route: &Route) -> Vec<String> {
    [&route.methods, &route.hosts, &route.paths]
        .into_iter()
        .flatten()
        .map(|values| values.join(" "))
        .collect()
}

async fn find(portal: &Portal, id: &str) -> Result<Route, Error> {
    let id: RouteId = path_id("route", id)?;
    let found = store::routes::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::not_found("route", id))
}
