//! `/services`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::entity::{control_plane, finish, given_id, id_for, object, taken};
use super::failure::Failure;
use super::page::Asked;
use super::service::{read as parse, show};
use crate::Portal;
use crate::model::{ControlPlaneId, Service, ServiceId};
use crate::platform::Admin;
use crate::store::audit::Entry;
use crate::store::{product_versions, routes, services};

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
        .map_err(|error| taken(error, "service", service.name.as_ref()))?;
    let entry = Entry::new("create", "service", service.id);
    let answer = (StatusCode::CREATED, Json(show(&service)));
    finish(&portal, &ctx, tx, entry, answer).await
}

/// Creates or replaces, by id or by name.
pub(super) async fn upsert(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let mut map = object(&body)?;
    let earlier = find(&portal, plane, &key).await?;
    let fresh = || ServiceId::new(portal.entropy());
    let id = id_for(
        &mut map,
        &key,
        earlier.as_ref().map(|earlier| earlier.id),
        fresh,
    );
    let mut service = parse(map, id, plane, &ctx)?;
    let mut tx = portal.db().begin().await?;
    let written = match earlier {
        Some(earlier) => {
            service.created_at = earlier.created_at;
            services::update(&mut tx, &service).await
        }
        None => services::insert(&mut tx, &service).await,
    };
    written.map_err(|error| taken(error, "service", service.name.as_ref()))?;
    let entry = Entry::new("update", "service", id);
    finish(&portal, &ctx, tx, entry, Json(show(&service))).await
}

/// Removes a service that no route and no product version needs. One that is gone is success.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let Some(service) = find(&portal, plane, &key).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
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
    let entry = Entry::new("delete", "service", service.id);
    finish(&portal, &ctx, tx, entry, StatusCode::NO_CONTENT).await
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
