//! `/routes`, and `/services/{service}/routes`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::entity::{control_plane, finish, given_id, id_for, object, taken};
use super::failure::Failure;
use super::fields::Wrong;
use super::page::Asked;
use super::route::{read as parse, show};
use super::services::find as find_service;
use crate::model::{ControlPlaneId, Route, RouteId};
use crate::platform::Admin;
use crate::store::audit::Entry;
use crate::store::routes;
use crate::{Ctx, Portal};

pub(super) async fn list(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let listing = asked.listing(control_plane(&portal, &plane).await?)?;
    let (found, total) = routes::list(portal.db(), &listing).await?;
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
    let (found, total) = routes::list(portal.db(), &listing).await?;
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
    let id = given_id(&map).unwrap_or_else(|| RouteId::new(portal.entropy()));
    let route = resolve(portal, plane, parse(map, id, plane, ctx)?).await?;
    let mut tx = portal.db().begin().await?;
    routes::insert(&mut tx, &route)
        .await
        .map_err(|error| taken(error, "route", route.name.as_ref()))?;
    let entry = Entry::new("create", "route", id);
    let answer = (StatusCode::CREATED, Json(show(&route)));
    finish(portal, ctx, tx, entry, answer).await
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
    mut map: Map<String, Value>,
) -> Result<Response, Failure> {
    let earlier = find(portal, plane, key).await?;
    let fresh = || RouteId::new(portal.entropy());
    let id = id_for(
        &mut map,
        key,
        earlier.as_ref().map(|earlier| earlier.id),
        fresh,
    );
    let mut route = resolve(portal, plane, parse(map, id, plane, ctx)?).await?;
    let mut tx = portal.db().begin().await?;
    let written = match earlier {
        Some(earlier) => {
            route.created_at = earlier.created_at;
            routes::update(&mut tx, &route).await
        }
        None => routes::insert(&mut tx, &route).await,
    };
    written.map_err(|error| taken(error, "route", route.name.as_ref()))?;
    let entry = Entry::new("update", "route", id);
    finish(portal, ctx, tx, entry, Json(show(&route))).await
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
    let mut tx = portal.db().begin().await?;
    routes::delete(&mut tx, route.id).await?;
    let entry = Entry::new("delete", "route", route.id);
    finish(portal, ctx, tx, entry, StatusCode::NO_CONTENT).await
}

/// The route with its service, which must be in the same control plane.
async fn resolve(
    portal: &Portal,
    plane: ControlPlaneId,
    (mut route, by_name): (Route, Option<String>),
) -> Result<Route, Failure> {
    let Some(key) = route.service_id.map(|id| id.to_string()).or(by_name) else {
        return Ok(route);
    };
    let message = format!("service {key} does not exist in this control plane");
    let service = find_service(portal, plane, &key).await?;
    let service = service.ok_or_else(|| {
        Failure::from(vec![Wrong {
            field: "service.id".into(),
            message,
        }])
    })?;
    route.service_id = Some(service.id);
    Ok(route)
}

async fn find(portal: &Portal, plane: ControlPlaneId, key: &str) -> Result<Option<Route>, Failure> {
    let found = match key.parse::<RouteId>() {
        Ok(id) => routes::find(portal.db(), id)
            .await?
            .filter(|route| route.control_plane_id == plane),
        Err(_) => routes::find_by_name(portal.db(), plane, key).await?,
    };
    Ok(found)
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
