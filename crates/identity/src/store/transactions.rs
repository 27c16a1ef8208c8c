//! Authorization requests that wait for their user.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::authorization_request::AuthorizationRequest;
use crate::model::transaction::Progress;

/// A pending request as it is kept: `id` and `browser` are digests.
pub(crate) struct Pending {
    pub(crate) id: String,
    pub(crate) browser: String,
    /// A digest of the address block that the request came from.
    pub(crate) origin: String,
    pub(crate) request: AuthorizationRequest,
    pub(crate) progress: Progress,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(db: &Database, pending: &Pending) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_transaction (id, browser, origin, request, progress, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let params = params![
        &pending.id,
        &pending.browser,
        &pending.origin,
        storage::Json(&pending.request),
        storage::Json(&pending.progress),
        pending.expires_at,
    ];
    db.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Pending>, storage::Error> {
    let sql = "SELECT id, browser, origin, request, progress, expires_at \
               FROM identity_transaction WHERE id = $1";
    let row = db.query_optional(sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Writes how far the request has come. Gives `false` if it was answered or forgotten meanwhile.
pub(crate) async fn advance(
    tx: &mut Tx,
    id: &str,
    progress: &Progress,
) -> Result<bool, storage::Error> {
    let sql = "UPDATE identity_transaction SET progress = $2 WHERE id = $1";
    let progress = storage::Json(progress);
    Ok(tx.execute(sql, params![id, progress]).await? > 0)
}

/// Takes a request away because it is answered now. Gives `false` if somebody was faster: a request
/// is answered once.
pub(crate) async fn take(tx: &mut Tx, id: &str) -> Result<bool, storage::Error> {
    let sql = "DELETE FROM identity_transaction WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

fn read(row: &Row) -> Result<Pending, storage::Error> {
    let storage::Json(request) = row.get("request")?;
    let storage::Json(progress) = row.get("progress")?;
    Ok(Pending {
        id: row.get("id")?,
        browser: row.get("browser")?,
        origin: row.get("origin")?,
        request,
        progress,
        expires_at: row.get("expires_at")?,
    })
}
