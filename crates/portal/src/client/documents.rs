//! A product's documentation: a list, a tree, one page as Markdown or as nodes.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::guard::text;
use super::products::find;
use super::session::Reader;
use crate::model::tree as trees;
use crate::model::{Document, DocumentId};
use crate::rest::query::Query;
use crate::rest::{Page, Problem, nodes, path_id};
use crate::{Error, Portal, store};

const TREE: &str = "application/vnd.konnect.document-tree+json";
const NODES: &str = "application/vnd.konnect.document-nodes+json";

pub(super) async fn list(
    Reader { audience, .. }: Reader,
    State(portal): State<Portal>,
    Path(product): Path<String>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let product = find(&portal, audience, &product).await?;
    let listing = query.listing(&[], "position")?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let shown = visible(all);
    if accepts(&headers, TREE) {
        let total = i64::try_from(
            shown
                .iter()
                .filter(|d| d.parent_document_id.is_none())
                .count(),
        );
        let page = Page::new(tree(&shown, item), &listing, total.unwrap_or(i64::MAX));
        return Ok(([(header::CONTENT_TYPE, TREE)], Json(page)).into_response());
    }
    let all = shown.iter().map(item).collect();
    Ok(Json(Page::cut(all, &listing)).into_response())
}

pub(super) async fn get(
    Reader { audience, .. }: Reader,
    State(portal): State<Portal>,
    Path((product, document)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let product = find(&portal, audience, &product).await?;
    let id: DocumentId = path_id("document", &document)?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let found = visible(all).into_iter().find(|document| document.id == id);
    let found = found.ok_or_else(|| Error::not_found("document", id))?;
    Ok(page(found, &headers))
}

/// One document: as Markdown, as nodes, or as JSON with its Markdown.
pub(super) fn page(found: Document, headers: &HeaderMap) -> Response {
    if accepts(headers, "text/markdown") {
        let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
        return (kind, found.content).into_response();
    }
    let mut value = json!({
        "id": found.id,
        "parent_document_id": found.parent_document_id,
        "slug": found.slug,
        "title": found.title,
        "content": found.content,
    });
    if accepts(headers, NODES) {
        value["content"] = nodes::document(&found.content);
        return ([(header::CONTENT_TYPE, NODES)], Json(value)).into_response();
    }
    Json(value).into_response()
}

/// Published documents below published ones: what is under a hidden page is hidden.
pub(super) fn visible(all: Vec<Document>) -> Vec<Document> {
    trees::visible(all, |_| true)
}

fn item(document: &Document) -> Value {
    json!({
        "id": document.id,
        "parent_document_id": document.parent_document_id,
        "slug": document.slug,
        "title": document.title,
        "metadata": document.metadata,
        "created_at": document.created_at.to_rfc3339(),
        "updated_at": document.updated_at.to_rfc3339(),
    })
}

/// The documents below each other, in their order, each as `item` shows it.
pub(super) fn tree(documents: &[Document], item: fn(&Document) -> Value) -> Vec<Value> {
    trees::render(documents, &|document, children: Vec<Value>| {
        let mut value = item(document);
        value["children"] = children.into();
        value
    })
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    let accept = text(headers, header::ACCEPT.as_str()).unwrap_or_default();
    accept
        .split(',')
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case(kind))
}
