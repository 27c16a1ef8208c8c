//! The key that signs audit entries.

use oauth::Timestamp;
use storage::{Error, Tx, params};

use super::Read;

/// The key in use, sealed.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read) -> Result<Option<String>, Error> {
    let sql = "SELECT sealed FROM portal_audit_key WHERE id = 'current'";
    read.one(sql, Vec::new(), |row| row.get("sealed")).await
}

/// Keeps the first key. Another node may have been faster: its key stays.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, sealed: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO portal_audit_key (id, sealed, created_at) VALUES ('current', $1, $2) \
               ON CONFLICT (id) DO NOTHING";
    tx.execute(sql, params![sealed, now]).await?;
    Ok(())
}
