//! Products and their versions.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::session::{Reader, SignedIn};
use super::strategy::Views;
use crate::model::{ApiProductId, ApprovalStatus, PortalRole, ProductVersionId};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem, path_id};
use crate::store::audience::Audience;
use crate::store::catalogue::{self, Candidate, Product, Version};
use crate::store::listing::{Filter, Listing, Test};
use crate::{Error, Portal, store};

const PRODUCT_COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid),
    column("name", "t.name", Kind::Text),
    column("description", "t.description", Kind::Text),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

const VERSION_COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

pub(super) const CANDIDATE_COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("status", "r.status", Kind::Word(ApprovalStatus::WORDS)),
    column("auth_strategy_id", "t.auth_strategy_id", Kind::Uuid),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

pub(super) async fn list(
    Reader { audience, .. }: Reader,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(PRODUCT_COLUMNS, "t.created_at")?;
    let (found, total) = catalogue::products(portal.db(), audience, &listing).await?;
    let data = found.iter().map(shown).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

pub(super) async fn get(
    Reader { audience, .. }: Reader,
    State(portal): State<Portal>,
    Path(product): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(shown(&find(&portal, audience, &product).await?)))
}

/// What a developer may do with a product. Whoever sees it may read all of it.
pub(super) async fn actions(
    Reader { site, audience }: Reader,
    State(portal): State<Portal>,
    Path(product): Path<String>,
) -> Result<Json<Value>, Problem> {
    let product = find(&portal, audience, &product).await?;
    let role = audience.role(portal.db(), product.id).await?;
    let register = !site.is_public && role == Some(PortalRole::Consumer);
    let actions = json!({ "view": true, "register": register, "view_documentation": true });
    Ok(Json(json!({ "actions": actions })))
}

pub(super) async fn versions(
    Reader { audience, .. }: Reader,
    State(portal): State<Portal>,
    Path(product): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let product = find(&portal, audience, &product).await?;
    let listing = query.listing(VERSION_COLUMNS, "t.created_at")?;
    let listing = listing.only("t.api_product_id", product.id);
    let (found, total) = catalogue::versions(portal.db(), audience, &listing).await?;
    let used = found.iter().filter_map(|version| version.auth_strategy_id);
    let views = Views::among(&portal, used).await?;
    let shown = |version| version_shown(version, &views);
    let data = found.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(Page::new(data, &listing, total)))
}

pub(super) async fn version(
    Reader { audience, .. }: Reader,
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let version = find_version(&portal, audience, &product, &version).await?;
    let views = Views::among(&portal, version.auth_strategy_id).await?;
    Ok(Json(version_shown(&version, &views)?))
}

/// The developer's applications that are registered for a version, or with `unregistered` the others.
pub(super) async fn applications(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let version = find_version(&portal, signed_in.audience(), &product, &version).await?;
    let listing = query.listing(CANDIDATE_COLUMNS, "t.created_at")?;
    let mut listing = store::applications::owned(listing, signed_in.id);
    listing.filters.push(Filter {
        column: "r.id",
        test: Test::Present(!unregistered(&query)),
    });
    let (found, total) = catalogue::candidates(portal.db(), version.id, &listing).await?;
    let used = found.iter().map(|candidate| candidate.auth_strategy_id);
    let views = Views::among(&portal, used).await?;
    let shown = |candidate| candidate_shown(candidate, &views);
    let data = found.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(Page::new(data, &listing, total)))
}

/// Whether it is asked for the applications that are not registered.
pub(super) fn unregistered(query: &Query) -> bool {
    matches!(query.get("unregistered"), Some("" | "true"))
}

/// A product that the reader sees.
pub(super) async fn find(
    portal: &Portal,
    audience: Audience,
    product: &str,
) -> Result<Product, Error> {
    let id: ApiProductId = path_id("product", product)?;
    let listing = Listing::all("t.created_at").only("t.id", id);
    let (mut found, _) = catalogue::products(portal.db(), audience, &listing).await?;
    found.pop().ok_or_else(|| Error::not_found("product", id))
}

/// A version of a product, both of which the reader sees.
pub(super) async fn find_version(
    portal: &Portal,
    audience: Audience,
    product: &str,
    version: &str,
) -> Result<Version, Error> {
    let product_id: ApiProductId = path_id("product", product)?;
    let id: ProductVersionId = path_id("product version", version)?;
    let listing = Listing::all("t.created_at")
        .only("t.id", id)
        .only("t.api_product_id", product_id);
    let (mut found, _) = catalogue::versions(portal.db(), audience, &listing).await?;
    found
        .pop()
        .ok_or_else(|| Error::not_found("product version", id))
}

/// A product as lists and search show it.
pub(super) fn shown(product: &Product) -> Value {
    json!({
        "id": product.id,
        "name": product.name,
        "description": product.description,
        "document_count": product.document_count,
        "version_count": product.version_count,
        "latest_version": product.latest_version.as_ref().map(|(id, name)| json!({
            "id": id,
            "name": name,
        })),
        "public_labels": product.public_labels,
        "created_at": product.created_at.to_rfc3339(),
        "updated_at": product.updated_at.to_rfc3339(),
    })
}

fn version_shown(version: &Version, views: &Views) -> Result<Value, Error> {
    let mut configs = Vec::new();
    if let Some(id) = version.auth_strategy_id {
        let view = views.get(id)?;
        configs.push(view.registration(
            version.registration_enabled,
            version.registration_auto_approve,
        ));
    }
    Ok(json!({
        "id": version.id,
        "name": version.name,
        "deprecated": version.deprecated,
        "registration_configs": configs,
        "created_at": version.created_at.to_rfc3339(),
        "updated_at": version.updated_at.to_rfc3339(),
    }))
}

pub(super) fn candidate_shown(candidate: &Candidate, views: &Views) -> Result<Value, Error> {
    let registration = candidate.registration;
    Ok(json!({
        "id": candidate.id,
        "name": candidate.name,
        "registration_id": registration.map(|(id, _)| id),
        "registration_status": registration.map(|(_, status)| status),
        "auth_strategy": views.get(candidate.auth_strategy_id)?.plain(),
        "created_at": candidate.created_at.to_rfc3339(),
        "updated_at": candidate.updated_at.to_rfc3339(),
    }))
}
