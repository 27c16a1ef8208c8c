//! `/v3/portals/{id}/ip-allow-list`: from where a portal may be reached.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post, put};
use serde_json::{Value, json};

use super::super::{Admin, Route};
use crate::Portal;
use crate::model::AllowedNetworks;
use crate::rest::query::Query;
use crate::rest::{Cursor, OptionalBody, Problem};
use crate::service::{ip_allow_list as service, sites};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/portals/{portal_id}/ip-allow-list",
        "/v3/portals/{portal_id}/ip-allow-list/{entry_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PUT, one, put(replace)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let path = format!("/v3/portals/{}/ip-allow-list", site.id);
    let (part, meta) = Cursor::of(&query)?.cut(site.ip_allow_list, &path, |one| one.id.to_string());
    let data: Vec<Value> = part.iter().map(render).collect();
    Ok(Json(json!({ "data": data, "meta": meta })))
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = sites::find(&portal, &id).await?;
    let entry = service::add(&portal, &admin.ctx, site, body).await?;
    Ok((StatusCode::CREATED, Json(render(&entry))))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, entry)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    Ok(Json(render(&service::find(&site, &entry)?)))
}

async fn replace(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, entry)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let entry = service::find(&site, &entry)?;
    let changed = service::change(&portal, &admin.ctx, (site, entry), (body, true)).await?;
    Ok(Json(render(&changed)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, entry)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let entry = service::find(&site, &entry)?;
    let changed = service::change(&portal, &admin.ctx, (site, entry), (body, false)).await?;
    Ok(Json(render(&changed)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, entry)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let site = sites::find(&portal, &id).await?;
    let entry = service::find(&site, &entry)?;
    service::remove(&portal, &admin.ctx, (site, entry)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(entry: &AllowedNetworks) -> Value {
    // The description is the console's: the vendor's answer knows no other members.
    json!({ "id": entry.id, "allowed_ips": entry.allowed_ips })
}
