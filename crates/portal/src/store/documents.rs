//! Documents of API products.

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{ApiProductId, Document, DocumentId};

const COLUMNS: &str = "t.id, t.api_product_id, t.parent_document_id, t.slug, t.title, t.status, t.content, t.metadata, t.position, t.created_at, t.updated_at";
const FROM: &str = "portal_document t";

fn parse(row: &Row) -> Result<Document, Error> {
    Ok(Document {
        id: row.get("id")?,
        api_product_id: row.get("api_product_id")?,
        parent_document_id: row.get("parent_document_id")?,
        slug: row.get("slug")?,
        title: row.get("title")?,
        status: row.get("status")?,
        content: row.get("content")?,
        metadata: row.get::<Json<_>>("metadata")?.0,
        position: row.get("position")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: DocumentId) -> Result<Option<Document>, Error> {
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
) -> Result<(Vec<Document>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Document) -> Result<(), Error> {
    let sql = "INSERT INTO portal_document (id, api_product_id, parent_document_id, slug, title, status, content, metadata, position, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = params![
        entity.id,
        entity.api_product_id,
        entity.parent_document_id,
        &entity.slug,
        &entity.title,
        entity.status,
        &entity.content,
        Json(&entity.metadata),
        entity.position,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`parent_document_id`, `slug`, `title`, `status`, `content`, `metadata`, `position`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Document) -> Result<(), Error> {
    let sql = "UPDATE portal_document SET parent_document_id = $2, slug = $3, title = $4, status = $5, content = $6, metadata = $7, position = $8, updated_at = $9 \
               WHERE id = $1";
    let params = params![
        entity.id,
        entity.parent_document_id,
        &entity.slug,
        &entity.title,
        entity.status,
        &entity.content,
        Json(&entity.metadata),
        entity.position,
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
pub(crate) async fn delete(tx: &mut Tx, id: DocumentId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_document WHERE id = $1", params![id])
        .await?
        > 0)
}

/// All of a product: parents and siblings in their order.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_product(
    mut read: impl Read,
    product_id: ApiProductId,
) -> Result<Vec<Document>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.api_product_id = $1 ORDER BY t.position, t.created_at, t.id"
    );
    read.all(&sql, params![product_id], parse).await
}
