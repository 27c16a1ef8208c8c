//! `/v2/audit-log-…`: where audit entries are sent, the organisation's webhook, replays, and the keys that
//! verify signatures.
//!
//! Source: the vendor's "Konnect Audit Log Settings" specification, v2.

mod destinations;
pub(super) mod jobs;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::{get, patch, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Admin, Route, moment};
use crate::Portal;
use crate::model::{AuditScope, LogFormat};
use crate::rest::{OptionalBody, Problem};
use crate::service::audit_log::{self, Signer, Webhook};
use jobs::NEVER;

const SCOPE: AuditScope = AuditScope::Organization;

pub(super) fn routes() -> Vec<Route> {
    let (webhook, status, replay) = (
        "/v2/audit-log-webhook",
        "/v2/audit-log-webhook/status",
        "/v2/audit-log-replay-job",
    );
    let mut routes = destinations::routes();
    routes.extend([
        (Method::GET, webhook, get(read)),
        (Method::PATCH, webhook, patch(change)),
        (Method::GET, status, get(standing)),
        (Method::GET, replay, get(read_replay)),
        (Method::PUT, replay, put(request_replay)),
    ]);
    routes
}

/// Where the public keys are.
pub(crate) const KEYS: &str = "/v2/audit-log-webhook/jwks.json";

/// What anybody may read: the keys that verify the signatures of entries.
pub(super) fn public_routes() -> Router<Portal> {
    Router::new().route(KEYS, get(keys))
}

async fn keys(State(portal): State<Portal>) -> Result<Json<Value>, Problem> {
    let signer = Signer::open(&portal).await?;
    let keys: Vec<_> = signer.public().into_iter().collect();
    Ok(Json(json!({ "keys": keys })))
}

async fn read(_: Admin, State(portal): State<Portal>) -> Result<Json<Value>, Problem> {
    let webhook = audit_log::webhook_of(&portal, SCOPE).await?;
    Ok(Json(show(&webhook)))
}

async fn change(
    admin: Admin,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let webhook = audit_log::change_organization(&portal, &admin.ctx, body).await?;
    Ok(Json(show(&webhook)))
}

async fn standing(_: Admin, State(portal): State<Portal>) -> Result<Json<Value>, Problem> {
    let webhook = audit_log::webhook_of(&portal, SCOPE).await?;
    Ok(Json(jobs::standing(&webhook)))
}

async fn read_replay(_: Admin, State(portal): State<Portal>) -> Result<Json<Value>, Problem> {
    jobs::read(&portal, SCOPE).await
}

async fn request_replay(
    admin: Admin,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    jobs::request(&portal, &admin, SCOPE, body).await
}

fn show(webhook: &Webhook) -> Value {
    let destination = webhook.destination.as_ref();
    let updated_at = webhook.kept.as_ref().map(|kept| moment(kept.updated_at));
    json!({
        "endpoint": destination.map_or("", |one| one.endpoint.as_str()),
        "enabled": webhook.enabled(),
        "log_format": destination.map_or(LogFormat::default(), |one| one.log_format),
        "skip_ssl_verification": destination.is_some_and(|one| one.skip_ssl_verification),
        "updated_at": updated_at.unwrap_or_else(|| NEVER.to_owned()),
    })
}
