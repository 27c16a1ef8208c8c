//! `/v2/portals`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};

use super::super::{Admin, Route, moment, only, settled};
use super::{find, force};
use crate::Portal;
use crate::error::Error;
use crate::model::Site;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::domains;
use crate::service::sites::{self, Counts, default_domain};
use crate::store;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}";
    vec![
        (Method::GET, "/v2/portals", get(list)),
        (Method::POST, "/v2/portals", post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::POST,
            "/v2/portals/{portal_id}/verify-domain",
            post(verify_domain),
        ),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.name", Kind::Text),
    column("description", "t.description", Kind::Text),
    column("is_public", "t.is_public", Kind::Boolean),
    column("rbac_enabled", "t.rbac_enabled", Kind::Boolean),
    column(
        "auto_approve_applications",
        "t.auto_approve_applications",
        Kind::Boolean,
    ),
    column(
        "auto_approve_developers",
        "t.auto_approve_developers",
        Kind::Boolean,
    ),
    // The default domain begins with the id.
    column("default_domain", "t.id", Kind::Text),
    column("custom_domain", "t.custom_domain", Kind::Text),
    column("custom_client_domain", "t.custom_client_domain", Kind::Text),
    column(
        "default_application_auth_strategy_id",
        "t.default_auth_strategy_id",
        Kind::Uuid,
    )
    .filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = sites::create(&portal, &admin.ctx, body).await?;
    Ok((StatusCode::CREATED, Json(render_one(&portal, &site).await?)))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let (sites, total) = store::sites::list(portal.db(), &listing).await?;
    let data = render(&portal, &sites).await?;
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(render_one(&portal, &site).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let site = sites::update(&portal, &admin.ctx, site, body).await?;
    Ok(Json(render_one(&portal, &site).await?))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let revision = sites::delete(&portal, &admin.ctx, &site, force(&query)?).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

async fn verify_domain(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let standing = domains::verify(&portal, &site).await?;
    Ok(Json(json!({
        "is_cname_verified": standing.leads_here,
        "is_ssl_issued": standing.has_certificate,
    })))
}

async fn render_one(portal: &Portal, site: &Site) -> Result<Value, Error> {
    Ok(only(render(portal, std::slice::from_ref(site)).await?))
}

async fn render(portal: &Portal, sites: &[Site]) -> Result<Vec<Value>, Error> {
    let counts = Counts::of(portal, sites.iter().map(|site| site.id)).await?;
    let rendered = sites.iter().map(|site| {
        let counted = counts.of_one(site.id);
        json!({
            "id": site.id,
            "name": site.name,
            "display_name": site.display_name,
            "description": site.description,
            "is_public": site.is_public,
            "rbac_enabled": site.rbac_enabled,
            "auto_approve_applications": site.auto_approve_applications,
            "auto_approve_developers": site.auto_approve_developers,
            "custom_domain": site.custom_domain,
            "custom_client_domain": site.custom_client_domain,
            "default_domain": default_domain(portal, site),
            "default_application_auth_strategy_id": site.default_auth_strategy_id,
            "labels": site.labels,
            "application_count": counted.applications,
            "developer_count": counted.developers,
            "published_product_count": counted.products,
            "created_at": moment(site.created_at),
            "updated_at": moment(site.updated_at),
        })
    });
    Ok(rendered.collect())
}
