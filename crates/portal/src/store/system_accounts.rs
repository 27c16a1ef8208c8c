//! System accounts.

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{SystemAccount, SystemAccountId};

const COLUMNS: &str = "t.id, t.name, t.description, t.created_at, t.updated_at";
const FROM: &str = "portal_system_account t";

fn parse(row: &Row) -> Result<SystemAccount, Error> {
    Ok(SystemAccount {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
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
    id: SystemAccountId,
) -> Result<Option<SystemAccount>, Error> {
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
) -> Result<(Vec<SystemAccount>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// [`Error::Unique`] if its name is taken, and those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &SystemAccount) -> Result<(), Error> {
    let sql = "INSERT INTO portal_system_account (id, name, description, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5)";
    let params = params![
        entity.id,
        &entity.name,
        &entity.description,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`insert`].
pub(crate) async fn update(tx: &mut Tx, entity: &SystemAccount) -> Result<(), Error> {
    let sql = "UPDATE portal_system_account SET name = $2, description = $3, updated_at = $4 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        &entity.description,
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
/// [`Error::ForeignKey`] while it has tokens, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: SystemAccountId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_system_account WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}
