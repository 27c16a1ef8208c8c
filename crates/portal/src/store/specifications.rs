//! Specifications of product versions.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{ProductVersionId, Specification, SpecificationId};

const COLUMNS: &str =
    "t.id, t.product_version_id, t.name, t.content, t.document, t.kind, t.created_at, t.updated_at";
const FROM: &str = "portal_specification t";

fn parse(row: &Row) -> Result<Specification, Error> {
    Ok(Specification {
        id: row.get("id")?,
        product_version_id: row.get("product_version_id")?,
        name: row.get("name")?,
        content: row.get("content")?,
        document: row.get("document")?,
        kind: row.get("kind")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: SpecificationId,
) -> Result<Option<Specification>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Specification>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Specification) -> Result<(), Error> {
    let sql = "INSERT INTO portal_specification (id, product_version_id, name, content, document, kind, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = params![
        entity.id,
        entity.product_version_id,
        &entity.name,
        &entity.content,
        &entity.document,
        entity.kind,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`name`, `content`, `document`, `kind`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Specification) -> Result<(), Error> {
    let sql = "UPDATE portal_specification SET name = $2, content = $3, document = $4, kind = $5, updated_at = $6 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        &entity.content,
        &entity.document,
        entity.kind,
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while others refer to it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: SpecificationId) -> Result<bool, Error> {
    Ok(tx
        .execute(
            "DELETE FROM portal_specification WHERE id = $1",
            params![id],
        )
        .await?
        > 0)
}

/// The one of a version.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_version(
    mut read: impl Read,
    version_id: ProductVersionId,
) -> Result<Option<Specification>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.product_version_id = $1");
    read.one(&sql, params![version_id], parse).await
}

/// Which one a version has, and when it last changed: without its text, which may be long.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn revision_of(
    mut read: impl Read,
    version_id: ProductVersionId,
) -> Result<Option<(SpecificationId, Timestamp)>, Error> {
    let sql =
        "SELECT t.id, t.updated_at FROM portal_specification t WHERE t.product_version_id = $1";
    let parse = |row: &Row| Ok((row.get("id")?, row.get("updated_at")?));
    read.one(sql, params![version_id], parse).await
}
