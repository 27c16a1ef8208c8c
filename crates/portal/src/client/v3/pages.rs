//! Pages that the team wrote, and snippets: as their authors wrote them, for a client to show.
//!
//! Who is not signed in on a portal that has developers reads what is for everybody.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::guard::At;
use super::super::session::Visitor;
use crate::model::tree;
use crate::model::{PublishStatus, SitePage, Snippet, Visibility};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem};
use crate::service::{site_pages, snippets};
use crate::{Error, Portal, store};

const COLUMNS: &[Column] = &[
    column("title", "t.title", Kind::Text),
    column("slug", "t.slug", Kind::Text),
    column("visibility", "t.visibility", Kind::Word(Visibility::WORDS)),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

const SNIPPETS: &[Column] = &[
    column("title", "t.title", Kind::Text),
    column("name", "t.name", Kind::Text),
    column("visibility", "t.visibility", Kind::Word(Visibility::WORDS)),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

/// The tree, or as much of it as is asked for; what is left of a branch stands at the top.
pub(super) async fn list(
    at: At,
    visitor: Visitor,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let wanted = query.unpaged(COLUMNS, "t.position")?;
    let wanted = wanted.only("t.portal_id", at.site.id);
    let mut found = store::site_pages::list(portal.db(), &wanted).await?;
    let readable = site_pages::readable(&portal, &at.site, visitor.reads_all).await?;
    found.retain(|page| readable.iter().any(|one| one.id == page.id));
    let found = tree::rooted(&found, |page| SitePage {
        parent_page_id: None,
        ..page.clone()
    });
    let data = tree::render(&found, &|page, children: Vec<Value>| {
        let mut shown = item(page);
        shown["children"] = children.into();
        shown
    });
    Ok(Json(json!({ "data": data })))
}

/// The page at an address, such as `guides/start`; `/`, encoded or not, is the start page.
pub(super) async fn get(
    at: At,
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(path): Path<String>,
) -> Result<Json<Value>, Problem> {
    let readable = site_pages::readable(&portal, &at.site, visitor.reads_all).await?;
    let found = site_pages::at(&portal, &readable, &path).await?;
    let found = found.ok_or_else(|| Error::not_found("page", &path))?;
    let mut shown = item(&found);
    shown["content"] = found.content.into();
    Ok(Json(shown))
}

pub(super) async fn list_snippets(
    at: At,
    visitor: Visitor,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(SNIPPETS, "t.created_at")?;
    let listing = listing
        .only("t.portal_id", at.site.id)
        .only("t.status", PublishStatus::Published);
    let listing = match visitor.reads_all {
        true => listing,
        false => listing.only("t.visibility", Visibility::Public),
    };
    let (found, total) = store::snippets::list(portal.db(), &listing).await?;
    Ok(Json(Page::new(
        found.iter().map(snippet).collect(),
        &listing,
        total,
    )))
}

pub(super) async fn get_snippet(
    at: At,
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let all = store::snippets::of_portal(portal.db(), at.site.id).await?;
    let found = all.into_iter().find(|snippet| snippet.name == name);
    let found = found.filter(|found| snippets::is_readable(found, visitor.reads_all));
    let found = found.ok_or_else(|| Error::not_found("snippet", &name))?;
    let mut shown = snippet(&found);
    shown["content"] = found.content.into();
    Ok(Json(shown))
}

fn item(page: &SitePage) -> Value {
    json!({
        "id": page.id,
        "slug": page.slug,
        "title": page.title,
        "description": page.description.as_deref().unwrap_or_default(),
        "visibility": page.visibility,
        "parent_page_id": page.parent_page_id,
        "created_at": page.created_at.to_rfc3339(),
        "updated_at": page.updated_at.to_rfc3339(),
    })
}

fn snippet(snippet: &Snippet) -> Value {
    json!({
        "id": snippet.id,
        "name": snippet.name,
        "title": snippet.title,
        "description": snippet.description.as_deref().unwrap_or_default(),
        "visibility": snippet.visibility,
        "created_at": snippet.created_at.to_rfc3339(),
        "updated_at": snippet.updated_at.to_rfc3339(),
    })
}
