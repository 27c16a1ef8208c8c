//! Kinds of entity that this gateway does not have. Tools list every kind before they compare, so there are
//! lists, which are empty; making one is refused, because it would have no effect.
//!
//! Source: the vendor's "Control Planes Configuration" specification, v2; what decK asks for.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, http::Uri};
use serde_json::{Value, json};

use super::entity::control_plane;
use super::failure::Failure;
use crate::Portal;
use crate::platform::control_planes::find as find_control_plane;
use crate::platform::{Admin, Route};
use crate::rest::Problem;
use crate::service::core_entities::routes::find as find_route;
use crate::service::core_entities::services::find as find_service;

/// The lists of such kinds, as they are called behind `core-entities/`.
macro_rules! absent {
    ($($kind:literal),+ $(,)?) => {
        [$((
            concat!("/v2/control-planes/{control_plane}/core-entities/", $kind),
            concat!("/v2/control-planes/{control_plane}/core-entities/", $kind, "/{entity}"),
        )),+]
    };
}

const KINDS: [(&str, &str); 20] = absent![
    "acls",
    "basic-auths",
    "ca_certificates",
    "certificates",
    "consumer_groups",
    "consumers",
    "custom-plugins",
    "degraphql_routes",
    "graphql-rate-limiting-advanced/costs",
    "hmac-auths",
    "jwts",
    "key-auths",
    "key-sets",
    "keys",
    "mtls-auths",
    "partials",
    "plugins",
    "snis",
    "upstreams",
    "vaults",
];

/// A list that has no entities of its own address.
const TARGETS: &str = "/v2/control-planes/{control_plane}/core-entities/targets";

pub(super) fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for (all, one) in KINDS {
        routes.push((Method::GET, all, refusing(get(empty))));
        routes.push((Method::GET, one, refusing(get(missing))));
    }
    routes.push((Method::GET, TARGETS, refusing(get(empty_otherwise))));
    let [(all, one)] = absent!["plugin-schemas"];
    routes.push((Method::GET, all, refusing(get(empty_otherwise))));
    routes.push((Method::GET, one, refusing(get(missing))));
    let [(all, one)] = absent!["services/{service}/plugins"];
    routes.push((Method::GET, all, refusing(get(empty_of_service))));
    routes.push((Method::GET, one, refusing(get(missing))));
    let [(all, one)] = absent!["routes/{route}/plugins"];
    routes.push((Method::GET, all, refusing(get(empty_of_route))));
    routes.push((Method::GET, one, refusing(get(missing))));
    routes
}

/// Everything but reading is refused. These are not served, and so not in the list of operations.
fn refusing(reading: MethodRouter<Portal>) -> MethodRouter<Portal> {
    reading.fallback(refuse)
}

async fn empty(
    State(portal): State<Portal>,
    Path(parts): Path<Vec<(String, String)>>,
) -> Result<Json<Value>, Failure> {
    control_plane(&portal, first(&parts)).await?;
    Ok(nothing())
}

/// Of the kinds whose lists have the errors of the rest of the platform API.
async fn empty_otherwise(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
) -> Result<Json<Value>, Problem> {
    find_control_plane(&portal, &plane).await?;
    Ok(nothing())
}

async fn empty_of_service(
    State(portal): State<Portal>,
    Path((plane, service)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let found = find_service(&portal, plane, &service).await?;
    found.ok_or_else(|| Failure::not_found("service", &service))?;
    Ok(nothing())
}

async fn empty_of_route(
    State(portal): State<Portal>,
    Path((plane, route)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let found = find_route(&portal, plane, &route).await?;
    found.ok_or_else(|| Failure::not_found("route", &route))?;
    Ok(nothing())
}

fn nothing() -> Json<Value> {
    Json(json!({ "data": [], "next": null }))
}

async fn missing(uri: Uri) -> Failure {
    let (kind, entity) = named(&uri);
    Failure::not_found(&kind, &entity)
}

/// Removing what is not there is success, as with services and routes.
async fn refuse(method: Method, uri: Uri, _: Admin) -> Response {
    if method == Method::DELETE {
        return StatusCode::NO_CONTENT.into_response();
    }
    let path = uri.path();
    let kind = path.split("/core-entities/").nth(1).unwrap_or(path);
    let kind = kind.split('/').next().unwrap_or(kind);
    Failure::malformed(format!(
        "this gateway has no {kind}: what is set there would have no effect, so it is refused; applications \
         and their credentials come from the portal, authentication from auth strategies"
    ))
    .into_response()
}

fn first(parts: &[(String, String)]) -> &str {
    parts.first().map_or("", |(_, value)| value.as_str())
}

/// The last two parts of an address.
fn named(uri: &Uri) -> (String, String) {
    let mut parts = uri.path().rsplit('/').map(str::to_owned);
    let entity = parts.next().unwrap_or_default();
    (parts.next().unwrap_or_default(), entity)
}
