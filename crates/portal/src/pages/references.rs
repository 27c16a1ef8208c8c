//! The API reference: its pages, the document to download, and test requests.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use serde_json::Value;
use web::{Page, Visitor};

use super::Pages;
use super::reader::Visible;
use super::reference::Document;
use super::refusal::{Refused, missing};
use super::source::{ReaderFacts, apart};
use super::specification::prepare;
use super::try_it;
use super::view::product::{Product, Version};
use super::view::reference::{self, Shown};
use crate::Error;

/// The largest body of a test request.
const TRY_LIMIT: usize = 1 << 20;

/// Which operations are listed.
#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    page: Option<u32>,
}

/// The product and the version, if it has a document.
async fn versioned(
    pages: &Pages,
    reader: &ReaderFacts,
    product_id: &str,
    version_id: &str,
) -> Result<(Product, Version), Refused> {
    let found = pages.source.product(reader, product_id).await?;
    let mut versions = found.versions.iter();
    let version = versions.find(|version| version.id == version_id && version.has_specification);
    let version = version.cloned().ok_or_else(missing)?;
    Ok((found, version))
}

/// What every page of the reference is made of.
async fn shown(
    pages: &Pages,
    visitor: Visitor,
    reader: &ReaderFacts,
    (product_id, version_id): (&str, &str),
) -> Result<(Shown, Arc<Document>), Refused> {
    let (product, version) = versioned(pages, reader, product_id, version_id).await?;
    let document = pages.source.reference(&version).await?;
    let signed_in = reader.developer.is_some();
    Ok((
        Shown {
            visitor,
            product,
            version,
            signed_in,
        },
        document,
    ))
}

pub(crate) async fn overview(
    State(pages): State<Pages>,
    visitor: Visitor,
    Visible(reader): Visible,
    Path((product, version)): Path<(String, String)>,
    Query(search): Query<Search>,
) -> Result<Page, Refused> {
    let (shown, document) = shown(&pages, visitor, &reader, (&product, &version)).await?;
    let query: String = search.q.trim().chars().take(100).collect();
    let page = search.page.unwrap_or(1).clamp(1, 10_000);
    let made = apart(move || reference::overview(&shown, &document, &query, page));
    Ok(made.await?)
}

pub(crate) async fn operation(
    State(pages): State<Pages>,
    visitor: Visitor,
    Visible(reader): Visible,
    Path((product, version, operation)): Path<(String, String, String)>,
) -> Result<Page, Refused> {
    let (shown, document) = shown(&pages, visitor, &reader, (&product, &version)).await?;
    let made = apart(move || reference::operation(&shown, &document, &operation)).await?;
    Ok(made.ok_or_else(missing)?)
}

pub(crate) async fn schema(
    State(pages): State<Pages>,
    visitor: Visitor,
    Visible(reader): Visible,
    Path((product, version, schema)): Path<(String, String, String)>,
) -> Result<Page, Refused> {
    let (shown, document) = shown(&pages, visitor, &reader, (&product, &version)).await?;
    let made = apart(move || reference::schema(&shown, &document, &schema)).await?;
    Ok(made.ok_or_else(missing)?)
}

/// The document at the gateway's address, to download.
pub(crate) async fn json(
    State(pages): State<Pages>,
    Visible(reader): Visible,
    Path((product, version)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let write = |document: &Value| Ok(document.to_string());
    download(
        &pages,
        &reader,
        (&product, &version),
        "application/json",
        write,
    )
    .await
}

/// The same in the other way of writing.
pub(crate) async fn yaml(
    State(pages): State<Pages>,
    Visible(reader): Visible,
    Path((product, version)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let write = |document: &Value| {
        let written = serde_saphyr::to_string(document);
        written.map_err(|error| Error::Internal(format!("a document as YAML: {error}")))
    };
    // RFC 9512.
    download(
        &pages,
        &reader,
        (&product, &version),
        "application/yaml",
        write,
    )
    .await
}

async fn download(
    pages: &Pages,
    reader: &ReaderFacts,
    (product, version): (&str, &str),
    kind: &'static str,
    write: fn(&Value) -> Result<String, Error>,
) -> Result<Response, Refused> {
    let (_, version) = versioned(pages, reader, product, version).await?;
    let text = pages.source.specification(&version).await?;
    let made = apart(move || {
        let document = serde_json::from_str(&text);
        let document = document.map_err(|error| Error::Internal(format!("a document: {error}")))?;
        write(&prepare(document, &version.base_urls, &version.schemes))
    });
    Ok(([(CONTENT_TYPE, kind)], made.await??).into_response())
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
    reader: &ReaderFacts,
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
