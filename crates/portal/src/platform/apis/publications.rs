//! `/apis/{id}/publications/{portalId}`, `/api-publications` and `/portals/{id}/api-publications`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::Portal;
use crate::platform::{Admin, listed, moment, notice, settled};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::apis::find as find_api;
use crate::service::apis::publications::{self as service, find};
use crate::service::sites::find as find_site;
use crate::store::api_publications::{self, ApiPublication};

const API_ID: Column = column("api_id", "t.api_product_id", Kind::Uuid);
const API_NAME: Column = column("api_name", "a.name", Kind::Text);
const STRATEGY: Column = column("auth_strategy_id", "u.auth_strategy_id", Kind::Uuid).filter_only();
const ENTITY: Column = column("entity_type", "'api'", Kind::Text).filter_only();
const CREATED: Column = column("created_at", "t.created_at", Kind::Time).sort_only();
const UPDATED: Column = column("updated_at", "u.updated_at", Kind::Time).sort_only();

const COLUMNS: &[Column] = &[
    column("portal_id", "t.portal_id", Kind::Uuid),
    column("portal_name", "o.name", Kind::Text),
    API_ID,
    API_NAME,
    STRATEGY,
    ENTITY,
    CREATED,
    UPDATED,
];

/// What a list of one portal can be asked for.
const OF_PORTAL: &[Column] = &[API_ID, API_NAME, STRATEGY, ENTITY, CREATED, UPDATED];

pub(super) async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let all = async |listing: &_| api_publications::list(portal.db(), listing).await;
    listed(&query, COLUMNS, all, entry).await
}

pub(super) async fn list_of_portal(
    _: Admin,
    State(portal): State<Portal>,
    Path(site): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find_site(&portal, &site).await?;
    let listing = query.listing(OF_PORTAL, "t.created_at")?;
    let listing = listing.only("t.portal_id", site.id);
    let (found, total) = api_publications::list(portal.db(), &listing).await?;
    let data = found.iter().map(entry_of_portal).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

pub(super) async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((api, site)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let api = find_api(&portal, &api).await?;
    let site = find_site(&portal, &site).await?;
    Ok(Json(show(&find(&portal, &api, &site).await?)))
}

/// Publishes an API, whether it was published there or not.
pub(super) async fn publish(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, site)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let api = find_api(&portal, &api).await?;
    let site = find_site(&portal, &site).await?;
    let (published, revision) = service::publish(&portal, &ctx, &api, &site, body).await?;
    Ok(settled(&portal, Some(revision), Json(show(&published))).await)
}

pub(super) async fn withdraw(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, site)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let api = find_api(&portal, &api).await?;
    let site = find_site(&portal, &site).await?;
    find(&portal, &api, &site).await?;
    let revision = service::withdraw(&portal, &ctx, &api, &site, notice(&query)).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

fn show(publication: &ApiPublication) -> Value {
    let strategy = publication.auth_strategy_id;
    json!({
        "auto_approve_registrations": publication.auto_approve,
        "auth_strategy_ids": strategy.map(|id| [id]),
        "visibility": publication.visibility,
        "created_at": moment(publication.created_at),
        "updated_at": moment(publication.updated_at),
    })
}

fn entry(publication: &ApiPublication) -> Value {
    let mut shown = show(publication);
    shown["entity_type"] = "api".into();
    shown["api_id"] = json!(publication.api_id);
    shown["portal_id"] = json!(publication.portal_id);
    shown
}

fn entry_of_portal(publication: &ApiPublication) -> Value {
    let mut shown = show(publication);
    shown["entity_type"] = "api".into();
    shown["api_id"] = json!(publication.api_id);
    shown["portal_ids"] = json!([publication.portal_id]);
    shown
}
