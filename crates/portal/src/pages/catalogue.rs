//! The catalogue, and an API's pages.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use web::{Page, Visitor};

use super::Pages;
use super::reader::{Reader, Visible};
use super::refusal::Refused;
use super::view::{catalogue, product, written};

/// Where the catalogue always is; it is at `/` too unless the team wrote a start page.
pub(crate) const PATH: &str = "/apis";
/// Cards on a page: fills rows of one, two and three.
const PAGE_SIZE: u32 = 12;

#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    page: Option<u32>,
}

/// The start page that the team wrote, or else the catalogue.
pub(crate) async fn start(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    visible: Result<Visible, Response>,
    Query(search): Query<Search>,
) -> Result<Response, Refused> {
    if let Some(home) = pages.source.written(&reader, "/").await? {
        return Ok(written::page(&visitor, &home).into_response());
    }
    Ok(match visible {
        Ok(Visible(reader)) => found(&pages, &visitor, &reader, search)
            .await?
            .into_response(),
        Err(sign_in) => sign_in,
    })
}

/// The catalogue, below what the team wrote for it.
pub(crate) async fn list(
    State(pages): State<Pages>,
    visitor: Visitor,
    Visible(reader): Visible,
    Query(search): Query<Search>,
) -> Result<Page, Refused> {
    found(&pages, &visitor, &reader, search).await
}

async fn found(
    pages: &Pages,
    visitor: &Visitor,
    reader: &super::source::ReaderFacts,
    search: Search,
) -> Result<Page, Refused> {
    let query: String = search.q.trim().chars().take(100).collect();
    let page = search.page.unwrap_or(1).clamp(1, 10_000);
    let (entries, total) = pages
        .source
        .catalogue(reader, &query, page, PAGE_SIZE)
        .await?;
    let found = catalogue::Catalogue {
        at: reader.catalogue(),
        above: pages.source.written(reader, PATH).await?,
        heading: reader.portal.heading.clone(),
        welcome: reader.portal.welcome.clone(),
        cover: reader.portal.cover.clone(),
        query,
        entries,
        page,
        size: PAGE_SIZE,
        total,
        by_role: reader.audience.is_by_role(),
    };
    Ok(catalogue::catalogue(visitor, &found))
}

pub(crate) async fn overview(
    State(pages): State<Pages>,
    visitor: Visitor,
    Visible(reader): Visible,
    Path(product_id): Path<String>,
) -> Result<Page, Refused> {
    let found = pages.source.product(&reader, &product_id).await?;
    Ok(product::overview(&visitor, &found))
}

pub(crate) async fn document(
    State(pages): State<Pages>,
    visitor: Visitor,
    Visible(reader): Visible,
    Path((product_id, slug)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let found = pages.source.product(&reader, &product_id).await?;
    let document = pages.source.document(&reader, &product_id, &slug).await?;
    Ok(product::document(&visitor, &found, &document))
}
