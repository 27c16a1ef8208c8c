//! `/apis/{id}/images/{type}`: the picture of an API.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use crate::Portal;
use crate::model::ApiIcon;
use crate::platform::{Admin, moment};
use crate::rest::query::Query;
use crate::rest::{Body, Problem, icon};
use crate::service::api_icons as service;
use crate::service::apis::find;

pub(super) async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((api, image_type)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let api = find(&portal, &api).await?;
    let icon = service::find(&portal, api.id, &image_type).await?;
    Ok(Json(render(&icon)))
}

pub(super) async fn raw(
    _: Admin,
    State(portal): State<Portal>,
    Path((api, image_type)): Path<(String, String)>,
    uri: Uri,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let api = find(&portal, &api).await?;
    let found = service::find(&portal, api.id, &image_type).await?;
    Ok(icon::answer(&found, uri.path(), &query, &headers))
}

pub(super) async fn replace(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, image_type)): Path<(String, String)>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let api = find(&portal, &api).await?;
    let (icon, made) = service::replace(&portal, &ctx, (&api, &image_type), body).await?;
    let status = if made {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(render(&icon))))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, image_type)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let api = find(&portal, &api).await?;
    service::remove(&portal, &ctx, (&api, &image_type)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(icon: &ApiIcon) -> Value {
    json!({
        "api_id": icon.api_product_id,
        "image_type": service::TYPE,
        "status": "valid",
        "error": null,
        "created_at": moment(icon.created_at),
        "updated_at": moment(icon.updated_at),
    })
}
