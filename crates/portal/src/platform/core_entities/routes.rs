//! `/routes`, and `/services/{service}/routes`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use storage::Tx;

use super::entity::{control_plane, object};
use super::failure::Failure;
use super::fields::Wrong;
use super::page::Asked;
use super::route::{read as parse, show};
use super::services::find as find_service;
use crate::model::{ControlPlaneId, Route, RouteId};
use crate::platform::Admin;
use crate::publish::topic;
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
    let given = map
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    let id = given.unwrap_or_else(|| RouteId::new(portal.entropy()));
    let route = resolve(portal, plane, parse(map, id, plane, ctx)?).await?;
    let mut tx = portal.db().begin().await?;
    routes::insert(&mut tx, &route)
        .await
        .map_err(|error| taken(error, &route))?;
    commit(portal, ctx, tx, "create", id).await?;
    Ok((StatusCode::CREATED, Json(show(&route))).into_response())
}

/// Creates or replaces, by id or by name.
pub(super) async fn upsert(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let mut map = object(&body)?;
    let earlier = find(&portal, plane, &key).await?;
    let id = match &earlier {
        Some(earlier) => earlier.id,
        None => key
            .parse()
            .unwrap_or_else(|_| RouteId::new(portal.entropy())),
    };
    if key.parse::<RouteId>().is_err() {
        map.entry("name").or_insert_with(|| key.clone().into());
    }
    let mut route = resolve(&portal, plane, parse(map, id, plane, &ctx)?).await?;
    let mut tx = portal.db().begin().await?;
    if let Some(earlier) = earlier {
        route.created_at = earlier.created_at;
        routes::update(&mut tx, &route)
            .await
            .map_err(|error| taken(error, &route))?;
    } else {
        routes::insert(&mut tx, &route)
            .await
            .map_err(|error| taken(error, &route))?;
    }
    commit(&portal, &ctx, tx, "update", id).await?;
    Ok(Json(show(&route)))
}

/// A route that is gone is success.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let Some(route) = find(&portal, plane, &key).await? else {
        return Ok(StatusCode::NO_CONTENT);
    };
    let mut tx = portal.db().begin().await?;
    routes::delete(&mut tx, route.id).await?;
    commit(&portal, &ctx, tx, "delete", route.id).await?;
    Ok(StatusCode::NO_CONTENT)
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

fn taken(error: storage::Error, route: &Route) -> Failure {
    match error {
        storage::Error::Unique { .. } => {
            let name = route.name.as_deref().unwrap_or_default();
            Failure::conflict(format!(
                "a route with the name `{name}` or the same id exists; names are unique in a control plane"
            ))
        }
        other => other.into(),
    }
}

async fn commit(
    portal: &Portal,
    ctx: &Ctx,
    mut tx: Tx,
    action: &str,
    id: RouteId,
) -> Result<(), Failure> {
    portal
        .audit(&mut tx, ctx, Entry::new(action, "route", id))
        .await?;
    let revision = tx
        .record_change(topic::CONFIGURATION, &id.to_string())
        .await?;
    tx.commit().await?;
    portal.publisher().settle(revision).await;
    Ok(())
}
