//! The documentation of API products: a tree of Markdown pages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use storage::Tx;

use super::contents::decode;
use super::products::find as find_product;
use super::removals;
use crate::error::Violation;
use crate::model::tree::{self, Misfit};
use crate::model::{
    ApiProduct, ApiProductId, Document, DocumentId, PublishStatus, RemovalId, Removed, slugify,
};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, slug, text};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::documents;
use crate::{Ctx, Error, Portal};

/// How long a slug may be.
pub(super) const MAX_SLUG: usize = 80;

const SHAPE: Shape = Shape {
    fields: &[
        nullable("parent_document_id", UUID),
        required("slug", slug(MAX_SLUG)),
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

/// A document of a product.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
    portal: &Portal,
    product: &str,
    document: &str,
) -> Result<Document, Error> {
    let product: ApiProductId = find_product(portal, product).await?.id;
    let id: DocumentId = path_id("document", document)?;
    let found = documents::find(portal.db(), id)
        .await?
        .filter(|found| found.api_product_id == product);
    found.ok_or_else(|| Error::not_found("document", id))
}

/// Makes a document, as the last of its siblings.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if a sibling has the slug.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    product: &ApiProduct,
    body: Map<String, Value>,
) -> Result<Document, Error> {
    let Input {
        parent_document_id,
        slug,
        status,
        title,
        content,
        metadata,
    } = input(body, &SHAPE)?;
    let all = documents::of_product(portal.db(), product.id).await?;
    let document = Document {
        id: DocumentId::new(portal.entropy()),
        api_product_id: product.id,
        parent_document_id,
        slug,
        title,
        status,
        content: decode("content", &content)?,
        metadata,
        position: tree::last(&all, parent_document_id),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    fits(&all, &document)?;
    let mut tx = portal.db().begin().await?;
    documents::insert(&mut tx, &document).await?;
    let entry = Entry::new("create", "document", document.id).making(&document);
    commit(portal, ctx, tx, entry).await?;
    Ok(document)
}

/// Changes what `body` names. A document that gets another parent is the last of its new siblings.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    earlier: Document,
    body: Map<String, Value>,
) -> Result<Document, Error> {
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
    let all = documents::of_product(portal.db(), earlier.api_product_id).await?;
    let position = match parent_document_id == earlier.parent_document_id {
        true => earlier.position,
        false => tree::last(&all, parent_document_id),
    };
    let before = earlier.clone();
    let document = Document {
        parent_document_id,
        slug,
        status,
        title,
        content,
        metadata,
        position,
        updated_at: ctx.now,
        ..earlier
    };
    fits(&all, &document)?;
    let mut tx = portal.db().begin().await?;
    documents::update(&mut tx, &document).await?;
    let entry = Entry::new("update", "document", document.id).changing(&before, &document);
    commit(portal, ctx, tx, entry).await?;
    Ok(document)
}

/// Removes a document and those below it.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    document: &Document,
) -> Result<RemovalId, Error> {
    let mut tx = portal.db().begin().await?;
    let all = documents::of_product(&mut tx, document.api_product_id).await?;
    let mut gone = vec![document.clone()];
    below(&all, document.id, &mut gone);
    let removal = removals::keep(portal, ctx, &mut tx, Removed::Documents(gone)).await?;
    documents::delete(&mut tx, document.id).await?;
    let entry = Entry::new("delete", "document", document.id).removing(document);
    commit(portal, ctx, tx, entry).await?;
    Ok(removal)
}

/// Adds everything below a document, parents first.
fn below(all: &[Document], id: DocumentId, found: &mut Vec<Document>) {
    for child in all.iter().filter(|one| one.parent_document_id == Some(id)) {
        found.push(child.clone());
        below(all, child.id, found);
    }
}

/// Moves a document one place up or down among its siblings; at the end nothing happens.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn shift(
    portal: &Portal,
    ctx: &Ctx,
    document: &Document,
    up: bool,
) -> Result<(), Error> {
    let all = documents::of_product(portal.db(), document.api_product_id).await?;
    match tree::beside(&all, document, up) {
        Some(to) => put(portal, ctx, (all, document.clone()), to).await,
        None => Ok(()),
    }
}

/// Moves a document below another one, or to the top, and to a place among those there: from 0, or from
/// the end if it is negative (-1 is the last).
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn place(
    portal: &Portal,
    ctx: &Ctx,
    document: Document,
    parent: Option<DocumentId>,
    index: i64,
) -> Result<(), Error> {
    let all = documents::of_product(portal.db(), document.api_product_id).await?;
    let moved = Document {
        parent_document_id: parent,
        updated_at: ctx.now,
        ..document
    };
    fits(&all, &moved)?;
    put(portal, ctx, (all, moved), index).await
}

/// Writes a document at a place among its siblings, which stand in their order around it.
async fn put(
    portal: &Portal,
    ctx: &Ctx,
    (all, document): (Vec<Document>, Document),
    index: i64,
) -> Result<(), Error> {
    let id = document.id;
    let place = |document: &Document| {
        let parent = document.parent_document_id;
        json!({ "parent_document_id": parent, "position": document.position })
    };
    let before = all.iter().find(|other| other.id == id).map(place);
    let moved = tree::arranged(all, document, index);
    let after = moved.iter().find(|other| other.id == id).map(place);
    let mut tx = portal.db().begin().await?;
    for document in &moved {
        documents::update(&mut tx, document).await?;
    }
    let entry = Entry::new("move", "document", id).changing(&before, &after);
    commit(portal, ctx, tx, entry).await
}

/// The slug that stands for words; empty where nothing is left of them.
pub(crate) fn slug_of(words: &str) -> String {
    let slug: String = slugify(words).chars().take(MAX_SLUG).collect();
    slug.trim_end_matches('-').to_owned()
}

async fn commit(portal: &Portal, ctx: &Ctx, mut tx: Tx, entry: Entry<'_>) -> Result<(), Error> {
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a document has its place in the tree: a parent that is not below it, and a slug of its own there.
fn fits(all: &[Document], document: &Document) -> Result<(), Error> {
    let refuse = |reason: String| {
        let rule = "missing_reference";
        Err(Error::invalid(Violation::body(
            "parent_document_id",
            rule,
            reason,
        )))
    };
    match tree::fits(all, document) {
        Ok(()) => Ok(()),
        Err(Misfit::BelowItself) => refuse("a document cannot be below itself".into()),
        Err(Misfit::NoParent(id)) => {
            refuse(format!("document {id} does not exist in this product"))
        }
        Err(Misfit::Twin) => Err(Error::Conflict(format!(
            "there is a document with the slug `{}` at this place already",
            document.slug
        ))),
    }
}
