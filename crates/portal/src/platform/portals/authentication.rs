//! `/v2/portals/{id}/authentication-settings`, and the same under `/v3`: how developers sign in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{get, patch};
use serde_json::Value;

use super::super::{Admin, Route};
use super::find;
use crate::Portal;
use crate::rest::{OptionalBody, Problem};
use crate::service::identity_providers;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}/authentication-settings";
    let later = "/v3/portals/{portal_id}/authentication-settings";
    vec![
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::GET, later, get(read)),
        (Method::PATCH, later, patch(update)),
    ]
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(identity_providers::settings(&portal, &site).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let settings = identity_providers::change_settings(&portal, &admin.ctx, site, body).await?;
    Ok(Json(settings))
}
