//! `/apis` and `/apis/{id}`.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::versions::summary;
use crate::model::{ApiProduct, ApiProductId};
use crate::platform::{Admin, moment, notice, only, settled};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::apis::versions::current;
use crate::service::apis::{self as service, find};
use crate::service::products;
use crate::store::api_products::{self, NamedPortal};
use crate::store::{api_versions, product_versions};
use crate::{Error, Portal};

/// How an API is tied to what serves it: by the services of a gateway.
const MODE: &str = "gateway_entity_binding";

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.name", Kind::Text),
    column("version", "t.version", Kind::Text),
    column("labels", "t.labels", Kind::Labels).filter_only(),
    column("attributes", "t.attributes", Kind::Attributes).filter_only(),
    column(
        "implementation_mode",
        "(SELECT 'gateway_entity_binding' FROM portal_product_version v \
          WHERE v.api_product_id = t.id AND v.service_id IS NOT NULL LIMIT 1)",
        Kind::Text,
    )
    .filter_only(),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

pub(super) async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let (found, total) = api_products::list(portal.db(), &listing).await?;
    let shown = show(&portal, &found).await?;
    Ok(Json(Page::new(shown, &listing, total)))
}

pub(super) async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(api): Path<String>,
) -> Result<Json<Value>, Problem> {
    let api = find(&portal, &api).await?;
    Ok(Json(show_one(&portal, &api).await?))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Body(body): Body,
) -> Result<Response, Problem> {
    let (api, revision) = service::create(&portal, &ctx, body).await?;
    let answer = (StatusCode::CREATED, Json(show_one(&portal, &api).await?));
    Ok(settled(&portal, Some(revision), answer).await)
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(api): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let api = find(&portal, &api).await?;
    let (api, revision) = service::update(&portal, &ctx, api, body).await?;
    let answer = Json(show_one(&portal, &api).await?);
    Ok(settled(&portal, Some(revision), answer).await)
}

/// Removes an API with all that belongs to it, the registrations for it too.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(api): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let api = find(&portal, &api).await?;
    let revision = products::delete(&portal, &ctx, &api, notice(&query)).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

async fn show_one(portal: &Portal, api: &ApiProduct) -> Result<Value, Error> {
    Ok(only(show(portal, std::slice::from_ref(api)).await?))
}

async fn show(portal: &Portal, apis: &[ApiProduct]) -> Result<Vec<Value>, Error> {
    let ids = || apis.iter().map(|api| api.id);
    let portals = api_products::named_portals(portal.db(), ids()).await?;
    let specified = api_versions::of_products(portal.db(), ids()).await?;
    let all = product_versions::of_products(portal.db(), ids()).await?;
    let versions = all.values().flatten();
    let linked = versions.filter(|version| version.service_id.is_some());
    let linked: HashSet<ApiProductId> = linked.map(|version| version.api_product_id).collect();
    let shown = apis.iter().map(|api| {
        let specified = specified.get(&api.id).map(Vec::as_slice);
        let specified = specified.unwrap_or_default();
        let portals = portals.get(&api.id).into_iter().flatten();
        json!({
            "id": api.id,
            "name": api.name,
            "description": api.description,
            "version": api.version,
            "slug": api.slug,
            "labels": api.labels,
            "attributes": api.attributes,
            "current_version_summary": current(api, specified).map(summary),
            "api_spec_ids": specified.iter().map(|one| one.version.id).collect::<Vec<_>>(),
            "portals": portals.map(place).collect::<Vec<_>>(),
            "implementation_mode": linked.contains(&api.id).then_some(MODE),
            "created_at": moment(api.created_at),
            "updated_at": moment(api.updated_at),
        })
    });
    Ok(shown.collect())
}

fn place(portal: &NamedPortal) -> Value {
    json!({ "id": portal.id, "name": portal.name, "display_name": portal.display_name })
}
