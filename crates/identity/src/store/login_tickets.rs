//! Tickets for a password that was right: they carry a sign-in from one request to the next.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

/// A ticket, known by the digest of what was given away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoginTicket {
    pub(crate) digest: String,
    /// The browser, or the pending request, that it works for: a digest too.
    pub(crate) bound_to: String,
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    /// The connection's name.
    pub(crate) connection: String,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(db: &Database, ticket: &LoginTicket) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_login_ticket \
               (digest, bound_to, client_id, user_id, connection, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let params = params![
        &ticket.digest,
        &ticket.bound_to,
        &ticket.client_id,
        &ticket.user_id,
        &ticket.connection,
        ticket.expires_at,
    ];
    db.execute(sql, params).await?;
    Ok(())
}

/// Uses a ticket up. Gives `None` if there is none, or it was used before; whether it has expired is
/// the caller's to see.
pub(crate) async fn spend(
    tx: &mut Tx,
    digest: &str,
) -> Result<Option<LoginTicket>, storage::Error> {
    let sql = "DELETE FROM identity_login_ticket WHERE digest = $1 \
               RETURNING digest, bound_to, client_id, user_id, connection, expires_at";
    let row = tx.query_optional(sql, params![digest]).await?;
    row.as_ref().map(read).transpose()
}

/// Forgets tickets that nobody can use any more.
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_login_ticket WHERE expires_at <= $1";
    db.execute(sql, params![now]).await
}

fn read(row: &Row) -> Result<LoginTicket, storage::Error> {
    Ok(LoginTicket {
        digest: row.get("digest")?,
        bound_to: row.get("bound_to")?,
        client_id: row.get("client_id")?,
        user_id: row.get("user_id")?,
        connection: row.get("connection")?,
        expires_at: row.get("expires_at")?,
    })
}
