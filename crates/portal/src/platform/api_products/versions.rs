//! `/api-products/{id}/product-versions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::model::{ProductVersion, PublishStatus};
use crate::platform::{Admin, moment, notice, only, settled};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::products::find as find_product;
use crate::service::versions::{self, find};
use crate::store::publications::Named;
use crate::store::{product_versions, publications};
use crate::{Error, Portal};

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column(
        "publish_status",
        "t.publish_status",
        Kind::Word(PublishStatus::WORDS),
    ),
    column("gateway_service_id", "t.service_id", Kind::Uuid).filter_only(),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

pub(super) async fn list(
    State(portal): State<Portal>,
    Path(product): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let product = find_product(&portal, &product).await?;
    let listing = query
        .listing(COLUMNS, "t.created_at")?
        .only("t.api_product_id", product.id);
    let (versions, total) = product_versions::list(portal.db(), &listing).await?;
    let shown = show(&portal, &versions).await?;
    Ok(Json(Page::new(shown, &listing, total)))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let version = find(&portal, &product, &version).await?;
    Ok(Json(show_one(&portal, &version).await?))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let product = find_product(&portal, &product).await?;
    let (version, revision) = versions::create(&portal, &ctx, &product, body).await?;
    let answer = (
        StatusCode::CREATED,
        Json(show_one(&portal, &version).await?),
    );
    Ok(settled(&portal, Some(revision), answer).await)
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let version = find(&portal, &product, &version).await?;
    let (version, revision) = versions::update(&portal, &ctx, version, body).await?;
    let answer = Json(show_one(&portal, &version).await?);
    Ok(settled(&portal, Some(revision), answer).await)
}

/// Removes a version with its specification and the registrations for it.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let version = find(&portal, &product, &version).await?;
    let revision = versions::delete(&portal, &ctx, &version, notice(&query)).await?;
    let answer = StatusCode::NO_CONTENT;
    Ok(settled(&portal, Some(revision), answer).await)
}

async fn show_one(portal: &Portal, version: &ProductVersion) -> Result<Value, Error> {
    Ok(only(show(portal, std::slice::from_ref(version)).await?))
}

async fn show(portal: &Portal, versions: &[ProductVersion]) -> Result<Vec<Value>, Error> {
    let ids = versions.iter().map(|version| version.id);
    let portals = publications::named(portal.db(), ids).await?;
    let shown = versions.iter().map(|version| {
        let portals = portals.get(&version.id).into_iter().flatten();
        let portals: Vec<Value> = portals.map(place).collect();
        let service = version.service_id.map(|id| {
            json!({ "id": id, "control_plane_id": version.control_plane_id, "runtime_group_id": version.control_plane_id })
        });
        json!({
            "id": version.id,
            "name": version.name,
            "publish_status": version.publish_status,
            "deprecated": version.deprecated,
            "labels": version.labels,
            "gateway_service": service,
            "portals": portals,
            "auth_strategy_sync_errors": [],
            "created_at": moment(version.created_at),
            "updated_at": moment(version.updated_at),
        })
    });
    Ok(shown.collect())
}

/// A version's entry in one portal.
fn place(named: &Named) -> Value {
    let publication = &named.publication;
    let strategy = publication
        .auth_strategy_id
        .zip(named.strategy_name.as_ref());
    let strategies: Vec<Value> = strategy
        .iter()
        .map(|(id, name)| json!({ "id": id, "name": name }))
        .collect();
    json!({
        "portal_id": publication.portal_id,
        "portal_name": named.portal_name,
        "portal_product_version_id": publication.id,
        "publish_status": publication.publish_status,
        "deprecated": publication.deprecated,
        "application_registration_enabled": publication.application_registration_enabled,
        "auto_approve_registration": publication.auto_approve_registration,
        "auth_strategies": strategies,
    })
}
