//! `/services`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use storage::Tx;

use super::entity::{control_plane, object};
use super::failure::Failure;
use super::page::Asked;
use super::service::{read as parse, show};
use crate::model::{ControlPlaneId, Service, ServiceId};
use crate::platform::Admin;
use crate::publish::topic;
use crate::store::audit::Entry;
use crate::store::{product_versions, routes, services};
use crate::{Ctx, Portal};

pub(super) async fn list(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let listing = asked.listing(control_plane(&portal, &plane).await?)?;
    let (found, total) = services::list(portal.db(), &listing).await?;
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
        .map(|service| Json(show(service)))
        .ok_or_else(|| Failure::not_found("service", &key))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(plane): Path<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let map = object(&body)?;
    let id = given_id(&map).unwrap_or_else(|| ServiceId::new(portal.entropy()));
    let service = parse(map, id, plane, &ctx)?;
    let mut tx = portal.db().begin().await?;
    services::insert(&mut tx, &service)
        .await
        .map_err(|error| taken(error, &service))?;
    commit(&portal, &ctx, tx, "create", service.id).await?;
    Ok((StatusCode::CREATED, Json(show(&service))).into_response())
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
            .unwrap_or_else(|_| ServiceId::new(portal.entropy())),
    };
    if key.parse::<ServiceId>().is_err() {
        map.entry("name").or_insert_with(|| key.clone().into());
    }
    let mut service = parse(map, id, plane, &ctx)?;
    let mut tx = portal.db().begin().await?;
    if let Some(earlier) = earlier {
        service.created_at = earlier.created_at;
        services::update(&mut tx, &service)
            .await
            .map_err(|error| taken(error, &service))?;
    } else {
        services::insert(&mut tx, &service)
            .await
            .map_err(|error| taken(error, &service))?;
    }
    commit(&portal, &ctx, tx, "update", id).await?;
    Ok(Json(show(&service)))
}

/// Removes a service that no route and no product version needs. One that is gone is success.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let Some(service) = find(&portal, plane, &key).await? else {
        return Ok(StatusCode::NO_CONTENT);
    };
    let mut tx = portal.db().begin().await?;
    if !routes::of_service(&mut tx, service.id).await?.is_empty() {
        return Err(Failure::conflict(
            "routes lead to this service; delete them first",
        ));
    }
    if !product_versions::of_service(&mut tx, service.id)
        .await?
        .is_empty()
    {
        return Err(Failure::conflict(
            "a product version stands in front of this service; unlink it first",
        ));
    }
    services::delete(&mut tx, service.id).await?;
    commit(&portal, &ctx, tx, "delete", service.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// By id or by name.
pub(super) async fn find(
    portal: &Portal,
    plane: ControlPlaneId,
    key: &str,
) -> Result<Option<Service>, Failure> {
    let found = match key.parse::<ServiceId>() {
        Ok(id) => services::find(portal.db(), id)
            .await?
            .filter(|service| service.control_plane_id == plane),
        Err(_) => services::find_by_name(portal.db(), plane, key).await?,
    };
    Ok(found)
}

fn given_id(map: &serde_json::Map<String, Value>) -> Option<ServiceId> {
    map.get("id")?.as_str()?.parse().ok()
}

fn taken(error: storage::Error, service: &Service) -> Failure {
    match error {
        storage::Error::Unique { .. } => {
            let name = service.name.as_deref().unwrap_or_default();
            Failure::conflict(format!(
                "a service with the name `{name}` or the same id exists; names are unique in a control plane"
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
    id: ServiceId,
) -> Result<(), Failure> {
    portal
        .audit(&mut tx, ctx, Entry::new(action, "service", id))
        .await?;
    let revision = tx
        .record_change(topic::CONFIGURATION, &id.to_string())
        .await?;
    tx.commit().await?;
    portal.publisher().settle(revision).await;
    Ok(())
}
