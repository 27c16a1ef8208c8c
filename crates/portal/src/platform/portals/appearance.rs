//! `/v2/portals/{id}/appearance`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch};
use serde_json::Value;

use super::super::{Admin, Route};
use super::find;
use crate::Portal;
use crate::error::Error;
use crate::model::Appearance;
use crate::rest::{Body, Problem};
use crate::service::appearance::{self, image, render};
use crate::service::themes;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}/appearance";
    vec![
        (
            Method::GET,
            "/v2/portals/appearance-defaults",
            get(read_defaults),
        ),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (
            Method::GET,
            "/v2/portals/{portal_id}/appearance/logo",
            get(logo),
        ),
        (
            Method::GET,
            "/v2/portals/{portal_id}/appearance/catalog-cover",
            get(catalog_cover),
        ),
    ]
}

async fn read_defaults(_: Admin) -> Json<Value> {
    Json(themes::defaults())
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(render(&site.appearance)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let site = appearance::update(&portal, &admin.ctx, site, body).await?;
    Ok(Json(render(&site.appearance)))
}

async fn logo(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(picture(&find(&portal, &id).await?.appearance, "logo")?)
}

async fn catalog_cover(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(picture(
        &find(&portal, &id).await?.appearance,
        "catalog_cover",
    )?)
}

pub(in crate::platform) fn picture(appearance: &Appearance, name: &str) -> Result<Response, Error> {
    let data = appearance
        .get("images")
        .and_then(|i| i[name]["data"].as_str());
    let (media_type, bytes) = data
        .and_then(image)
        .ok_or_else(|| Error::NotFound(format!("this portal has no {name}")))?;
    Ok(([(header::CONTENT_TYPE, media_type)], bytes).into_response())
}
