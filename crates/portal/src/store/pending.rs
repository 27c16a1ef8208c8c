//! Why the removal of an application at its provider waits.

use std::collections::HashMap;

use storage::{Error, params};

use super::Read;
use crate::service::applications::SETTLE_QUEUE;

/// The last failure of each application that is being settled, by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn reasons(mut read: impl Read) -> Result<HashMap<String, String>, Error> {
    let sql = "SELECT key, reason FROM storage_job WHERE queue = $1 AND reason IS NOT NULL";
    let rows = read.rows(sql, params![SETTLE_QUEUE]).await?;
    rows.iter()
        .map(|row| Ok((row.get("key")?, row.get("reason")?)))
        .collect()
}
