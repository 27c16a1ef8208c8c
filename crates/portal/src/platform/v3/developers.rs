//! `/v3/portals/{id}/developers`: as in v2, and administrators make accounts.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::portals::developers as earlier;
use super::super::{Admin, Route, listed, moment};
use crate::Portal;
use crate::model::{ApprovalStatus, Developer};
use crate::rest::check::{Rule, Shape, optional, required, text};
use crate::rest::query::Query;
use crate::rest::{Body, Page, Problem, input, without_nulls};
use crate::service::accounts::{NewDeveloper, Terms};
use crate::service::developers;
use crate::service::sites::find;
use crate::store;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/portals/{portal_id}/developers",
        "/v3/portals/{portal_id}/developers/{developer_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(earlier::remove)),
    ]
}

static SHAPE: Shape = Shape {
    fields: &[
        required("email", text(1, 255)),
        required("full_name", text(1, 255)),
        optional("status", Rule::Word(ApprovalStatus::WORDS)),
        optional("send_invitation_email", Rule::Boolean),
    ],
    open: false,
};

#[derive(Debug, Deserialize)]
struct Asked {
    email: String,
    full_name: String,
    status: Option<ApprovalStatus>,
    #[serde(default)]
    send_invitation_email: bool,
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = find(&portal, &id).await?;
    let asked: Asked = input(without_nulls(body), &SHAPE)?;
    let new = NewDeveloper {
        email: asked.email,
        full_name: asked.full_name,
    };
    let terms = Terms {
        status: asked.status,
        invite: asked.send_invitation_email,
    };
    let made = developers::create(&portal, &admin.ctx, &site, (&new, terms)).await?;
    Ok((StatusCode::CREATED, Json(render(&made))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone().only("t.portal_id", site.id);
        store::developers::list(portal.db(), &listing).await
    };
    listed(&query, earlier::COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(render(
        &developers::find(&portal, &site, &developer).await?,
    )))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, developer)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let developer = earlier::decide(&portal, &admin.ctx, (&id, &developer), body).await?;
    Ok(Json(render(&developer)))
}

fn render(developer: &Developer) -> Value {
    json!({
        "id": developer.id,
        "email": developer.email,
        "full_name": developer.full_name,
        "status": developer.status,
        "created_at": moment(developer.created_at),
        "updated_at": moment(developer.updated_at),
    })
}
