//! The documentation of APIs: the same tree as a product's, sent in another shape.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::model::{ApiProduct, Document, PublishStatus, front_matter, heading};
use crate::rest::check::{self, Field, Mode, Rule, Shape, UUID, nullable, optional, slug, text};
use crate::service::documents::{self, MAX_SLUG};
use crate::{Ctx, Error, Portal};

const SLUG: Field = optional("slug", slug(MAX_SLUG));
const TITLE: Field = optional("title", text(1, 255));
const STATUS: Field = optional("status", Rule::Word(PublishStatus::WORDS));
const PARENT: Field = nullable("parent_document_id", UUID);

static CREATE: Shape = Shape {
    fields: &[
        check::required("content", text(0, 2 << 20)),
        TITLE,
        SLUG,
        STATUS,
        PARENT,
    ],
    open: false,
};

static UPDATE: Shape = Shape {
    fields: &[
        optional("content", text(0, 2 << 20)),
        TITLE,
        SLUG,
        STATUS,
        PARENT,
    ],
    open: false,
};

/// Makes a document. What the body leaves out, the front matter may say; then the first heading is the
/// title, and the title gives the slug.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if a sibling has the slug.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    api: &ApiProduct,
    body: Map<String, Value>,
) -> Result<Document, Error> {
    let body = Value::Object(body);
    check::all(&body, &CREATE, Mode::Whole)?;
    let content = body["content"].as_str().unwrap_or_default();
    let (front, markdown) = front_matter(content);
    let front: Option<Value> = front.and_then(|front| serde_saphyr::from_str(front).ok());
    let said = |name: &str| {
        let front = front.as_ref().map_or(&Value::Null, |front| &front[name]);
        [&body[name], front]
            .into_iter()
            .find(|value| !value.is_null())
            .cloned()
    };
    let title = said("title").or_else(|| heading(markdown).map(Into::into));
    let title = title
        .or_else(|| said("slug"))
        .unwrap_or_else(|| json!("Document"));
    let own = title.as_str().map(documents::slug_of);
    let own = own.filter(|slug| !slug.is_empty()).map(Into::into);
    let slug = said("slug").or(own);
    let whole = json!({
        "content": STANDARD.encode(content),
        "title": title,
        "slug": slug.unwrap_or_else(|| json!("document")),
        "status": said("status").unwrap_or_else(|| json!(PublishStatus::Unpublished)),
        "parent_document_id": said("parent_document_id"),
    });
    documents::create(portal, ctx, api, object(whole)).await
}

/// Changes what `body` names.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    document: Document,
    body: Map<String, Value>,
) -> Result<Document, Error> {
    let mut body = Value::Object(body);
    check::all(&body, &UPDATE, Mode::Partial)?;
    if let Some(content) = body["content"].as_str() {
        body["content"] = STANDARD.encode(content).into();
    }
    documents::update(portal, ctx, document, object(body)).await
}

/// Contents come as they are here; the service tells them from base64, so they go there as base64.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
