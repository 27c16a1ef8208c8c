//! `/services`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::entity::{answered, control_plane, object};
use super::failure::Failure;
use super::page::Asked;
use crate::Portal;
use crate::platform::Admin;
use crate::service::core_entities::service::show;
use crate::service::core_entities::services::{self, find};
use crate::store;

pub(super) async fn list(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let listing = asked.listing(control_plane(&portal, &plane).await?)?;
    let (found, total) = store::services::list(portal.db(), &listing).await?;
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
    let (service, revision) = services::create(&portal, &ctx, plane, object(&body)?).await?;
    let answer = (StatusCode::CREATED, Json(show(&service)));
    Ok(answered(&portal, revision, answer).await)
}

/// Creates or replaces, by id or by name.
pub(super) async fn upsert(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, key)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let plane = control_plane(&portal, &plane).await?;
    let (service, revision) = services::put(&portal, &ctx, (plane, &key), object(&body)?).await?;
    Ok(answered(&portal, revision, Json(show(&service))).await)
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
    let (revision, _) = services::delete(&portal, &ctx, &service).await?;
    Ok(answered(&portal, revision, StatusCode::NO_CONTENT).await)
}
