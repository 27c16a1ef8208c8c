//! Developers of a portal: `/v2/portals/{id}/developers`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{Admin, Route, moment, only, settled};
use super::find;
use crate::error::Error;
use crate::model::{ApprovalStatus, Developer};
use crate::rest::check::{Rule, Shape, optional};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply};
use crate::service::decisions::{Decision, Reason};
use crate::service::developers;
use crate::store;
use crate::{Ctx, Portal};

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}/developers/{developer_id}";
    vec![
        (Method::GET, "/v2/portals/{portal_id}/developers", get(list)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

pub(in crate::platform) const COLUMNS: &[Column] = &[
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
    let (found, total) = store::developers::list(portal.db(), &listing).await?;
    let data = render(&portal, &found).await?;
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    Ok(Json(render_one(&portal, &developer).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let developer = decide(&portal, &admin.ctx, (&id, &developer), body).await?;
    Ok(Json(render_one(&portal, &developer).await?))
}

/// The developer of a portal, standing where the body says.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`].
pub(in crate::platform) async fn decide(
    portal: &Portal,
    ctx: &Ctx,
    (id, developer): (&str, &str),
    body: Map<String, Value>,
) -> Result<Developer, Error> {
    let site = find(portal, id).await?;
    let developer = developers::find(portal, &site, developer).await?;
    let present = Writable {
        status: developer.status,
    };
    let new = apply(&present, body, &SHAPE)?;
    let decision = Decision::silent(new.status);
    developers::decide(portal, ctx, (&site, developer), &decision).await
}

pub(in crate::platform) async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let revision =
        developers::delete(&portal, &admin.ctx, (&site, &developer), &Reason::default()).await?;
    Ok(settled(&portal, revision, StatusCode::NO_CONTENT).await)
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
