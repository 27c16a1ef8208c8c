//! What was removed and can be brought back.

use oauth::Timestamp;
use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{Removal, RemovalId};

const COLUMNS: &str = "t.id, t.removed, t.removed_by, t.removed_at";
const FROM: &str = "portal_removal t";

fn parse(row: &Row) -> Result<Removal, Error> {
    Ok(Removal {
        id: row.get("id")?,
        removed: row.get::<Json<_>>("removed")?.0,
        by: row.get("removed_by")?,
        removed_at: row.get("removed_at")?,
    })
}

/// One by its id, if it was made at `since` or later.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: RemovalId,
    since: Timestamp,
) -> Result<Option<Removal>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1 AND t.removed_at >= $2");
    read.one(&sql, params![id, since], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<Removal>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Removal) -> Result<(), Error> {
    let sql = "INSERT INTO portal_removal (id, removed, removed_by, removed_at) \
               VALUES ($1, $2, $3, $4)";
    let params = params![
        entity.id,
        Json(&entity.removed),
        &entity.by,
        entity.removed_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Forgets one, and says whether there was one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: RemovalId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_removal WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// Forgets those that were made before `since`.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn forget(tx: &mut Tx, since: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM portal_removal WHERE removed_at < $1";
    tx.execute(sql, params![since]).await?;
    Ok(())
}
