//! Initial access tokens.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

/// A token that lets clients register; the token itself is kept as a keyed digest.
#[derive(Clone, Debug)]
pub(crate) struct InitialAccessToken {
    pub(crate) id: String,
    pub(crate) name: String,
    /// How many clients may still register with it; any number if absent.
    pub(crate) remaining: Option<i64>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

const COLUMNS: &str = "id, name, remaining, expires_at, last_used_at, created_at";

pub(crate) async fn insert(
    db: &Database,
    token: &InitialAccessToken,
    digest: &str,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_initial_access_token (id, name, token, remaining, expires_at, \
               created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let params = params![
        &token.id,
        &token.name,
        digest,
        token.remaining,
        token.expires_at,
        token.created_at,
    ];
    db.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn by_digest(
    db: &Database,
    digest: &str,
) -> Result<Option<InitialAccessToken>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_initial_access_token WHERE token = $1");
    let row = db.query_optional(&sql, params![digest]).await?;
    row.as_ref().map(read).transpose()
}

/// The tokens, oldest first.
pub(crate) async fn list(db: &Database) -> Result<Vec<InitialAccessToken>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_initial_access_token ORDER BY created_at, id LIMIT 1000"
    );
    let rows = db.query(&sql, params![]).await?;
    rows.iter().map(read).collect()
}

/// Takes one registration from a token. Gives `false` if it is used up, expired, or gone.
pub(crate) async fn spend(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool, storage::Error> {
    let sql = "UPDATE identity_initial_access_token SET last_used_at = $2, \
               remaining = remaining - 1 WHERE id = $1 \
               AND (remaining IS NULL OR remaining > 0) AND (expires_at IS NULL OR expires_at > $2)";
    Ok(tx.execute(sql, params![id, now]).await? > 0)
}

pub(crate) async fn delete(db: &Database, id: &str) -> Result<bool, storage::Error> {
    let sql = "DELETE FROM identity_initial_access_token WHERE id = $1";
    Ok(db.execute(sql, params![id]).await? > 0)
}

fn read(row: &Row) -> Result<InitialAccessToken, storage::Error> {
    Ok(InitialAccessToken {
        id: row.get("id")?,
        name: row.get("name")?,
        remaining: row.get("remaining")?,
        expires_at: row.get("expires_at")?,
        last_used_at: row.get("last_used_at")?,
        created_at: row.get("created_at")?,
    })
}
