//! `/api-products/{id}/product-versions/{id}/specifications`: at most one a version.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::Tx;

use super::text::decode;
use super::versions::find as find_version;
use crate::error::Violation;
use crate::model::{Specification, SpecificationId};
use crate::platform::Admin;
use crate::rest::check::{Rule, Shape, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::specifications;
use crate::{Ctx, Error, Portal};

const NAME: Rule = Rule::Form {
    max: 255,
    rule: "matches_regex",
    holds: |name| {
        [".yaml", ".yml", ".json"]
            .iter()
            .any(|end| name.len() > end.len() && name.ends_with(end))
    },
    expects: "a file name that ends in .yaml, .yml or .json",
};

const SHAPE: Shape = Shape {
    fields: &[
        required("name", NAME),
        required("content", text(1, 2 << 20)),
    ],
    open: false,
};

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time),
];

/// What can be written of a specification.
#[derive(Serialize, Deserialize)]
struct Input {
    name: String,
    content: String,
}

pub(super) async fn list(
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let version = find_version(&portal, &product, &version).await?;
    let listing = query
        .listing(COLUMNS, "t.created_at")?
        .only("t.product_version_id", version.id);
    let (found, total) = specifications::list(portal.db(), &listing).await?;
    Ok(Json(Page::new(
        found.iter().map(show).collect(),
        &listing,
        total,
    )))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path((product, version, specification)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(show(
        &find(&portal, &product, &version, &specification).await?,
    )))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let version = find_version(&portal, &product, &version).await?;
    let Input { name, content } = input(body, &SHAPE)?;
    let (content, document) = check(&content)?;
    let specification = Specification {
        id: SpecificationId::new(portal.entropy()),
        product_version_id: version.id,
        name,
        content,
        document,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    let inserted = specifications::insert(&mut tx, &specification).await;
    inserted.map_err(|error| {
        Error::from(error).or_conflict(
            "the version has a specification already; change that one, or delete it first",
        )
    })?;
    commit(&portal, &ctx, tx, "create", &specification).await?;
    Ok((StatusCode::CREATED, Json(show(&specification))))
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version, specification)): Path<(String, String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let earlier = find(&portal, &product, &version, &specification).await?;
    let present = Input {
        name: earlier.name.clone(),
        content: earlier.content.clone(),
    };
    let Input { name, content } = apply(&present, body, &SHAPE)?;
    let (content, document) = if content == earlier.content {
        (content, earlier.document.clone())
    } else {
        check(&content)?
    };
    let specification = Specification {
        name,
        content,
        document,
        updated_at: ctx.now,
        ..earlier
    };
    let mut tx = portal.db().begin().await?;
    specifications::update(&mut tx, &specification).await?;
    commit(&portal, &ctx, tx, "update", &specification).await?;
    Ok(Json(show(&specification)))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version, specification)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let specification = find(&portal, &product, &version, &specification).await?;
    let mut tx = portal.db().begin().await?;
    specifications::delete(&mut tx, specification.id).await?;
    commit(&portal, &ctx, tx, "delete", &specification).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn commit(
    portal: &Portal,
    ctx: &Ctx,
    mut tx: Tx,
    action: &str,
    specification: &Specification,
) -> Result<(), Error> {
    portal
        .audit(
            &mut tx,
            ctx,
            Entry::new(action, "specification", specification.id),
        )
        .await?;
    tx.commit().await?;
    Ok(())
}

async fn find(
    portal: &Portal,
    product: &str,
    version: &str,
    specification: &str,
) -> Result<Specification, Error> {
    let version = find_version(portal, product, version).await?;
    let id: SpecificationId = path_id("specification", specification)?;
    let found = specifications::find(portal.db(), id)
        .await?
        .filter(|found| found.product_version_id == version.id);
    found.ok_or_else(|| Error::not_found("specification", id))
}

/// The text that was sent, and the same as JSON; it must be an OpenAPI or Swagger document.
///
/// # Errors
/// [`Error::Invalid`]; the reason names line and column where the text breaks off.
fn check(sent: &str) -> Result<(String, String), Error> {
    let content = decode("content", sent)?;
    let refuse = |reason: String| Error::invalid(Violation::body("content", "invalid", reason));
    let document: Value = if content.trim_start().starts_with('{') {
        serde_json::from_str(&content)
            .map_err(|error| refuse(format!("\"content\" is not valid JSON: {error}")))?
    } else {
        serde_saphyr::from_str(&content)
            .map_err(|error| refuse(format!("\"content\" is not valid YAML: {error}")))?
    };
    let root = document.as_object();
    if root.is_none_or(|root| !root.contains_key("openapi") && !root.contains_key("swagger")) {
        return Err(refuse("\"content\" must be an OpenAPI document: it has neither `openapi` nor `swagger` at its top".into()));
    }
    if !document["info"]["title"].is_string() {
        return Err(refuse(
            "\"content\" must name the API under info.title".into(),
        ));
    }
    if !document["paths"].is_object() && !document["webhooks"].is_object() {
        return Err(refuse(
            "\"content\" must describe at least one path under paths".into(),
        ));
    }
    Ok((content, document.to_string()))
}

/// The content goes out as it came in: base64 (format `byte`).
fn show(specification: &Specification) -> Value {
    use base64::Engine as _;
    json!({
        "id": specification.id,
        "name": specification.name,
        "content": base64::engine::general_purpose::STANDARD.encode(&specification.content),
        "created_at": specification.created_at.to_rfc3339(),
        "updated_at": specification.updated_at.to_rfc3339(),
    })
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_document_that_breaks_off_is_refused_with_its_line() {
        let reason = |text: &str| check(text).unwrap_err().to_string();
        assert!(
            reason("{\"openapi\": \"3.0.0\",").contains("line 1"),
            "{}",
            reason("{\"openapi\": \"3.0.0\",")
        );
        assert!(
            reason("openapi: 3.0.0\ninfo: [").contains("line"),
            "{}",
            reason("openapi: 3.0.0\ninfo: [")
        );
        assert!(reason("just: text").contains("OpenAPI document"));
        assert!(reason("openapi: 3.0.0\ninfo: {title: x}").contains("paths"));
        assert!(check("openapi: 3.0.0\ninfo: {title: x}\npaths: {}").is_ok());
    }
}
