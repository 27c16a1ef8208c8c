//! Tokens sent to developers by mail.

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{DeveloperId, DeveloperToken, DeveloperTokenId, DeveloperTokenPurpose};

const COLUMNS: &str =
    "t.id, t.developer_id, t.purpose, t.digest, t.expires_at, t.used_at, t.created_at";
const FROM: &str = "portal_developer_token t";

fn parse(row: &Row) -> Result<DeveloperToken, Error> {
    Ok(DeveloperToken {
        id: row.get("id")?,
        developer_id: row.get("developer_id")?,
        purpose: row.get("purpose")?,
        digest: row.get("digest")?,
        expires_at: row.get("expires_at")?,
        used_at: row.get("used_at")?,
        created_at: row.get("created_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub async fn find(
    mut read: impl Read,
    id: DeveloperTokenId,
) -> Result<Option<DeveloperToken>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.row(&sql, params![id])
        .await?
        .as_ref()
        .map(parse)
        .transpose()
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<DeveloperToken>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub async fn insert(tx: &mut Tx, entity: &DeveloperToken) -> Result<(), Error> {
    let sql = "INSERT INTO portal_developer_token (id, developer_id, purpose, digest, expires_at, used_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = params![
        entity.id,
        entity.developer_id,
        entity.purpose,
        &entity.digest,
        entity.expires_at,
        entity.used_at,
        entity.created_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`used_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub async fn update(tx: &mut Tx, entity: &DeveloperToken) -> Result<(), Error> {
    let sql = "UPDATE portal_developer_token SET used_at = $2 \
               WHERE id = $1";
    let params = params![entity.id, entity.used_at];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while others refer to it, and those of [`Tx::execute`].
pub async fn delete(tx: &mut Tx, id: DeveloperTokenId) -> Result<bool, Error> {
    Ok(tx
        .execute(
            "DELETE FROM portal_developer_token WHERE id = $1",
            params![id],
        )
        .await?
        > 0)
}

/// The token with this digest.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub async fn find_by_digest(
    mut read: impl Read,
    digest: &str,
) -> Result<Option<DeveloperToken>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.digest = $1");
    read.row(&sql, params![digest])
        .await?
        .as_ref()
        .map(parse)
        .transpose()
}

/// Spends a token: true if it was unused until now, so that of two uses at once only one holds.
///
/// # Errors
/// Those of [`Tx::execute`].
pub async fn spend(
    tx: &mut Tx,
    id: DeveloperTokenId,
    now: oauth::Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_developer_token SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
    Ok(tx.execute(sql, params![id, now]).await? > 0)
}

/// Removes a developer's unused tokens for this purpose.
///
/// # Errors
/// Those of [`Tx::execute`].
pub async fn delete_unused(
    tx: &mut Tx,
    developer_id: DeveloperId,
    purpose: DeveloperTokenPurpose,
) -> Result<(), Error> {
    let sql = "DELETE FROM portal_developer_token \
               WHERE developer_id = $1 AND purpose = $2 AND used_at IS NULL";
    tx.execute(sql, params![developer_id, purpose]).await?;
    Ok(())
}
