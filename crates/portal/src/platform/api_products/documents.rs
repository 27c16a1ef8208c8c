//! `/api-products/{id}/documents`: a tree of Markdown pages.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::Portal;
use crate::model::{Document, DocumentId, PublishStatus};
use crate::platform::Admin;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, nodes};
use crate::service::documents::{self as service, find};
use crate::service::products::find as find_product;
use crate::store::documents;

const TREE: &str = "application/vnd.konnect.document-tree+json";

const COLUMNS: &[Column] = &[
    column("slug", "t.slug", Kind::Text),
    column("title", "t.title", Kind::Text),
    column("status", "t.status", Kind::Word(PublishStatus::WORDS)),
    column("created_at", "t.created_at", Kind::Time),
];

/// A page of summaries, or the whole tree where the caller accepts that.
pub(super) async fn list(
    State(portal): State<Portal>,
    Path(product): Path<String>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let product = find_product(&portal, &product).await?;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    if accept.contains(TREE) {
        let all = documents::of_product(portal.db(), product.id).await?;
        let body = json!({ "data": branch(&all, None) });
        return Ok(([(header::CONTENT_TYPE, TREE)], body.to_string()).into_response());
    }
    let listing = query
        .listing(COLUMNS, "t.created_at")?
        .only("t.api_product_id", product.id);
    let (found, total) = documents::list(portal.db(), &listing).await?;
    Ok(Json(Page::new(
        found.iter().map(summary).collect(),
        &listing,
        total,
    ))
    .into_response())
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path((product, document)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(show(&find(&portal, &product, &document).await?)))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let product = find_product(&portal, &product).await?;
    let document = service::create(&portal, &ctx, &product, body).await?;
    Ok((StatusCode::CREATED, Json(show(&document))))
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, document)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let document = find(&portal, &product, &document).await?;
    let document = service::update(&portal, &ctx, document, body).await?;
    Ok(Json(show(&document)))
}

/// Removes a document and those below it.
pub(in crate::platform) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, document)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let document = find(&portal, &product, &document).await?;
    service::delete(&portal, &ctx, &document).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn branch(all: &[Document], parent: Option<DocumentId>) -> Vec<Value> {
    let children = all
        .iter()
        .filter(|document| document.parent_document_id == parent);
    children
        .map(|document| {
            let mut shown = summary(document);
            shown["metadata"] = Value::Object(document.metadata.clone());
            shown["children"] = branch(all, Some(document.id)).into();
            shown
        })
        .collect()
}

fn summary(document: &Document) -> Value {
    json!({
        "id": document.id,
        "parent_document_id": document.parent_document_id,
        "slug": document.slug,
        "title": document.title,
        "status": document.status,
        "created_at": document.created_at.to_rfc3339(),
        "updated_at": document.updated_at.to_rfc3339(),
    })
}

fn show(document: &Document) -> Value {
    let mut shown = summary(document);
    shown["metadata"] = Value::Object(document.metadata.clone());
    shown["content"] = document.content.as_str().into();
    shown["ast"] = nodes::children(&document.content);
    shown
}
