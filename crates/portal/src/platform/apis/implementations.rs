//! `/apis/{id}/implementations` and `/api-implementations`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::Portal;
use crate::platform::{Admin, listed, moment, settled};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::apis::find as find_api;
use crate::service::apis::implementations::{self as service, find};
use crate::store::implementations::{self, Implementation};

const COLUMNS: &[Column] = &[
    column("id", "t.service_id", Kind::Uuid),
    column("api_id", "t.api_product_id", Kind::Uuid),
    column("control_plane_id", "t.control_plane_id", Kind::Uuid),
    column("service_id", "t.service_id", Kind::Uuid),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

pub(super) async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let all = async |listing: &_| implementations::list(portal.db(), listing).await;
    listed(&query, COLUMNS, all, entry).await
}

pub(super) async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((api, implementation)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let api = find_api(&portal, &api).await?;
    Ok(Json(show(&find(&portal, &api, &implementation).await?)))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(api): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let api = find_api(&portal, &api).await?;
    let (linked, revision) = service::create(&portal, &ctx, &api, body).await?;
    let answer = (StatusCode::CREATED, Json(show(&linked)));
    Ok(settled(&portal, Some(revision), answer).await)
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, implementation)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let api = find_api(&portal, &api).await?;
    let linked = find(&portal, &api, &implementation).await?;
    let revision = service::delete(&portal, &ctx, &linked).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

fn show(implementation: &Implementation) -> Value {
    json!({
        "id": implementation.service_id,
        "service": {
            "id": implementation.service_id,
            "control_plane_id": implementation.control_plane_id,
        },
        "created_at": moment(implementation.created_at),
        "updated_at": moment(implementation.updated_at),
    })
}

fn entry(implementation: &Implementation) -> Value {
    let mut shown = show(implementation);
    shown["api_id"] = json!(implementation.api_id);
    shown
}
