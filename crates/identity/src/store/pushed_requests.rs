//! Pushed authorization requests (RFC 9126): each is good once.

use oauth::Timestamp;
use storage::{Database, params};

/// A request to be kept.
pub(crate) struct Pushed<'a> {
    /// The digest of its reference.
    pub(crate) request_uri: &'a str,
    pub(crate) client_id: &'a str,
    /// A digest of the address block that it came from.
    pub(crate) origin: &'a str,
    pub(crate) parameters: &'a [(String, String)],
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(db: &Database, pushed: &Pushed<'_>) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_pushed_request \
               (request_uri, client_id, origin, parameters, expires_at) \
               VALUES ($1, $2, $3, $4, $5)";
    let params = params![
        pushed.request_uri,
        pushed.client_id,
        pushed.origin,
        storage::Json(pushed.parameters),
        pushed.expires_at,
    ];
    db.execute(sql, params).await?;
    Ok(())
}

/// The parameters of a request that this client pushed and that has not expired. It is gone afterwards.
pub(crate) async fn take(
    db: &Database,
    request_uri: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<Option<Vec<(String, String)>>, storage::Error> {
    let mut tx = db.begin().await?;
    let sql = "DELETE FROM identity_pushed_request WHERE request_uri = $1 AND client_id = $2 \
               RETURNING parameters, expires_at";
    let row = tx
        .query_optional(sql, params![request_uri, client_id])
        .await?;
    tx.commit().await?;
    let Some(row) = row else { return Ok(None) };
    let expires_at: Timestamp = row.get("expires_at")?;
    let storage::Json(parameters) = row.get("parameters")?;
    Ok((now < expires_at).then_some(parameters))
}
