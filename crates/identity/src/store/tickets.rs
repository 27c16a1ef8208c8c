//! Tickets: single-use links that were mailed, or given to an administrator.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::Members;

/// A ticket, known by the digest of what was given away.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticket {
    pub(crate) digest: String,
    /// What it is good for: `verify_email`, `reset_password`.
    pub(crate) purpose: String,
    pub(crate) user_id: String,
    /// The address that it was made for. A ticket for another address than the user's is worthless.
    pub(crate) email: Option<String>,
    /// What to do when it is used: `result_url`, `client_id`, ….
    pub(crate) settings: Members,
    pub(crate) expires_at: Timestamp,
}

const COLUMNS: &str = "digest, purpose, user_id, email, settings, expires_at";

pub(crate) async fn insert(tx: &mut Tx, ticket: &Ticket) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_ticket (digest, purpose, user_id, email, settings, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let params = params![
        &ticket.digest,
        &ticket.purpose,
        &ticket.user_id,
        &ticket.email,
        storage::Json(&ticket.settings),
        ticket.expires_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// A ticket that still works.
pub(crate) async fn find(
    db: &Database,
    digest: &str,
    purpose: &str,
    now: Timestamp,
) -> Result<Option<Ticket>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_ticket \
         WHERE digest = $1 AND purpose = $2 AND expires_at > $3"
    );
    let row = db
        .query_optional(&sql, params![digest, purpose, now])
        .await?;
    row.as_ref().map(read).transpose()
}

/// Uses a ticket up. Gives `None` if it was used before.
pub(crate) async fn spend(
    tx: &mut Tx,
    digest: &str,
    purpose: &str,
    now: Timestamp,
) -> Result<Option<Ticket>, storage::Error> {
    let sql = format!(
        "DELETE FROM identity_ticket WHERE digest = $1 AND purpose = $2 AND expires_at > $3 \
         RETURNING {COLUMNS}"
    );
    let row = tx
        .query_optional(&sql, params![digest, purpose, now])
        .await?;
    row.as_ref().map(read).transpose()
}

/// Ends every other ticket of a user for the same purpose.
pub(crate) async fn end(tx: &mut Tx, user_id: &str, purpose: &str) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_ticket WHERE user_id = $1 AND purpose = $2";
    tx.execute(sql, params![user_id, purpose]).await?;
    Ok(())
}

/// Forgets tickets that nobody can use any more.
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_ticket WHERE expires_at <= $1";
    db.execute(sql, params![now]).await
}

fn read(row: &Row) -> Result<Ticket, storage::Error> {
    let storage::Json(settings) = row.get("settings")?;
    Ok(Ticket {
        digest: row.get("digest")?,
        purpose: row.get("purpose")?,
        user_id: row.get("user_id")?,
        email: row.get("email")?,
        settings,
        expires_at: row.get("expires_at")?,
    })
}
