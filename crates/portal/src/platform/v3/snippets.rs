//! `/v3/portals/{id}/snippets`: what pages include by name.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};

use super::super::{Admin, Route, listed, moment};
use crate::model::{Snippet, Visibility};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::sites;
use crate::service::snippets::{self as service, find};
use crate::store::listing::Listing;
use crate::{Portal, store};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/portals/{portal_id}/snippets",
        "/v3/portals/{portal_id}/snippets/{snippet_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.name", Kind::Text),
    column("title", "t.title", Kind::Text),
    column("visibility", "t.visibility", Kind::Word(Visibility::WORDS)),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone().only("t.portal_id", site.id);
        store::snippets::list(portal.db(), &listing).await
    };
    listed(&query, COLUMNS, list, summary).await
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = sites::find(&portal, &id).await?;
    let snippet = service::create(&portal, &admin.ctx, &site, body).await?;
    Ok((StatusCode::CREATED, Json(show(&snippet))))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, snippet)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    Ok(Json(show(&find(&portal, &site, &snippet).await?)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, snippet)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let snippet = find(&portal, &site, &snippet).await?;
    let snippet = service::update(&portal, &admin.ctx, (&site, &snippet), body).await?;
    Ok(Json(show(&snippet)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, snippet)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let site = sites::find(&portal, &id).await?;
    let snippet = find(&portal, &site, &snippet).await?;
    service::delete(&portal, &admin.ctx, &snippet).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn summary(snippet: &Snippet) -> Value {
    json!({
        "id": snippet.id,
        "name": snippet.name,
        "title": snippet.title,
        "description": snippet.description.as_deref().unwrap_or_default(),
        "visibility": snippet.visibility,
        "status": snippet.status,
        "created_at": moment(snippet.created_at),
        "updated_at": moment(snippet.updated_at),
    })
}

fn show(snippet: &Snippet) -> Value {
    let mut shown = summary(snippet);
    shown["content"] = snippet.content.as_str().into();
    shown
}
