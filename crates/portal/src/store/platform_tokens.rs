//! Platform tokens.

use std::collections::HashMap;

use storage::{Error, Row, Tx, Value, params};

use super::Read;
use super::listing::{self, Listing};
use super::related::one_of;
use crate::model::{AdministratorId, PlatformToken, PlatformTokenId, SystemAccountId};

const COLUMNS: &str = "t.id, t.kind, t.name, t.last_four, t.expires_at, t.last_used_at, t.revoked_at, t.system_account_id, t.administrator_id, t.access, t.created_at, t.updated_at";
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
        system_account_id: row.get("system_account_id")?,
        administrator_id: row.get("administrator_id")?,
        access: row.get("access")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &PlatformToken, digest: &str) -> Result<(), Error> {
    let sql = "INSERT INTO portal_platform_token (id, kind, name, last_four, expires_at, last_used_at, revoked_at, system_account_id, administrator_id, access, created_at, updated_at, digest) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let params = params![
        entity.id,
        entity.kind,
        &entity.name,
        &entity.last_four,
        entity.expires_at,
        entity.last_used_at,
        entity.revoked_at,
        entity.system_account_id,
        entity.administrator_id,
        entity.access,
        entity.created_at,
        entity.updated_at,
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

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: PlatformTokenId,
) -> Result<Option<PlatformToken>, Error> {
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
) -> Result<(Vec<PlatformToken>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
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

/// Revokes what a system account has, and takes it from the account.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn revoke_of_account(
    tx: &mut Tx,
    account: SystemAccountId,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    revoke_of(tx, "system_account_id", params![account, now]).await
}

/// Revokes what an administrator has, and takes it from them.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn revoke_of_administrator(
    tx: &mut Tx,
    administrator: AdministratorId,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    revoke_of(tx, "administrator_id", params![administrator, now]).await
}

/// Revokes what the owner in a column has. The owner goes, and the tokens stay.
async fn revoke_of(
    tx: &mut Tx,
    column: &'static str,
    owner_and_now: Vec<Value>,
) -> Result<(), Error> {
    let sql = format!(
        "UPDATE portal_platform_token SET revoked_at = COALESCE(revoked_at, $2), {column} = NULL \
         WHERE {column} = $1"
    );
    tx.execute(&sql, owner_and_now).await?;
    Ok(())
}

/// Those of an administrator, oldest first, revoked and expired ones too.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_administrator(
    mut read: impl Read,
    administrator: AdministratorId,
) -> Result<Vec<PlatformToken>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.administrator_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![administrator], parse).await
}

/// Those of a system account, oldest first, revoked and expired ones too.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_account(
    mut read: impl Read,
    account: SystemAccountId,
) -> Result<Vec<PlatformToken>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.system_account_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![account], parse).await
}

/// How many tokens of these accounts work; an account without any is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_working(
    mut read: impl Read,
    accounts: impl IntoIterator<Item = SystemAccountId>,
    now: oauth::Timestamp,
) -> Result<HashMap<SystemAccountId, i64>, Error> {
    let (condition, mut params) = one_of("system_account_id", accounts);
    params.push(now.into());
    let sql = format!(
        "SELECT system_account_id AS id, COUNT(*) AS n FROM portal_platform_token \
         WHERE {condition} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${}) \
         GROUP BY system_account_id",
        params.len()
    );
    let pair = |row: &Row| Ok((row.get("id")?, row.get("n")?));
    let rows = read.all(&sql, params, pair).await?;
    Ok(rows.into_iter().collect())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: PlatformTokenId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_platform_token WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// Writes the name of one.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn rename(tx: &mut Tx, entity: &PlatformToken) -> Result<(), Error> {
    let sql = "UPDATE portal_platform_token SET name = $2, updated_at = $3 WHERE id = $1";
    let params = params![entity.id, &entity.name, entity.updated_at];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
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
