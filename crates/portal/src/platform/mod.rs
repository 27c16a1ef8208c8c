//! The platform API: what Konnect offers administrators under `/v2` and `/v3`.
//!
//! Source: <https://developer.konghq.com/api/>.

mod absent;
mod api_products;
mod apis;
mod audit_logs;
mod auth;
mod control_planes;
mod core_entities;
mod dcr_providers;
mod identity;
mod member;
pub(crate) mod needs;
mod nodes;
mod portals;
mod possible_orphans;
mod reconciliation;
mod rotations;
mod strategies;
#[cfg(test)]
mod tests;
mod v3;

use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use axum::{Json, Router, http::Method};
use oauth::Timestamp;
use serde_json::Value;

use crate::Portal;
use crate::error::Error;
use crate::publish::{self, lagging_nodes};
use crate::rest::query::{Column, Query};
use crate::rest::{Page, Problem, trace};
use crate::service::version_mail::Notice;
use crate::store::listing::Listing;

pub(crate) use audit_logs::KEYS as AUDIT_KEYS;
use auth::Admin;

/// The largest body: a specification of several megabytes in base64.
const MAX_BODY: usize = 12 * 1024 * 1024;

/// One operation.
pub(crate) type Route = (Method, &'static str, MethodRouter<Portal>);

/// Every operation of the platform API.
fn routes() -> Vec<Route> {
    [
        absent::routes(),
        api_products::routes(),
        apis::routes(),
        audit_logs::routes(),
        control_planes::routes(),
        core_entities::routes(),
        dcr_providers::routes(),
        possible_orphans::routes(),
        reconciliation::routes(),
        rotations::routes(),
        strategies::routes(),
        portals::routes(),
        v3::routes(),
        identity::routes(),
        nodes::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The platform API. Every route asks for a platform token that may do what it does, but for the keys that verify audit entries.
pub fn platform_router(portal: Portal) -> Router {
    let mut router = Router::new();
    for (_, path, handler) in routes() {
        router = router.route(path, handler);
    }
    let router = router
        .merge(publish::router(portal.publisher().clone()))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .layer(middleware::from_fn_with_state(
            portal.clone(),
            auth::authenticate,
        ))
        .merge(audit_logs::public_routes())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(portal.clone(), trace));
    web::identify(router, web::random(portal.entropy())).with_state(portal)
}

async fn nothing(method: Method, uri: Uri) -> Response {
    core_entities::refusal(&method, uri.path(), unknown(&method, uri.path()))
}

fn unknown(method: &Method, path: &str) -> Error {
    Error::NotFound(format!("there is no operation {method} {path}"))
}

/// A moment as both the specification and the vendor's pages write it.
fn moment(at: Timestamp) -> String {
    at.to_rfc3339()
}

/// The page of a list that is asked for; without `sort`, what was made last comes first.
async fn listed<T>(
    query: &Query,
    columns: &'static [Column],
    list: impl AsyncFnOnce(&Listing) -> Result<(Vec<T>, i64), storage::Error>,
    render: impl Fn(&T) -> Value,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(columns, "t.created_at")?;
    let (found, total) = list(&listing).await.map_err(Error::from)?;
    let data = found.iter().map(&render).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

/// Whether developers are to be told of what a request removes: `?notify_developers=true`, beyond the vendor's.
fn notice(query: &Query) -> Notice {
    (query.get("notify_developers") == Some("true")).into()
}

/// The one of a list of one.
fn only(rendered: Vec<Value>) -> Value {
    rendered.into_iter().next().unwrap_or_default()
}

/// The response, once every gateway obeys the revision or the wait is over; then it names those that
/// lag (`Gatehouse-Lagging-Nodes`).
async fn settled(portal: &Portal, revision: Option<i64>, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    if let Some(revision) = revision {
        let lagging = portal.publisher().settle(revision).await;
        response.headers_mut().extend(lagging_nodes(&lagging));
    }
    response
}
