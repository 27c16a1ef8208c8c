//! Where audit entries are sent.

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Filter, Listing, Test};
use crate::model::{AuditDestination, AuditDestinationId, AuditScope, AuditWebhook, LogFormat};

fn destination(row: &Row) -> Result<AuditDestination, Error> {
    let format: String = row.get("log_format")?;
    let corrupt = || Error::Corrupt("an audit destination's format".into());
    Ok(AuditDestination {
        id: row.get("id")?,
        name: row.get("name")?,
        endpoint: row.get("endpoint")?,
        authorization: row.get("authorization_sealed")?,
        log_format: LogFormat::parse(&format).ok_or_else(corrupt)?,
        skip_ssl_verification: row.get("skip_ssl_verification")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn webhook(row: &Row) -> Result<AuditWebhook, Error> {
    let scope: String = row.get("scope")?;
    let scope = scope.parse();
    Ok(AuditWebhook {
        scope: scope.map_err(|_| Error::Corrupt("the scope of an audit webhook".into()))?,
        destination_id: row.get("destination_id")?,
        enabled: row.get("enabled")?,
        updated_at: row.get("updated_at")?,
        failures: row.get("failures")?,
        retry_at: row.get("retry_at")?,
        last_attempt_at: row.get("last_attempt_at")?,
        last_response_code: row.get("last_response_code")?,
        last_response_message: row.get("last_response_message")?,
    })
}

/// A destination by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_destination(
    mut read: impl Read,
    id: AuditDestinationId,
) -> Result<Option<AuditDestination>, Error> {
    let sql = "SELECT * FROM portal_audit_destination WHERE id = $1";
    read.one(sql, params![id], destination).await
}

/// The destinations with a name, the oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn destinations(mut read: impl Read) -> Result<Vec<AuditDestination>, Error> {
    let sql =
        "SELECT * FROM portal_audit_destination WHERE name IS NOT NULL ORDER BY created_at, id";
    read.all(sql, Vec::new(), destination).await
}

/// One page of the destinations with a name, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<AuditDestination>, i64), Error> {
    let mut listing = listing.clone();
    listing.filters.push(Filter {
        column: "t.name",
        test: Test::Present(true),
    });
    let from = "portal_audit_destination t";
    listing::page(read, "t.*", from, "t.id", &listing, destination).await
}

/// Writes a destination as it is now.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn put_destination(tx: &mut Tx, entity: &AuditDestination) -> Result<(), Error> {
    let sql = "INSERT INTO portal_audit_destination (id, name, endpoint, authorization_sealed, \
               log_format, skip_ssl_verification, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
               name = excluded.name, endpoint = excluded.endpoint, \
               authorization_sealed = excluded.authorization_sealed, log_format = excluded.log_format, \
               skip_ssl_verification = excluded.skip_ssl_verification, updated_at = excluded.updated_at";
    let params = params![
        entity.id,
        entity.name.as_ref(),
        &entity.endpoint,
        entity.authorization.as_ref(),
        entity.log_format.as_str(),
        entity.skip_ssl_verification,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Removes a destination.
///
/// # Errors
/// Those of [`Tx::execute`]; a webhook that sends there keeps it.
pub(crate) async fn delete_destination(tx: &mut Tx, id: AuditDestinationId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_audit_destination WHERE id = $1";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

/// A webhook, if it was ever set.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    scope: AuditScope,
) -> Result<Option<AuditWebhook>, Error> {
    let sql = "SELECT * FROM portal_audit_webhook WHERE scope = $1";
    read.one(sql, params![scope.to_string()], webhook).await
}

/// The webhooks that send.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn enabled(mut read: impl Read) -> Result<Vec<AuditWebhook>, Error> {
    let sql = "SELECT * FROM portal_audit_webhook WHERE enabled ORDER BY scope";
    read.all(sql, Vec::new(), webhook).await
}

/// Writes a webhook's settings, and that the next attempt may be at once.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn put(tx: &mut Tx, entity: &AuditWebhook) -> Result<(), Error> {
    let sql = "INSERT INTO portal_audit_webhook (scope, destination_id, enabled, updated_at, failures) \
               VALUES ($1, $2, $3, $4, 0) ON CONFLICT (scope) DO UPDATE SET \
               destination_id = excluded.destination_id, enabled = excluded.enabled, \
               updated_at = excluded.updated_at, retry_at = NULL";
    let params = params![
        entity.scope.to_string(),
        entity.destination_id,
        entity.enabled,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes down how an attempt went, whatever became of the settings meanwhile.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn attempted(tx: &mut Tx, entity: &AuditWebhook) -> Result<(), Error> {
    let sql = "UPDATE portal_audit_webhook SET failures = $2, retry_at = $3, last_attempt_at = $4, \
               last_response_code = $5, last_response_message = $6 WHERE scope = $1";
    let params = params![
        entity.scope.to_string(),
        entity.failures,
        entity.retry_at,
        entity.last_attempt_at,
        entity.last_response_code.map(i64::from),
        entity.last_response_message.as_ref()
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Forgets a portal's webhook with its replay, when the portal goes.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn forget(tx: &mut Tx, scope: AuditScope) -> Result<(), Error> {
    for table in ["portal_audit_webhook", "portal_audit_replay"] {
        let sql = format!("DELETE FROM {table} WHERE scope = $1");
        tx.execute(&sql, params![scope.to_string()]).await?;
    }
    Ok(())
}
