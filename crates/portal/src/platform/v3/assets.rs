//! A portal's logo and favicon: `/v3/portals/{id}/assets`. They are the pictures of its appearance.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::{get, put};
use serde_json::{Map, Value, json};

use super::super::portals::appearance::picture;
use super::super::{Admin, Route};
use crate::error::Error;
use crate::model::Site;
use crate::rest::check::{Mode, Shape, all, required, text};
use crate::rest::{Body, Problem, renamed};
use crate::service::{appearance, sites::find};
use crate::{Ctx, Portal};

pub(super) fn routes() -> Vec<Route> {
    let (logo, favicon) = (
        "/v3/portals/{portal_id}/assets/logo",
        "/v3/portals/{portal_id}/assets/favicon",
    );
    vec![
        (Method::GET, logo, get(read_logo)),
        (Method::PUT, logo, put(replace_logo)),
        (Method::GET, favicon, get(read_favicon)),
        (Method::PUT, favicon, put(replace_favicon)),
        (
            Method::GET,
            "/v3/portals/{portal_id}/assets/logo/raw",
            get(raw_logo),
        ),
        (
            Method::GET,
            "/v3/portals/{portal_id}/assets/favicon/raw",
            get(raw_favicon),
        ),
    ]
}

/// What is a picture, the appearance says.
static SHAPE: Shape = Shape {
    fields: &[required("data", text(0, 2_000_000))],
    open: false,
};

async fn read_logo(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(asset(&find(&portal, &id).await?, "logo")?))
}

async fn read_favicon(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(asset(&find(&portal, &id).await?, "favicon")?))
}

async fn replace_logo(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(
        replace(&portal, &admin.ctx, site, ("logo", body)).await?,
    ))
}

async fn replace_favicon(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(
        replace(&portal, &admin.ctx, site, ("favicon", body)).await?,
    ))
}

async fn raw_logo(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(picture(&find(&portal, &id).await?.appearance, "logo")?)
}

async fn raw_favicon(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(picture(&find(&portal, &id).await?.appearance, "favicon")?)
}

async fn replace(
    portal: &Portal,
    ctx: &Ctx,
    site: Site,
    (name, body): (&'static str, Map<String, Value>),
) -> Result<Value, Error> {
    let body = Value::Object(body);
    all(&body, &SHAPE, Mode::Whole)?;
    let mut images = Map::new();
    images.insert(name.to_owned(), json!({ "data": body["data"] }));
    let mut change = Map::new();
    change.insert("images".to_owned(), Value::Object(images));
    let field = format!("images.{name}.data");
    let changed = appearance::update(portal, ctx, site, change).await;
    asset(
        &changed.map_err(|error| renamed(error, &[(&field, "data")]))?,
        name,
    )
}

fn asset(site: &Site, name: &str) -> Result<Value, Error> {
    let images = site.appearance.get("images");
    let data = images.and_then(|images| images[name]["data"].as_str());
    let data = data.ok_or_else(|| Error::NotFound(format!("this portal has no {name}")))?;
    Ok(json!({ "data": data }))
}
