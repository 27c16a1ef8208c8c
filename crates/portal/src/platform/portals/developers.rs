//! Developers of a portal: `/v2/portals/{id}/developers`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{Admin, Route, moment, only, settled};
use super::find;
use crate::Portal;
use crate::error::Error;
use crate::model::{ApprovalStatus, Developer, Site};
use crate::rest::check::{Rule, Shape, optional};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, path_id};
use crate::service::applications::STILL_LEAVING;
use crate::store;
use crate::store::audit::Entry;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}/developers/{developer_id}";
    vec![
        (Method::GET, "/v2/portals/{portal_id}/developers", get(list)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.full_name", Kind::Text),
    column("full_name", "t.full_name", Kind::Text).filter_only(),
    column("email", "t.email", Kind::Text),
    // The specification offers `contains` for it.
    column("status", "t.status", Kind::Text),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

static SHAPE: Shape = Shape {
    fields: &[optional("status", Rule::Word(ApprovalStatus::WORDS))],
    open: false,
};

#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    status: ApprovalStatus,
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.only("t.portal_id", site.id);
    let (developers, total) = store::developers::list(portal.db(), &listing).await?;
    let data = render(&portal, &developers).await?;
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let developer = find_in(&portal, &site, &developer).await?;
    Ok(Json(render_one(&portal, &developer).await?))
}

/// Approves, revokes or rejects a developer. Who is not approved is signed out and cannot sign in;
/// credentials of their applications keep working until each registration is revoked, as in Konnect.
async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let mut developer = find_in(&portal, &site, &developer).await?;
    let present = Writable {
        status: developer.status,
    };
    let new = apply(&present, body, &SHAPE)?;
    developer.status = new.status;
    developer.updated_at = admin.ctx.now;
    let mut tx = portal.db().begin().await?;
    store::developers::update(&mut tx, &developer).await?;
    if developer.status != ApprovalStatus::Approved {
        store::accounts::end_sessions(&mut tx, &developer.id.to_string()).await?;
    }
    let entry = Entry::new("update", "developer", developer.id).in_portal(site.id);
    let entry = entry.with(json!({ "status": developer.status }));
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(Json(render_one(&portal, &developer).await?))
}

/// Deletes a developer with their applications, whose clients leave the identity provider first.
async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let developer = find_in(&portal, &site, &developer).await?;
    let mut revision = None;
    for application in store::applications::of_developer(portal.db(), developer.id).await? {
        let ended = portal.applications().end(&admin.ctx, &application).await?;
        revision = ended.or(revision);
    }
    let mut tx = portal.db().begin().await?;
    store::developers::delete(&mut tx, developer.id)
        .await
        .map_err(|error| Error::from(error).or_conflict(STILL_LEAVING))?;
    let entry = Entry::new("delete", "developer", developer.id).in_portal(site.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(settled(&portal, revision, StatusCode::NO_CONTENT).await)
}

async fn find_in(portal: &Portal, site: &Site, id: &str) -> Result<Developer, Error> {
    let id = path_id("developer", id)?;
    let found = store::developers::find(portal.db(), id).await?;
    found
        .filter(|developer| developer.portal_id == site.id)
        .ok_or_else(|| Error::not_found("developer", id))
}

async fn render_one(portal: &Portal, developer: &Developer) -> Result<Value, Error> {
    Ok(only(render(portal, std::slice::from_ref(developer)).await?))
}

async fn render(portal: &Portal, developers: &[Developer]) -> Result<Vec<Value>, Error> {
    let ids = developers.iter().map(|developer| developer.id);
    let applications = store::applications::count_by_developer(portal.db(), ids).await?;
    let rendered = developers.iter().map(|developer| {
        json!({
            "id": developer.id,
            "email": developer.email,
            "full_name": developer.full_name,
            "status": developer.status,
            "application_count": applications.get(&developer.id).unwrap_or(&0),
            "created_at": moment(developer.created_at),
            "updated_at": moment(developer.updated_at),
        })
    });
    Ok(rendered.collect())
}
