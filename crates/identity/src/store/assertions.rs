//! Assertions that were used: each `jti` counts once (RFC 7523 §3, point 7).

use oauth::Timestamp;
use storage::{Database, params};

/// Marks an assertion as used. Gives `false` if it was used before.
///
/// It is one durable statement on its own, so that two nodes cannot both accept the assertion.
pub(crate) async fn spend(
    db: &Database,
    client_id: &str,
    jti: &str,
    expires_at: Timestamp,
) -> Result<bool, storage::Error> {
    let sql = "INSERT INTO identity_assertion (client_id, jti, expires_at) VALUES ($1, $2, $3) \
               ON CONFLICT (client_id, jti) DO NOTHING";
    Ok(db.execute(sql, params![client_id, jti, expires_at]).await? > 0)
}

/// Forgets assertions that nobody could use any more.
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_assertion WHERE expires_at < $1";
    db.execute(sql, params![now]).await
}
