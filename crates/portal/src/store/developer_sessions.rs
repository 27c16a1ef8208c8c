//! Developers who are signed in.

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{DeveloperId, DeveloperSession, DeveloperSessionId};

const COLUMNS: &str = "t.id, t.developer_id, t.portal_id, t.access_digest, t.access_expires_at, t.refresh_digest, t.refresh_expires_at, t.expires_at, t.created_at, t.updated_at";
const FROM: &str = "portal_developer_session t";

fn parse(row: &Row) -> Result<DeveloperSession, Error> {
    Ok(DeveloperSession {
        id: row.get("id")?,
        developer_id: row.get("developer_id")?,
        portal_id: row.get("portal_id")?,
        access_digest: row.get("access_digest")?,
        access_expires_at: row.get("access_expires_at")?,
        refresh_digest: row.get("refresh_digest")?,
        refresh_expires_at: row.get("refresh_expires_at")?,
        expires_at: row.get("expires_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub async fn find(
    mut read: impl Read,
    id: DeveloperSessionId,
) -> Result<Option<DeveloperSession>, Error> {
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
pub async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<DeveloperSession>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub async fn insert(tx: &mut Tx, entity: &DeveloperSession) -> Result<(), Error> {
    let sql = "INSERT INTO portal_developer_session (id, developer_id, portal_id, access_digest, access_expires_at, refresh_digest, refresh_expires_at, expires_at, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        entity.id,
        entity.developer_id,
        entity.portal_id,
        &entity.access_digest,
        entity.access_expires_at,
        &entity.refresh_digest,
        entity.refresh_expires_at,
        entity.expires_at,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`access_digest`, `access_expires_at`, `refresh_digest`, `refresh_expires_at`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub async fn update(tx: &mut Tx, entity: &DeveloperSession) -> Result<(), Error> {
    let sql = "UPDATE portal_developer_session SET access_digest = $2, access_expires_at = $3, refresh_digest = $4, refresh_expires_at = $5, updated_at = $6 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.access_digest,
        entity.access_expires_at,
        &entity.refresh_digest,
        entity.refresh_expires_at,
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
pub async fn delete(tx: &mut Tx, id: DeveloperSessionId) -> Result<bool, Error> {
    Ok(tx
        .execute(
            "DELETE FROM portal_developer_session WHERE id = $1",
            params![id],
        )
        .await?
        > 0)
}

/// The session with this access token's digest.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub async fn find_by_access(
    mut read: impl Read,
    digest: &str,
) -> Result<Option<DeveloperSession>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.access_digest = $1");
    read.row(&sql, params![digest])
        .await?
        .as_ref()
        .map(parse)
        .transpose()
}

/// The session with this refresh token's digest.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub async fn find_by_refresh(
    mut read: impl Read,
    digest: &str,
) -> Result<Option<DeveloperSession>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.refresh_digest = $1");
    read.row(&sql, params![digest])
        .await?
        .as_ref()
        .map(parse)
        .transpose()
}

/// Ends every session of a developer.
///
/// # Errors
/// Those of [`Tx::execute`].
pub async fn delete_of_developer(tx: &mut Tx, developer_id: DeveloperId) -> Result<u64, Error> {
    let sql = "DELETE FROM portal_developer_session WHERE developer_id = $1";
    tx.execute(sql, params![developer_id]).await
}

/// Removes sessions that have ended.
///
/// # Errors
/// Those of [`Tx::execute`].
pub async fn delete_ended(tx: &mut Tx, now: oauth::Timestamp) -> Result<u64, Error> {
    let sql =
        "DELETE FROM portal_developer_session WHERE expires_at <= $1 OR refresh_expires_at <= $1";
    tx.execute(sql, params![now]).await
}
