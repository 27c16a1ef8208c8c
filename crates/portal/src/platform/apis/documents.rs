//! `/apis/{id}/documents`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Portal;
use crate::model::tree;
use crate::model::{Document, DocumentId, PublishStatus};
use crate::platform::{Admin, moment};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Problem, input};
use crate::service::apis::documents as service;
use crate::service::apis::find as find_api;
use crate::service::documents::{self, find};
use crate::store;

const COLUMNS: &[Column] =
    &[column("status", "t.status", Kind::Word(PublishStatus::WORDS)).filter_only()];

/// The whole tree, or as much of it as is asked for; what is left of a branch stands at the top.
pub(super) async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let api = find_api(&portal, &api).await?;
    let listing = query.unpaged(COLUMNS, "t.position")?;
    let listing = listing.only("t.api_product_id", api.id);
    let (found, _) = store::documents::list(portal.db(), &listing).await?;
    let found = tree::rooted(&found, |document| Document {
        parent_document_id: None,
        ..document.clone()
    });
    let data = tree::render(&found, &|document, children: Vec<Value>| {
        let mut shown = summary(document);
        shown["children"] = children.into();
        shown
    });
    Ok(Json(json!({ "data": data })))
}

pub(super) async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((api, document)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(show(&find(&portal, &api, &document).await?)))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(api): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let api = find_api(&portal, &api).await?;
    let document = service::create(&portal, &ctx, &api, body).await?;
    Ok((StatusCode::CREATED, Json(show(&document))))
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, document)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let document = find(&portal, &api, &document).await?;
    let document = service::update(&portal, &ctx, document, body).await?;
    Ok(Json(show(&document)))
}

const MOVE: Shape = Shape {
    fields: &[
        nullable("parent_document_id", UUID),
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
    parent_document_id: Option<DocumentId>,
    #[serde(default)]
    index: i64,
}

/// Moves a document below another one, or without one to the top.
pub(super) async fn place(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, document)): Path<(String, String)>,
    Body(body): Body,
) -> Result<StatusCode, Problem> {
    let document = find(&portal, &api, &document).await?;
    let Place {
        parent_document_id,
        index,
    } = input(body, &MOVE)?;
    documents::place(&portal, &ctx, document, parent_document_id, index).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn summary(document: &Document) -> Value {
    json!({
        "id": document.id,
        "parent_document_id": document.parent_document_id,
        "title": document.title,
        "slug": document.slug,
        "status": document.status,
        "created_at": moment(document.created_at),
        "updated_at": moment(document.updated_at),
    })
}

fn show(document: &Document) -> Value {
    let mut shown = summary(document);
    shown["content"] = document.content.as_str().into();
    shown
}
