//! `/api-products/{id}/product-versions/{id}/specifications`: at most one a version.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::Portal;
use crate::model::Specification;
use crate::platform::Admin;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::specifications::{self as service, find};
use crate::service::versions::find as find_version;
use crate::store::specifications;

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time),
];

pub(super) async fn list(
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let version = find_version(&portal, &product, &version).await?;
    let listing = query
        .listing(COLUMNS, "t.created_at")?
        .only("t.product_version_id", version.id);
    let (found, total) = specifications::list(portal.db(), &listing).await?;
    Ok(Json(Page::new(
        found.iter().map(show).collect(),
        &listing,
        total,
    )))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path((product, version, specification)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(show(
        &find(&portal, &product, &version, &specification).await?,
    )))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let version = find_version(&portal, &product, &version).await?;
    let specification = service::create(&portal, &ctx, &version, body).await?;
    Ok((StatusCode::CREATED, Json(show(&specification))))
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version, specification)): Path<(String, String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let specification = find(&portal, &product, &version, &specification).await?;
    let specification = service::update(&portal, &ctx, specification, body).await?;
    Ok(Json(show(&specification)))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version, specification)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let specification = find(&portal, &product, &version, &specification).await?;
    service::delete(&portal, &ctx, &specification).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The content goes out as it came in: base64 (format `byte`).
fn show(specification: &Specification) -> Value {
    use base64::Engine as _;
    json!({
        "id": specification.id,
        "name": specification.name,
        "content": base64::engine::general_purpose::STANDARD.encode(&specification.content),
        "created_at": specification.created_at.to_rfc3339(),
        "updated_at": specification.updated_at.to_rfc3339(),
    })
}
