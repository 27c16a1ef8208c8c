//! The OpenAPI documents of product versions: at most one a version.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;

use super::contents::decode;
use super::openapi;
use super::removals;
use super::versions::find as find_version;
use crate::error::Violation;
use crate::model::{
    ProductVersion, RemovalId, Removed, Specification, SpecificationId, SpecificationKind,
};
use crate::rest::check::{Rule, Shape, required, text};
use crate::rest::{apply, input, path_id};
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

/// What can be written of a specification.
#[derive(Serialize, Deserialize)]
struct Input {
    name: String,
    content: String,
}

/// The specification of a path, which must be the version's.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
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

/// Gives a version its specification.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if it has one.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    version: &ProductVersion,
    body: Map<String, Value>,
) -> Result<Specification, Error> {
    let Input { name, content } = input(body, &SHAPE)?;
    let Checked {
        content,
        document,
        kind,
    } = check("content", &content)?;
    let specification = Specification {
        id: SpecificationId::new(portal.entropy()),
        product_version_id: version.id,
        name,
        content,
        document: document.to_string(),
        kind,
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
    let entry = Entry::new("create", "specification", specification.id);
    commit(portal, ctx, tx, entry.making(&specification)).await?;
    Ok(specification)
}

/// Changes what `body` names.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    earlier: Specification,
    body: Map<String, Value>,
) -> Result<Specification, Error> {
    let present = Input {
        name: earlier.name.clone(),
        content: earlier.content.clone(),
    };
    let Input { name, content } = apply(&present, body, &SHAPE)?;
    let before = earlier.clone();
    let mut specification = Specification {
        name,
        updated_at: ctx.now,
        ..earlier
    };
    if content != specification.content {
        check("content", &content)?.write(&mut specification);
    }
    let mut tx = portal.db().begin().await?;
    specifications::update(&mut tx, &specification).await?;
    let entry = Entry::new("update", "specification", specification.id);
    commit(portal, ctx, tx, entry.changing(&before, &specification)).await?;
    Ok(specification)
}

/// Takes a version's specification away.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    specification: &Specification,
) -> Result<RemovalId, Error> {
    let mut tx = portal.db().begin().await?;
    let removed = Removed::Specification(specification.clone());
    let removal = removals::keep(portal, ctx, &mut tx, removed).await?;
    specifications::delete(&mut tx, specification.id).await?;
    let entry = Entry::new("delete", "specification", specification.id);
    commit(portal, ctx, tx, entry.removing(specification)).await?;
    Ok(removal)
}

async fn commit(portal: &Portal, ctx: &Ctx, mut tx: Tx, entry: Entry<'_>) -> Result<(), Error> {
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a text would be taken as a specification.
///
/// # Errors
/// [`Error::Invalid`], with every fault and its line and column.
pub(crate) fn validate(content: &str) -> Result<(), Error> {
    check("content", content).map(drop)
}

/// A text that is an OpenAPI or Swagger document.
pub(super) struct Checked {
    /// As it was sent.
    pub(super) content: String,
    /// The same as JSON.
    pub(super) document: Value,
    /// Which of the two.
    pub(super) kind: SpecificationKind,
}

impl Checked {
    /// Makes it what a specification says.
    pub(super) fn write(self, specification: &mut Specification) {
        specification.content = self.content;
        specification.document = self.document.to_string();
        specification.kind = self.kind;
    }
}

/// Reads the text of a field; it must be an OpenAPI or Swagger document.
///
/// # Errors
/// [`Error::Invalid`], with every fault and its line and column.
pub(super) fn check(field: &str, sent: &str) -> Result<Checked, Error> {
    let content = decode(field, sent)?;
    match openapi::read(&content) {
        Ok(document) => Ok(Checked {
            content,
            kind: match document.get("openapi") {
                Some(_) => SpecificationKind::Oas3,
                None => SpecificationKind::Oas2,
            },
            document,
        }),
        Err(faults) => {
            let violation = |fault: &openapi::Fault| {
                Violation::body(field, "invalid", format!("\"{field}\" {fault}"))
            };
            Err(Error::Invalid(faults.iter().map(violation).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_document_that_breaks_off_is_refused_with_its_line() {
        let check = |text: &str| check("content", text);
        let reason = |text: &str| check(text).err().unwrap().to_string();
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
