//! `/v3/portals/{id}/customization`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{get, patch, put};
use serde_json::Value;

use super::super::{Admin, Route};
use crate::Portal;
use crate::rest::{OptionalBody, Problem};
use crate::service::customization::{self, render};
use crate::service::sites::find;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v3/portals/{portal_id}/customization";
    vec![
        (Method::GET, one, get(read)),
        (Method::PUT, one, put(replace)),
        (Method::PATCH, one, patch(update)),
    ]
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?.customization)))
}

async fn replace(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let site = customization::replace(&portal, &admin.ctx, site, body).await?;
    Ok(Json(render(&site.customization)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let site = customization::update(&portal, &admin.ctx, site, body).await?;
    Ok(Json(render(&site.customization)))
}
