//! Teams of a portal and who is in them: `/v2/portals/{id}/teams`, `/v2/portals/{id}/developers/{id}/teams`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};

use super::super::member::member;
use super::super::{Admin, Route, listed, moment};
use super::find;
use crate::Portal;
use crate::error::Violation;
use crate::model::{ApprovalStatus, Developer, DeveloperId, Team};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{OptionalBody, Page, Problem};
use crate::service::{developers, teams};
use crate::store::listing::Listing;
use crate::{Error, store};

/// Those of v2, and the same of v3.
pub(super) fn routes() -> Vec<Route> {
    let mut all = of([
        "/v2/portals/{portal_id}/teams",
        "/v2/portals/{portal_id}/teams/{team_id}",
        "/v2/portals/{portal_id}/teams/{team_id}/developers",
        "/v2/portals/{portal_id}/teams/{team_id}/developers/{developer_id}",
        "/v2/portals/{portal_id}/developers/{developer_id}/teams",
    ]);
    all.extend(of([
        "/v3/portals/{portal_id}/teams",
        "/v3/portals/{portal_id}/teams/{team_id}",
        "/v3/portals/{portal_id}/teams/{team_id}/developers",
        "/v3/portals/{portal_id}/teams/{team_id}/developers/{developer_id}",
        "/v3/portals/{portal_id}/developers/{developer_id}/teams",
    ]));
    all
}

fn of([all, one, members, member, of_developer]: [&'static str; 5]) -> Vec<Route> {
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (Method::GET, members, get(list_members)),
        (Method::POST, members, post(join)),
        (Method::DELETE, member, delete(leave)),
        (Method::GET, of_developer, get(list_of_developer)),
    ]
}

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column(
        "can_own_applications",
        "t.can_own_applications",
        Kind::Boolean,
    )
    .filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

const MEMBER_COLUMNS: &[Column] = &[
    column("email", "t.email", Kind::Text),
    column("full_name", "t.full_name", Kind::Text),
    column("active", "(t.status = 'approved')", Kind::Boolean).filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone().only("t.portal_id", site.id);
        store::teams::list(portal.db(), &listing).await
    };
    listed(&query, COLUMNS, list, render).await
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = find(&portal, &id).await?;
    let team = teams::create(&portal, &admin.ctx, &site, body).await?;
    Ok((StatusCode::CREATED, Json(render(&team))))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, team)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find_team(&portal, &id, &team).await?)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, team)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let team = find_team(&portal, &id, &team).await?;
    let team = teams::update(&portal, &admin.ctx, team, body).await?;
    Ok(Json(render(&team)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, team)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let team = find_team(&portal, &id, &team).await?;
    teams::delete(&portal, &admin.ctx, &team).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_members(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, team)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let team = find_team(&portal, &id, &team).await?;
    let list = async |listing: &Listing| {
        let listing = listing
            .clone()
            .within(store::team_members::OF_TEAM, team.id);
        store::developers::list(portal.db(), &listing).await
    };
    listed(&query, MEMBER_COLUMNS, list, render_member).await
}

async fn join(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, team)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let site = find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let member: DeveloperId = member(body)?;
    let developer = developers::find(&portal, &site, &member.to_string()).await;
    let developer = developer.map_err(|error| match error {
        Error::NotFound(_) => {
            let reason = format!("this portal has no developer {member}");
            Error::invalid(Violation::body("id", "missing_reference", reason))
        }
        other => other,
    })?;
    teams::join(&portal, &admin.ctx, &team, &developer).await?;
    Ok(StatusCode::CREATED)
}

async fn leave(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, team, developer)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let site = find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    teams::leave(&portal, &admin.ctx, &team, &developer).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_of_developer(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let list = async |listing: &Listing| {
        let listing = listing
            .clone()
            .within(store::teams::OF_DEVELOPER, developer.id);
        store::teams::list(portal.db(), &listing).await
    };
    listed(&query, COLUMNS, list, render).await
}

/// The team of this portal.
pub(super) async fn find_team(portal: &Portal, id: &str, team: &str) -> Result<Team, Error> {
    let site = find(portal, id).await?;
    teams::find(portal, &site, team).await
}

fn render(team: &Team) -> Value {
    json!({
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "can_own_applications": team.can_own_applications,
        "created_at": moment(team.created_at),
        "updated_at": moment(team.updated_at),
    })
}

fn render_member(developer: &Developer) -> Value {
    json!({
        "id": developer.id,
        "email": developer.email,
        "full_name": developer.full_name,
        "active": developer.status == ApprovalStatus::Approved,
        "created_at": moment(developer.created_at),
        "updated_at": moment(developer.updated_at),
    })
}
