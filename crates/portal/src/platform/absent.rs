//! Lists of what this product has none of. Tools read them before they compare or export, and stop at a
//! 404. What would add to them is not served.
//!
//! Source: Konnect portal-management v3, control-planes v2, control-planes-config v2.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::get;
use serde_json::{Value, json};

use super::control_planes::find as find_control_plane;
use super::core_entities::{Failure, control_plane};
use super::{Admin, Route};
use crate::Portal;
use crate::rest::query::Query;
use crate::rest::{Cursor, Problem};
use crate::service::sites::find as find_portal;

pub(super) fn routes() -> Vec<Route> {
    vec![
        (
            Method::GET,
            "/v3/portals/{portal_id}/integrations",
            get(integrations),
        ),
        (
            Method::GET,
            "/v2/control-planes/{control_plane}/group-memberships",
            get(members),
        ),
        (
            Method::GET,
            "/v2/control-planes/{control_plane}/dp-client-certificates",
            get(certificates),
        ),
    ]
}

async fn integrations(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    find_portal(&portal, &id).await?;
    Ok(Json(json!({})))
}

/// No control plane here is a group of others.
async fn members(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    find_control_plane(&portal, &id).await?;
    Cursor::of(&query)?;
    let page = json!({ "size": 0, "next": null, "total": 0 });
    Ok(Json(json!({ "data": [], "meta": { "page": page } })))
}

/// Gateway nodes come with tokens.
async fn certificates(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    control_plane(&portal, &id).await?;
    Ok(Json(json!({ "items": [], "page": { "total_count": 0 } })))
}
