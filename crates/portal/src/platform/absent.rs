//! Lists of what this product has none of. Tools read them before they compare or export, and stop at a
//! 404. What would add to them is not served.
//!
//! Source: Konnect portal-management v3, identity v3, control-planes v2, control-planes-config v2.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::get;
use serde_json::{Value, json};

use super::control_planes::find as find_control_plane;
use super::{Admin, Route, listed};
use crate::Portal;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem};
use crate::service::sites::find as find_portal;
use crate::service::system_accounts::find as find_account;

pub(super) fn routes() -> Vec<Route> {
    vec![
        (
            Method::GET,
            "/v3/portals/{portal_id}/integrations",
            get(integrations),
        ),
        (Method::GET, "/v3/teams", get(nothing)),
        (
            Method::GET,
            "/v3/system-accounts/{account_id}/assigned-roles",
            get(nothing_of_account),
        ),
        (
            Method::GET,
            "/v3/system-accounts/{account_id}/teams",
            get(nothing_of_account),
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

/// What such lists are filtered by.
const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("role_name", "t.role_name", Kind::Text),
    column("entity_type_name", "t.entity_type_name", Kind::Text),
];

async fn nothing(_: Admin, query: Query) -> Result<Json<Page<Value>>, Problem> {
    listed(
        &query,
        COLUMNS,
        async |_| Ok((Vec::<Value>::new(), 0)),
        Value::clone,
    )
    .await
}

async fn nothing_of_account(
    admin: Admin,
    State(portal): State<Portal>,
    Path(account): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    find_account(&portal, &account).await?;
    nothing(admin, query).await
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
) -> Result<Json<Value>, Problem> {
    find_control_plane(&portal, &id).await?;
    let page = json!({ "size": 0, "next": null, "total": 0 });
    Ok(Json(json!({ "data": [], "meta": { "page": page } })))
}

/// Gateway nodes come with tokens.
async fn certificates(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    find_control_plane(&portal, &id).await?;
    Ok(Json(json!({ "items": [], "page": { "total_count": 0 } })))
}
