//! Invitations of administrators.

use oauth::Timestamp;
use storage::{Error, Tx, params};

use super::Read;
use crate::model::AdministratorId;

/// Keeps an invitation; earlier ones of the same account end.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn replace(
    tx: &mut Tx,
    administrator: AdministratorId,
    digest: &str,
    end: Timestamp,
) -> Result<(), Error> {
    delete_of(tx, administrator).await?;
    let sql = "INSERT INTO portal_administrator_invitation (digest, administrator_id, expires_at) \
               VALUES ($1, $2, $3)";
    tx.execute(sql, params![digest, administrator, end])
        .await
        .map(drop)
}

/// Who is invited by this digest, if the invitation has not ended.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    digest: &str,
    now: Timestamp,
) -> Result<Option<AdministratorId>, Error> {
    let sql = "SELECT administrator_id FROM portal_administrator_invitation \
               WHERE digest = $1 AND expires_at > $2";
    let id = |row: &storage::Row| row.get("administrator_id");
    read.one(sql, params![digest, now], id).await
}

/// Spends an invitation: true for the first one alone who does.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn spend(tx: &mut Tx, digest: &str) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_administrator_invitation WHERE digest = $1";
    Ok(tx.execute(sql, params![digest]).await? > 0)
}

/// Ends the invitations of an account.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete_of(tx: &mut Tx, id: AdministratorId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_administrator_invitation WHERE administrator_id = $1";
    tx.execute(sql, params![id]).await.map(drop)
}

/// Forgets invitations that have ended.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn prune(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM portal_administrator_invitation WHERE expires_at <= $1";
    tx.execute(sql, params![now]).await.map(drop)
}
