//! `/v3/portals/{id}/pages`: the tree of pages that the team writes; `…/default-content`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Admin, Route, moment};
use crate::Portal;
use crate::model::tree;
use crate::model::{SitePage, SitePageId, Visibility};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, OptionalBody, Problem, input};
use crate::service::site_pages::{self as service, find};
use crate::service::{default_content, sites};
use crate::store::site_pages;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/portals/{portal_id}/pages",
        "/v3/portals/{portal_id}/pages/{page_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::POST,
            "/v3/portals/{portal_id}/pages/{page_id}/move",
            post(place),
        ),
        (
            Method::POST,
            "/v3/portals/{portal_id}/default-content",
            post(fill),
        ),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("slug", "t.slug", Kind::Text),
    column("title", "t.title", Kind::Text),
    column("visibility", "t.visibility", Kind::Word(Visibility::WORDS)),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

/// The whole tree, or as much of it as is asked for; what is left of a branch stands at the top.
async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let listing = query.unpaged(COLUMNS, "t.position")?;
    let listing = listing.only("t.portal_id", site.id);
    let found = site_pages::list(portal.db(), &listing).await?;
    let found = tree::rooted(&found, |page| SitePage {
        parent_page_id: None,
        ..page.clone()
    });
    let data = tree::render(&found, &|page, children: Vec<Value>| {
        let mut shown = summary(page);
        shown["children"] = children.into();
        shown
    });
    Ok(Json(json!({ "data": data })))
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = sites::find(&portal, &id).await?;
    let page = service::create(&portal, &admin.ctx, &site, body).await?;
    Ok((StatusCode::CREATED, Json(show(&page))))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, page)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    Ok(Json(show(&find(&portal, &site, &page).await?)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, page)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let page = find(&portal, &site, &page).await?;
    let page = service::update(&portal, &admin.ctx, (&site, &page), body).await?;
    Ok(Json(show(&page)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, page)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let site = sites::find(&portal, &id).await?;
    let page = find(&portal, &site, &page).await?;
    service::delete(&portal, &admin.ctx, &page).await?;
    Ok(StatusCode::NO_CONTENT)
}

static MOVE: Shape = Shape {
    fields: &[
        nullable("parent_page_id", UUID),
        optional(
            "index",
            Rule::Integer {
                min: -1_000_000,
                max: 1_000_000,
            },
        ),
    ],
    open: false,
};

#[derive(Deserialize)]
struct Place {
    parent_page_id: Option<SitePageId>,
    #[serde(default)]
    index: i64,
}

/// Moves a page below another one, or without one to the top.
async fn place(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, page)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let site = sites::find(&portal, &id).await?;
    let page = find(&portal, &site, &page).await?;
    let to: Place = input(body, &MOVE)?;
    let to = (to.parent_page_id, to.index);
    service::place(&portal, &admin.ctx, &page, to).await?;
    Ok(StatusCode::CREATED)
}

/// Makes the pages and snippets to begin with, as far as they are not there.
async fn fill(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = sites::find(&portal, &id).await?;
    let made = default_content::fill(&portal, &admin.ctx, &site).await?;
    let body = json!({ "pages": made.pages, "snippets": made.snippets });
    Ok((StatusCode::CREATED, Json(body)))
}

fn summary(page: &SitePage) -> Value {
    json!({
        "id": page.id,
        "parent_page_id": page.parent_page_id,
        "slug": page.slug,
        "title": page.title,
        "description": page.description.as_deref().unwrap_or_default(),
        "visibility": page.visibility,
        "status": page.status,
        "created_at": moment(page.created_at),
        "updated_at": moment(page.updated_at),
    })
}

fn show(page: &SitePage) -> Value {
    let mut shown = summary(page);
    shown["content"] = page.content.as_str().into();
    shown
}
