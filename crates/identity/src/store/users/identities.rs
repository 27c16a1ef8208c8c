//! Accounts that are linked to another one. Their rows stay: they hold the password and the address that
//! people sign in with.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use super::{COLUMNS, read};
use crate::model::identity::LinkedIdentity;
use crate::model::user::User;

/// An account, whether it is linked to another one or not.
pub(crate) struct Account {
    /// The account by itself.
    pub(crate) user: User,
    /// The user whose account it is, if that is another one.
    pub(crate) linked_to: Option<String>,
}

impl Account {
    /// The id of the user whose account it is.
    pub(crate) fn owner(&self) -> &str {
        self.linked_to.as_deref().unwrap_or(&self.user.user_id)
    }
}

pub(super) fn account(row: &Row) -> Result<Account, storage::Error> {
    Ok(Account {
        user: read(row)?,
        linked_to: row.get("linked_to")?,
    })
}

/// The account of an id.
pub(crate) async fn find_account(
    db: &Database,
    id: &str,
) -> Result<Option<Account>, storage::Error> {
    let sql = format!("SELECT {COLUMNS}, linked_to FROM identity_user WHERE user_id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(account).transpose()
}

/// The account of an id, locked until the transaction ends.
pub(crate) async fn lock_account(tx: &mut Tx, id: &str) -> Result<Option<Account>, storage::Error> {
    let sql = format!(
        "UPDATE identity_user SET updated_at = updated_at WHERE user_id = $1 \
         RETURNING {COLUMNS}, linked_to"
    );
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(account).transpose()
}

/// Makes an account another user's, together with those that were linked to it. What was kept of its
/// user goes.
pub(crate) async fn link(
    tx: &mut Tx,
    secondary: &str,
    primary: &str,
    now: Timestamp,
) -> Result<(), storage::Error> {
    for sql in [
        "DELETE FROM identity_user_role WHERE user_id = $1",
        "DELETE FROM identity_user_permission WHERE user_id = $1",
        "DELETE FROM identity_login_failure WHERE account = $1",
    ] {
        tx.execute(sql, params![secondary]).await?;
    }
    let sql = "UPDATE identity_user SET linked_to = $2, linked_at = $3, linked = '[]', \
               user_metadata = '{}', app_metadata = '{}' WHERE user_id = $1 OR linked_to = $1";
    tx.execute(sql, params![secondary, primary, now]).await?;
    list(tx, primary, now).await
}

/// Makes a linked account a user of its own again. Gives whether it was linked to that user.
pub(crate) async fn unlink(
    tx: &mut Tx,
    secondary: &str,
    primary: &str,
    now: Timestamp,
) -> Result<bool, storage::Error> {
    let sql = "UPDATE identity_user SET linked_to = NULL, linked_at = NULL, updated_at = $3 \
               WHERE user_id = $1 AND linked_to = $2";
    if tx.execute(sql, params![secondary, primary, now]).await? == 0 {
        return Ok(false);
    }
    list(tx, primary, now).await?;
    Ok(true)
}

/// Writes anew which accounts a user has: one of them changed.
pub(crate) async fn list(tx: &mut Tx, primary: &str, now: Timestamp) -> Result<(), storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_user WHERE linked_to = $1 ORDER BY linked_at, user_id"
    );
    let rows = tx.query(&sql, params![primary]).await?;
    let linked = rows
        .iter()
        .map(|row| Ok(LinkedIdentity::of(&read(row)?)))
        .collect::<Result<Vec<_>, storage::Error>>()?;
    let sql = "UPDATE identity_user SET linked = $2, updated_at = $3 WHERE user_id = $1";
    tx.execute(sql, params![primary, storage::Json(&linked), now])
        .await?;
    Ok(())
}

/// The ids of the accounts that are linked to a user's.
pub(super) async fn ids(tx: &mut Tx, primary: &str) -> Result<Vec<String>, storage::Error> {
    let sql = "SELECT user_id FROM identity_user WHERE linked_to = $1";
    let rows = tx.query(sql, params![primary]).await?;
    rows.iter().map(|row| row.get("user_id")).collect()
}
