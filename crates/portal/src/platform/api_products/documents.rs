//! `/api-products/{id}/documents`: a tree of Markdown pages.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use storage::Tx;

use super::products::find as find_product;
use super::text::decode;
use crate::error::Violation;
use crate::model::{ApiProductId, Document, DocumentId, PublishStatus};
use crate::platform::Admin;
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, nodes, path_id};
use crate::store::audit::Entry;
use crate::store::documents;
use crate::{Ctx, Error, Portal};

const TREE: &str = "application/vnd.konnect.document-tree+json";

const SLUG: Rule = Rule::Form {
    max: 80,
    rule: "matches_regex",
    holds: |slug| {
        !slug.is_empty()
            && slug
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    },
    expects: "letters, digits, `_` and `-`",
};

const SHAPE: Shape = Shape {
    fields: &[
        nullable("parent_document_id", UUID),
        required("slug", SLUG),
        required("status", Rule::Word(PublishStatus::WORDS)),
        required("title", text(1, 255)),
        optional("content", text(0, 2 << 20)),
        optional(
            "metadata",
            Rule::Object(&Shape {
                fields: &[],
                open: true,
            }),
        ),
    ],
    open: false,
};

const COLUMNS: &[Column] = &[
    column("slug", "t.slug", Kind::Text),
    column("title", "t.title", Kind::Text),
    column("status", "t.status", Kind::Word(PublishStatus::WORDS)),
    column("created_at", "t.created_at", Kind::Time),
];

/// What can be written of a document.
#[derive(Serialize, Deserialize)]
struct Input {
    parent_document_id: Option<DocumentId>,
    slug: String,
    status: PublishStatus,
    title: String,
    #[serde(default)]
    content: String,
    #[serde(default)]
    metadata: Map<String, Value>,
}

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
    let Input {
        parent_document_id,
        slug,
        status,
        title,
        content,
        metadata,
    } = input(body, &SHAPE)?;
    let all = documents::of_product(portal.db(), product.id).await?;
    let position = all
        .iter()
        .filter(|other| other.parent_document_id == parent_document_id)
        .map(|other| other.position);
    let document = Document {
        id: DocumentId::new(portal.entropy()),
        api_product_id: product.id,
        parent_document_id,
        slug,
        title,
        status,
        content: decode("content", &content)?,
        metadata,
        position: position.max().map_or(0, |last| last + 1),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    fits(&all, &document)?;
    let mut tx = portal.db().begin().await?;
    documents::insert(&mut tx, &document).await?;
    commit(&portal, &ctx, tx, "create", document.id).await?;
    Ok((StatusCode::CREATED, Json(show(&document))))
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, document)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let earlier = find(&portal, &product, &document).await?;
    let resent = body.contains_key("content");
    let present = Input {
        parent_document_id: earlier.parent_document_id,
        slug: earlier.slug.clone(),
        status: earlier.status,
        title: earlier.title.clone(),
        content: earlier.content.clone(),
        metadata: earlier.metadata.clone(),
    };
    let Input {
        parent_document_id,
        slug,
        status,
        title,
        content,
        metadata,
    } = apply(&present, body, &SHAPE)?;
    let content = if resent {
        decode("content", &content)?
    } else {
        content
    };
    let document = Document {
        parent_document_id,
        slug,
        status,
        title,
        content,
        metadata,
        updated_at: ctx.now,
        ..earlier
    };
    fits(
        &documents::of_product(portal.db(), document.api_product_id).await?,
        &document,
    )?;
    let mut tx = portal.db().begin().await?;
    documents::update(&mut tx, &document).await?;
    commit(&portal, &ctx, tx, "update", document.id).await?;
    Ok(Json(show(&document)))
}

/// Removes a document and those below it.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, document)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let document = find(&portal, &product, &document).await?;
    let mut tx = portal.db().begin().await?;
    documents::delete(&mut tx, document.id).await?;
    commit(&portal, &ctx, tx, "delete", document.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn commit(
    portal: &Portal,
    ctx: &Ctx,
    mut tx: Tx,
    action: &str,
    id: DocumentId,
) -> Result<(), Error> {
    portal
        .audit(&mut tx, ctx, Entry::new(action, "document", id))
        .await?;
    tx.commit().await?;
    Ok(())
}

async fn find(portal: &Portal, product: &str, document: &str) -> Result<Document, Error> {
    let product: ApiProductId = find_product(portal, product).await?.id;
    let id: DocumentId = path_id("document", document)?;
    let found = documents::find(portal.db(), id)
        .await?
        .filter(|found| found.api_product_id == product);
    found.ok_or_else(|| Error::not_found("document", id))
}

/// Whether a document has its place in the tree: a parent that is not below it, and a slug of its own there.
fn fits(all: &[Document], document: &Document) -> Result<(), Error> {
    let refuse = |reason: String| {
        Err(Error::invalid(Violation::body(
            "parent_document_id",
            "missing_reference",
            reason,
        )))
    };
    let mut above = document.parent_document_id;
    while let Some(id) = above {
        if id == document.id {
            return refuse("a document cannot be below itself".into());
        }
        let Some(parent) = all.iter().find(|other| other.id == id) else {
            return refuse(format!("document {id} does not exist in this product"));
        };
        above = parent.parent_document_id;
    }
    let twin = all.iter().any(|other| {
        other.id != document.id
            && other.parent_document_id == document.parent_document_id
            && other.slug == document.slug
    });
    if twin {
        return Err(Error::Conflict(format!(
            "there is a document with the slug `{}` at this place already",
            document.slug
        )));
    }
    Ok(())
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
