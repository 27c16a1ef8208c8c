//! `/routes`, and `/services/{service}/routes`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::entity::{answered, control_plane, object};
use super::failure::Failure;
use super::page::Asked;
use crate::model::{ControlPlaneId, Route};
use crate::platform::Admin;
use crate::service::core_entities::route::show;
use crate::service::core_entities::routes::{self, find};
use crate::service::core_entities::services::find as find_service;
use crate::store;
use crate::{Ctx, Portal};

pub(super) async fn list(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let listing = asked.listing(control_plane(&portal, &plane).await?)?;
    let (found, total) = store::routes::list(portal.db(), &listing).await?;
    Ok(Asked::answer(
        &listing,
        found.iter().map(show).collect(),
        total,
    ))
}

pub(super) async fn list_of_service(
    State(portal): State<Portal>,
    Path((plane, service)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let service = find_service(&portal, plane, &service)
        .await?
        .ok_or_else(|| Failure::not_found("service", &service))?;
    let listing = asked.listing(plane)?.only("t.service_id", service.id);
    let (found, total) = store::routes::list(portal.db(), &listing).await?;
    Ok(Asked::answer(
        &listing,
        found.iter().map(show).collect(),
        total,
    ))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path((plane, key)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let found = find(&portal, plane, &key).await?;
    found
        .as_ref()
        .map(|route| Json(show(route)))
        .ok_or_else(|| Failure::not_found("route", &key))
}

/// The route, if it leads to the service.
pub(super) async fn read_in_service(
    State(portal): State<Portal>,
    Path((plane, service, key)): Path<(String, String, String)>,
) -> Result<Json<Value>, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let found = find_in_service(&portal, plane, &service, &key).await?;
    found
        .as_ref()
        .map(|route| Json(show(route)))
        .ok_or_else(|| Failure::not_found("route", &key))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(plane): Path<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    insert(&portal, &ctx, plane, object(&body)?).await
}

pub(super) async fn create_in_service(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, service)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let mut map = object(&body)?;
    map.insert("service".into(), json!({ "id": service }));
    insert(&portal, &ctx, plane, map).await
}

async fn insert(
    portal: &Portal,
    ctx: &Ctx,
    plane: ControlPlaneId,
    map: Map<String, Value>,
) -> Result<Response, Failure> {
    let (route, revision) = routes::create(portal, ctx, plane, map).await?;
    let answer = (StatusCode::CREATED, Json(show(&route)));
    Ok(answered(portal, revision, answer).await)
}

/// Creates or replaces, by id or by name.
pub(super) async fn upsert(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    put(&portal, &ctx, plane, &key, object(&body)?).await
}

/// Creates or replaces, by id or by name, a route that leads to the service.
pub(super) async fn upsert_in_service(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, service, key)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let mut map = object(&body)?;
    map.insert("service".into(), json!({ "id": service }));
    put(&portal, &ctx, plane, &key, map).await
}

async fn put(
    portal: &Portal,
    ctx: &Ctx,
    plane: ControlPlaneId,
    key: &str,
    map: Map<String, Value>,
) -> Result<Response, Failure> {
    let (route, revision) = routes::put(portal, ctx, (plane, key), map).await?;
    Ok(answered(portal, revision, Json(show(&route))).await)
}

/// A route that is gone is success.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    remove(&portal, &ctx, find(&portal, plane, &key).await?).await
}

/// A route that is gone, or never led to the service, is success.
pub(super) async fn delete_in_service(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, service, key)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let found = find_in_service(&portal, plane, &service, &key).await?;
    remove(&portal, &ctx, found).await
}

async fn remove(portal: &Portal, ctx: &Ctx, route: Option<Route>) -> Result<Response, Failure> {
    let Some(route) = route else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let (revision, _) = routes::delete(portal, ctx, &route).await?;
    Ok(answered(portal, revision, StatusCode::NO_CONTENT).await)
}

async fn find_in_service(
    portal: &Portal,
    plane: ControlPlaneId,
    service: &str,
    key: &str,
) -> Result<Option<Route>, Failure> {
    let found = find_service(portal, plane, service).await?;
    let service = found.ok_or_else(|| Failure::not_found("service", service))?;
    let route = find(portal, plane, key).await?;
    Ok(route.filter(|route| route.service_id == Some(service.id)))
}
