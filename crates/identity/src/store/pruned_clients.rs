//! What is kept of a client that was pruned: enough to tell it so, and to let it come back.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

/// A client that was pruned.
#[derive(Clone, Debug)]
pub(crate) struct PrunedClient {
    pub(crate) client_id: String,
    /// Keyed digest of its metadata.
    pub(crate) fingerprint: String,
    /// Keyed digest of its secret, if it had one.
    pub(crate) secret: Option<String>,
    /// Whether it was ever used.
    pub(crate) used: bool,
    pub(crate) pruned_at: Timestamp,
}

pub(crate) async fn insert(tx: &mut Tx, client: &PrunedClient) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_pruned_client (client_id, fingerprint, secret, used, pruned_at) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client_id) DO NOTHING";
    let params = params![
        &client.client_id,
        &client.fingerprint,
        client.secret.as_deref(),
        client.used,
        client.pruned_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn find(
    db: &Database,
    client_id: &str,
) -> Result<Option<PrunedClient>, storage::Error> {
    let sql = "SELECT client_id, fingerprint, secret, used, pruned_at \
               FROM identity_pruned_client WHERE client_id = $1";
    let row = db.query_optional(sql, params![client_id]).await?;
    row.as_ref().map(read).transpose()
}

/// Forgets a client that came back. Gives `false` if somebody else was faster.
pub(crate) async fn delete(db: &Database, client_id: &str) -> Result<bool, storage::Error> {
    let sql = "DELETE FROM identity_pruned_client WHERE client_id = $1";
    Ok(db.execute(sql, params![client_id]).await? > 0)
}

/// Keeps the newest `keep` of those that were used, or of those that were not.
pub(crate) async fn trim(db: &Database, used: bool, keep: i64) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_pruned_client WHERE used = $1 AND pruned_at < \
               (SELECT pruned_at FROM identity_pruned_client WHERE used = $1 \
               ORDER BY pruned_at DESC LIMIT 1 OFFSET $2)";
    db.execute(sql, params![used, keep]).await
}

fn read(row: &Row) -> Result<PrunedClient, storage::Error> {
    Ok(PrunedClient {
        client_id: row.get("client_id")?,
        fingerprint: row.get("fingerprint")?,
        secret: row.get("secret")?,
        used: row.get("used")?,
        pruned_at: row.get("pruned_at")?,
    })
}
