//! `/v2/portals/{id}/identity-providers`, and the same under `/v3`: the provider with which developers sign in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};

use super::super::{Admin, Route, moment};
use super::find;
use crate::Portal;
use crate::model::IdentityProvider;
use crate::rest::query::Query;
use crate::rest::{Body, Problem};
use crate::service::identity_providers;

pub(super) fn routes() -> Vec<Route> {
    let all = "/v2/portals/{portal_id}/identity-providers";
    let one = "/v2/portals/{portal_id}/identity-providers/{id}";
    let (all_later, one_later) = (
        "/v3/portals/{portal_id}/identity-providers",
        "/v3/portals/{portal_id}/identity-providers/{id}",
    );
    vec![
        (Method::GET, all_later, get(list)),
        (Method::POST, all_later, post(create)),
        (Method::GET, one_later, get(read)),
        (Method::PATCH, one_later, patch(update)),
        (Method::DELETE, one_later, delete(remove)),
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Vec<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let wanted = query
        .get("filter[type]")
        .or_else(|| query.get("filter[type][eq]"));
    let found = identity_providers::of_portal(&portal, &site).await?;
    let found = found.filter(|_| wanted.is_none_or(|kind| kind == "oidc"));
    Ok(Json(found.iter().map(render).collect()))
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = find(&portal, &id).await?;
    let made = identity_providers::create(&portal, &admin.ctx, site, body).await?;
    Ok((StatusCode::CREATED, Json(render(&made))))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let found = identity_providers::find(&portal, &site, &provider).await?;
    Ok(Json(render(&found)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, provider)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let found = identity_providers::find(&portal, &site, &provider).await?;
    let changed = identity_providers::update(&portal, &admin.ctx, site, found, body).await?;
    Ok(Json(render(&changed)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, provider)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let site = find(&portal, &id).await?;
    let found = identity_providers::find(&portal, &site, &provider).await?;
    identity_providers::delete(&portal, &admin.ctx, site, &found).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The client secret is never shown.
fn render(provider: &IdentityProvider) -> Value {
    json!({
        "id": provider.id,
        "type": "oidc",
        "enabled": provider.enabled,
        "config": {
            "issuer_url": provider.issuer,
            "client_id": provider.client_id,
            "scopes": provider.scopes,
            "claim_mappings": provider.claim_mappings,
        },
        "created_at": moment(provider.created_at),
        "updated_at": moment(provider.updated_at),
    })
}
