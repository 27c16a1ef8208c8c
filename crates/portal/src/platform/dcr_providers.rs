//! `/v2/dcr-providers`.
//!
//! Source: Konnect application-auth-strategies v2.1.1.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};

use super::{Admin, Route, listed, moment};
use crate::Portal;
use crate::model::{DcrProvider, ProviderType};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::applications::Verification;
use crate::service::dcr_providers::{self, find, public};
use crate::store;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/dcr-providers/{id}";
    vec![
        (Method::POST, "/v2/dcr-providers", post(create)),
        (Method::GET, "/v2/dcr-providers", get(list)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::GET,
            "/v2/dcr-providers/{id}/withheld",
            get(withheld),
        ),
        (Method::POST, "/v2/dcr-providers/{id}/verify", post(verify)),
        (Method::POST, "/v2/dcr-providers/{id}/switch", post(switch)),
        (Method::POST, "/v2/dcr-providers/{id}/checks", post(checks)),
        (
            Method::GET,
            "/v2/dcr-providers/{id}/checks",
            get(past_checks),
        ),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Text).filter_only(),
    column("name", "t.name", Kind::Text),
    column("issuer", "t.issuer", Kind::Text),
    column(
        "provider_type",
        "t.provider_type",
        Kind::Word(ProviderType::WORDS),
    ),
    column("initial_client_id", "t.initial_client_id", Kind::Text).filter_only(),
    column(
        "initial_client_audience",
        "t.initial_client_audience",
        Kind::Text,
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
    let provider = dcr_providers::create(&portal, &admin.ctx, body).await?;
    Ok((StatusCode::CREATED, Json(render(&provider))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let db = portal.db();
    let list = async |listing: &Listing| store::dcr_providers::list(db, listing).await;
    listed(&query, COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?)))
}

/// What of `dcr_config` there is and is never shown; no operation of Konnect's.
async fn withheld(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let members: Vec<&str> = provider.secret_member().into_iter().collect();
    Ok(Json(json!({ "withheld": members })))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let provider = dcr_providers::update(&portal, &admin.ctx, provider, body).await?;
    Ok(Json(render(&provider)))
}

/// Changes the provider only if it works with the change.
async fn switch(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let verified = dcr_providers::switch(&portal, &admin.ctx, provider, body).await?;
    Ok(Json(outcome(&verified)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let provider = find(&portal, &id).await?;
    dcr_providers::delete(&portal, &admin.ctx, &provider).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries what the provider's strategies need of it. That something fails is an answer, not an error.
async fn verify(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let applications = portal.applications();
    let verified = applications.verify_provider(&admin.ctx, provider.id);
    let verified = verified.await?;
    Ok(Json(outcome(&verified)))
}

fn outcome(verified: &Verification) -> Value {
    let errors: Vec<&str> = verified.errors().collect();
    json!({ "status": status(verified.succeeded()), "errors": errors })
}

/// The same, with what holds as well: the vendor's answer has a place for errors alone.
async fn checks(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let applications = portal.applications();
    let verified = applications.verify_provider(&admin.ctx, provider.id);
    let verified = verified.await?;
    Ok(Json(json!({ "checks": verified.findings })))
}

/// What earlier verifications found, the newest first.
async fn past_checks(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let past = portal.applications().verifications(provider.id).await?;
    let past = past.iter().map(|past| {
        json!({
            "at": moment(past.at),
            "occasion": past.occasion,
            "status": status(past.missing() == 0),
            "actor": { "kind": past.actor_kind, "id": past.actor_id },
            "checks": past.findings,
        })
    });
    Ok(Json(json!({ "data": past.collect::<Vec<_>>() })))
}

const fn status(succeeded: bool) -> &'static str {
    if succeeded { "success" } else { "failed" }
}

fn render(provider: &DcrProvider) -> Value {
    let mut config = public(&provider.config).unwrap_or_default();
    if provider.provider_type == ProviderType::Auth0 {
        config
            .entry("initial_client_audience")
            .or_insert(Value::Null);
    }
    let mut value = json!({
        "id": provider.id,
        "name": provider.name,
        "provider_type": provider.provider_type,
        "issuer": provider.issuer,
        "dcr_config": config,
        "active": provider.active,
        "labels": provider.labels,
        "created_at": moment(provider.created_at),
        "updated_at": moment(provider.updated_at),
    });
    if let Some(connection) = &provider.connection {
        value["connection"] = json!(connection);
    }
    if let Some(name) = &provider.display_name {
        value["display_name"] = name.as_str().into();
    }
    value
}
