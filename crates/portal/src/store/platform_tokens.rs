//! Platform tokens.

use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::{PlatformToken, PlatformTokenId};

const COLUMNS: &str =
    "t.id, t.kind, t.name, t.last_four, t.expires_at, t.last_used_at, t.revoked_at, t.created_at";
const FROM: &str = "portal_platform_token t";

fn parse(row: &Row) -> Result<PlatformToken, Error> {
    Ok(PlatformToken {
        id: row.get("id")?,
        kind: row.get("kind")?,
        name: row.get("name")?,
        last_four: row.get("last_four")?,
        expires_at: row.get("expires_at")?,
        last_used_at: row.get("last_used_at")?,
        revoked_at: row.get("revoked_at")?,
        created_at: row.get("created_at")?,
    })
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &PlatformToken, digest: &str) -> Result<(), Error> {
    let sql = "INSERT INTO portal_platform_token (id, kind, name, last_four, expires_at, last_used_at, revoked_at, created_at, digest) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params = params![
        entity.id,
        entity.kind,
        &entity.name,
        &entity.last_four,
        entity.expires_at,
        entity.last_used_at,
        entity.revoked_at,
        entity.created_at,
        digest
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// The token with this digest.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_by_digest(
    mut read: impl Read,
    digest: &str,
) -> Result<Option<PlatformToken>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.digest = $1");
    read.one(&sql, params![digest], parse).await
}

/// All of them, oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn every(mut read: impl Read) -> Result<Vec<PlatformToken>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE 1 = 1 ORDER BY t.created_at, t.id");
    read.all(&sql, params![], parse).await
}

/// Marks a token as revoked: true if it worked until now.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn revoke(
    tx: &mut Tx,
    id: PlatformTokenId,
    now: oauth::Timestamp,
) -> Result<bool, Error> {
    let sql =
        "UPDATE portal_platform_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id, now]).await? > 0)
}

/// Notes that a token was used.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn touch(
    tx: &mut Tx,
    id: PlatformTokenId,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_platform_token SET last_used_at = $2 WHERE id = $1";
    tx.execute(sql, params![id, now]).await?;
    Ok(())
}
