//! An API's documentation: a tree, and one page of it by id or slug.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value, json};

use super::super::documents::{page, tree, visible};
use super::super::session::Visitor;
use super::apis::find;
use crate::model::Document;
use crate::rest::Problem;
use crate::{Error, Portal, store};

pub(super) async fn list(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(api): Path<String>,
) -> Result<Json<Value>, Problem> {
    let product = find(&portal, &visitor, &api).await?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    Ok(Json(json!({ "data": tree(&visible(all), item) })))
}

pub(super) async fn get(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path((api, document)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let product = find(&portal, &visitor, &api).await?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let id = document.parse().ok();
    let is_meant = |one: &Document| Some(one.id) == id || one.slug == document;
    let found = visible(all).into_iter().find(is_meant);
    let found = found.ok_or_else(|| Error::not_found("document", &document))?;
    Ok(page(found, &headers))
}

fn item(document: &Document) -> Value {
    json!({
        "id": document.id,
        "parent_document_id": document.parent_document_id,
        "slug": document.slug,
        "title": document.title,
        "created_at": document.created_at.to_rfc3339(),
        "updated_at": document.updated_at.to_rfc3339(),
    })
}
