//! When gateways last let the credentials of applications in.

use std::collections::HashMap;

use gateway::config::Use;
use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::ApplicationId;

/// By credential: a client id, or the id of an API key.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_application(
    mut read: impl Read,
    id: ApplicationId,
) -> Result<HashMap<String, Timestamp>, Error> {
    let sql = "SELECT credential, used_at FROM portal_credential_use WHERE application_id = $1";
    let parse: fn(&Row) -> Result<(String, Timestamp), Error> =
        |row| Ok((row.get("credential")?, row.get("used_at")?));
    Ok(read
        .all(sql, params![id], parse)
        .await?
        .into_iter()
        .collect())
}

/// Notes a use, unless the application is gone or a later use is known.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn note(tx: &mut Tx, used: &Use, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO portal_credential_use (application_id, credential, used_at) \
               SELECT id, CAST($2 AS TEXT), CAST($3 AS BIGINT) FROM portal_application WHERE id = $1 \
               ON CONFLICT (application_id, credential) DO UPDATE SET used_at = excluded.used_at \
               WHERE portal_credential_use.used_at < excluded.used_at";
    let at = used.used_at.min(now);
    let params = params![&used.application_id, &used.credential, at];
    tx.execute(sql, params).await?;
    Ok(())
}
