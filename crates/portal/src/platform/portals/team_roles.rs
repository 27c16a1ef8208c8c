//! What teams may do: `/v2/portals/{id}/teams/{id}/assigned-roles`, `/v2/portal-roles`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, post};
use serde_json::{Value, json};

use super::super::{Admin, Route, listed};
use super::teams::find_team;
use crate::Portal;
use crate::model::{PortalRole, TeamRole};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{OptionalBody, Page, Problem};
use crate::service::team_roles;
use crate::store;
use crate::store::listing::Listing;
use crate::store::team_roles::ENTITY_TYPE;

pub(super) fn routes() -> Vec<Route> {
    let all = "/v2/portals/{portal_id}/teams/{team_id}/assigned-roles";
    let third = "/v3/portals/{portal_id}/teams/{team_id}/assigned-roles";
    vec![
        (Method::GET, "/v2/portal-roles", get(roles)),
        (Method::GET, all, get(list)),
        (Method::POST, all, post(assign)),
        (
            Method::DELETE,
            "/v2/portals/{portal_id}/teams/{team_id}/assigned-roles/{role_id}",
            delete(withdraw),
        ),
        (Method::GET, "/v3/portal-roles", get(roles)),
        (Method::GET, third, get(list)),
        (Method::POST, third, post(assign)),
        (
            Method::DELETE,
            "/v3/portals/{portal_id}/teams/{team_id}/assigned-roles/{role_id}",
            delete(withdraw),
        ),
    ]
}

const COLUMNS: &[Column] = &[
    column("role_name", "t.role_name", Kind::Text),
    column("entity_id", "t.entity_id", Kind::Uuid).filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

/// The roles that there are, with the descriptions that the vendor's specification fixes.
async fn roles(_: Admin) -> Json<Value> {
    Json(json!({ "services": {
        "name": ENTITY_TYPE,
        "roles": {
            "apiviewer": {
                "name": PortalRole::Viewer,
                "description":
                    "API Viewers have read-only access to the documentation of a service in a portal",
            },
            "apiconsumer": {
                "name": PortalRole::Consumer,
                "description": "API Consumers can make calls to the given service",
            },
        },
    } }))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, team)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let team = find_team(&portal, &id, &team).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone().only("t.team_id", team.id);
        store::team_roles::list(portal.db(), &listing).await
    };
    listed(&query, COLUMNS, list, render).await
}

async fn assign(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, team)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let team = find_team(&portal, &id, &team).await?;
    let role = team_roles::assign(&portal, &admin.ctx, &team, body).await?;
    Ok((StatusCode::CREATED, Json(render(&role))))
}

async fn withdraw(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, team, role)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let team = find_team(&portal, &id, &team).await?;
    let role = team_roles::find(&portal, &team, &role).await?;
    team_roles::withdraw(&portal, &admin.ctx, &team, &role).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(role: &TeamRole) -> Value {
    json!({
        "id": role.id,
        "role_name": role.role,
        "entity_id": role.product_id,
        "entity_type_name": ENTITY_TYPE,
        "entity_region": role.region,
    })
}
