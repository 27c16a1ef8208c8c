//! `/api-products` and `/api-products/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::model::ApiProduct;
use crate::platform::{Admin, moment, notice, only, settled};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::products::{self, find};
use crate::store::api_products::{self, NamedPortal};
use crate::store::product_versions;
use crate::{Error, Portal};

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

pub(super) async fn list(
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let mut listing = query.listing(COLUMNS, "t.created_at")?;
    listing.filters.extend(query.labels("labels", "t.labels"));
    let public = query.labels("public_labels", "t.public_labels");
    listing.filters.extend(public);
    let (products, total) = api_products::list(portal.db(), &listing).await?;
    let shown = show(&portal, &products).await?;
    Ok(Json(Page::new(shown, &listing, total)))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path(product): Path<String>,
) -> Result<Json<Value>, Problem> {
    let product = find(&portal, &product).await?;
    Ok(Json(show_one(&portal, &product).await?))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Body(body): Body,
) -> Result<Response, Problem> {
    let (product, revision) = products::create(&portal, &ctx, body).await?;
    let answer = (
        StatusCode::CREATED,
        Json(show_one(&portal, &product).await?),
    );
    Ok(settled(&portal, Some(revision), answer).await)
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let product = find(&portal, &product).await?;
    let (product, revision) = products::update(&portal, &ctx, product, body).await?;
    let answer = Json(show_one(&portal, &product).await?);
    Ok(settled(&portal, Some(revision), answer).await)
}

/// Removes a product with its versions, specifications, documents and registrations.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let product = find(&portal, &product).await?;
    let revision = products::delete(&portal, &ctx, &product, notice(&query)).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

async fn show_one(portal: &Portal, product: &ApiProduct) -> Result<Value, Error> {
    Ok(only(show(portal, std::slice::from_ref(product)).await?))
}

async fn show(portal: &Portal, products: &[ApiProduct]) -> Result<Vec<Value>, Error> {
    let ids = || products.iter().map(|product| product.id);
    let portals = api_products::named_portals(portal.db(), ids()).await?;
    let versions = product_versions::count_by_product(portal.db(), ids()).await?;
    let shown = products.iter().map(|product| {
        let portals = portals
            .get(&product.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let named =
            |portal: &NamedPortal| json!({ "portal_id": portal.id, "portal_name": portal.name });
        json!({
            "id": product.id,
            "name": product.name,
            "description": product.description,
            "portal_ids": portals.iter().map(|portal| portal.id).collect::<Vec<_>>(),
            "portals": portals.iter().map(named).collect::<Vec<_>>(),
            "version_count": versions.get(&product.id).unwrap_or(&0),
            "labels": product.labels,
            "public_labels": product.public_labels,
            "created_at": moment(product.created_at),
            "updated_at": moment(product.updated_at),
        })
    });
    Ok(shown.collect())
}
