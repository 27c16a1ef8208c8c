//! `/v2/portals/{id}/audit-log-…`, and the same under `/v3`: the webhook that gets what happens in a portal.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, put};
use serde_json::{Value, json};

use super::super::audit_logs::jobs;
use super::super::{Admin, Route};
use super::find;
use crate::Portal;
use crate::model::AuditScope;
use crate::rest::{OptionalBody, Problem};
use crate::service::audit_log::{self, Webhook};

/// A webhook, its standing and its replay, in both generations of the API.
const ADDRESSES: [[&str; 3]; 2] = [
    [
        "/v2/portals/{portal_id}/audit-log-webhook",
        "/v2/portals/{portal_id}/audit-log-webhook/status",
        "/v2/portals/{portal_id}/audit-log-replay-job",
    ],
    [
        "/v3/portals/{portal_id}/audit-log-webhook",
        "/v3/portals/{portal_id}/audit-log-webhook/status",
        "/v3/portals/{portal_id}/audit-log-replay-job",
    ],
];

pub(super) fn routes() -> Vec<Route> {
    let of_generation = |[webhook, status, replay]: [&'static str; 3]| {
        vec![
            (Method::GET, webhook, get(read)),
            (Method::PATCH, webhook, patch(change)),
            (Method::DELETE, webhook, delete(take_away)),
            (Method::GET, status, get(standing)),
            (Method::GET, replay, get(read_replay)),
            (Method::PUT, replay, put(request_replay)),
        ]
    };
    ADDRESSES.into_iter().flat_map(of_generation).collect()
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let webhook = audit_log::webhook_of(&portal, AuditScope::Portal(site.id)).await?;
    Ok(Json(show(&webhook)))
}

async fn change(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let webhook = audit_log::change_portal(&portal, &admin.ctx, &site, body).await?;
    Ok(Json(show(&webhook)))
}

async fn take_away(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let site = find(&portal, &id).await?;
    audit_log::take_away(&portal, &admin.ctx, &site).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn standing(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let webhook = audit_log::webhook_of(&portal, AuditScope::Portal(site.id)).await?;
    Ok(Json(jobs::standing(&webhook)))
}

async fn read_replay(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    jobs::read(&portal, AuditScope::Portal(site.id)).await
}

async fn request_replay(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = find(&portal, &id).await?;
    jobs::request(&portal, &admin, AuditScope::Portal(site.id), body).await
}

fn show(webhook: &Webhook) -> Value {
    let mut body = json!({ "enabled": webhook.enabled() });
    if let Some(destination) = &webhook.destination {
        body["audit_log_destination_id"] = json!(destination.id);
    }
    body
}
