//! The catalogue, an API's pages, and the reference.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use serde_json::Value;
use web::{Page, Visitor};

use super::Pages;
use super::reader::{Reader, Visible};
use super::refusal::{Refused, missing};
use super::specification::{self, operations};
use super::try_it;
use super::view::{catalogue, product, reference, written};
use crate::Error;

/// Where the catalogue always is; it is at `/` too unless the team wrote a start page.
pub(crate) const PATH: &str = "/apis";
/// Cards on a page: fills rows of one, two and three.
const PAGE_SIZE: u32 = 12;
/// The largest body of a test request.
const TRY_LIMIT: usize = 1 << 20;

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

/// The product, the version, and its document made ready.
async fn specified(
    pages: &Pages,
    reader: &super::source::ReaderFacts,
    product_id: &str,
    version_id: &str,
) -> Result<(product::Product, product::Version, Value), Refused> {
    let found = pages.source.product(reader, product_id).await?;
    let version = found
        .versions
        .iter()
        .find(|version| version.id == version_id)
        .cloned();
    let version = version.ok_or_else(missing)?;
    let text = pages
        .source
        .specification(&version)
        .await?
        .ok_or_else(missing)?;
    let document = specification::prepare(&text, &version.base_urls, &version.schemes)
        .map_err(Error::Internal)?;
    Ok((found, version, document))
}

pub(crate) async fn reference(
    State(pages): State<Pages>,
    visitor: Visitor,
    Visible(reader): Visible,
    Path((product_id, version_id)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let (found, version, document) = specified(&pages, &reader, &product_id, &version_id).await?;
    Ok(reference::reference(
        &visitor,
        &found,
        &version,
        &operations(&document),
    ))
}

pub(crate) async fn openapi(
    State(pages): State<Pages>,
    Visible(reader): Visible,
    Path((product_id, version_id)): Path<(String, String)>,
) -> Result<Json<Value>, Refused> {
    let (_, _, document) = specified(&pages, &reader, &product_id, &version_id).await?;
    Ok(Json(document))
}

/// A test request of the reference: `/try/{version}/{number of the base address}{the rest}`.
pub(crate) async fn try_it(
    State(pages): State<Pages>,
    Visible(reader): Visible,
    Path((version_id, index)): Path<(String, usize)>,
    request: Request,
) -> Result<Response, Refused> {
    send(&pages, &reader, &version_id, index, request).await
}

/// The same with a path behind the number.
pub(crate) async fn try_it_below(
    State(pages): State<Pages>,
    Visible(reader): Visible,
    Path((version_id, index, _)): Path<(String, usize, String)>,
    request: Request,
) -> Result<Response, Refused> {
    send(&pages, &reader, &version_id, index, request).await
}

async fn send(
    pages: &Pages,
    reader: &super::source::ReaderFacts,
    version_id: &str,
    index: usize,
    request: Request<Body>,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    if !try_it::is_ours(&parts.headers) {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let bases = pages.source.base_urls(reader, version_id).await?;
    // The rest as it was sent: decoding and encoding again would change it.
    let rest = parts
        .uri
        .path()
        .splitn(5, '/')
        .nth(4)
        .map(|rest| format!("/{rest}"))
        .unwrap_or_default();
    let target = bases
        .get(index)
        .and_then(|base| try_it::target(base, &rest, parts.uri.query()));
    let Some(target) = target else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Ok(body) = Limited::new(body, TRY_LIMIT).collect().await else {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    Ok(try_it::forward(
        pages.source.to_gateway(),
        parts.method,
        &target,
        &parts.headers,
        body.to_bytes(),
    )
    .await)
}
