//! Refresh tokens. One row is a family: a token and everything that it was rotated into.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::authorization::Authorization;
use crate::model::refresh_token::RefreshToken;
use crate::store::Which;
use crate::store::page::{Conditions, Window};

const COLUMNS: &str = "id, valid, replaced, rotated_at, details, rotating, created_at, \
                       last_exchanged_at, idle_expires_at, expires_at";

/// Keeps a new family under the digest of its selector.
pub(crate) async fn insert(
    tx: &mut Tx,
    selector: &str,
    token: &RefreshToken,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_refresh_token (id, selector, valid, replaced, rotated_at, \
               client_id, user_id, session_id, audience, details, rotating, created_at, \
               last_exchanged_at, idle_expires_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let authorization = &token.authorization;
    let params = params![
        &token.id,
        selector,
        storage::Json(&token.valid),
        storage::Json(&token.replaced),
        token.rotated_at,
        &authorization.client_id,
        &authorization.user_id,
        &authorization.session_id,
        &authorization.audience,
        storage::Json(authorization),
        token.rotating,
        token.created_at,
        token.last_exchanged_at,
        token.idle_expires_at,
        token.expires_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// The family of a selector, by its digest.
pub(crate) async fn by_selector(
    db: &Database,
    selector: &str,
) -> Result<Option<RefreshToken>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_refresh_token WHERE selector = $1");
    let row = db.query_optional(&sql, params![selector]).await?;
    row.as_ref().map(read).transpose()
}

/// The family of an id.
pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<RefreshToken>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_refresh_token WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The families of a user that have not expired, newest first.
pub(crate) async fn of_user(
    db: &Database,
    user_id: &str,
    now: Timestamp,
) -> Result<Vec<RefreshToken>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_refresh_token WHERE user_id = $1 \
         AND (expires_at IS NULL OR expires_at > $2) \
         AND (idle_expires_at IS NULL OR idle_expires_at > $2) ORDER BY created_at DESC, id"
    );
    let rows = db.query(&sql, params![user_id, now]).await?;
    rows.iter().map(read).collect()
}

/// One page of the families of a user that have not expired, the oldest first; those of one client alone
/// if it is named.
pub(crate) async fn list(
    db: &Database,
    user_id: &str,
    client_id: Option<&str>,
    now: Timestamp,
    window: &Window,
) -> Result<Vec<RefreshToken>, storage::Error> {
    let mut conditions = Conditions::default();
    conditions.add("user_id = ?", user_id);
    if let Some(client_id) = client_id {
        conditions.add("client_id = ?", client_id);
    }
    conditions.add("(expires_at IS NULL OR expires_at > ?)", now);
    conditions.add("(idle_expires_at IS NULL OR idle_expires_at > ?)", now);
    let (clause, params) = conditions.page("identity_refresh_token", "id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_refresh_token{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

/// Writes what an exchange changed, if nobody was faster. Gives whether it was written.
pub(crate) async fn exchange(
    db: &Database,
    before: &RefreshToken,
    after: &RefreshToken,
) -> Result<bool, storage::Error> {
    let sql = "UPDATE identity_refresh_token SET valid = $3, replaced = $4, rotated_at = $5, \
               last_exchanged_at = $6, idle_expires_at = $7 WHERE id = $1 AND valid = $2";
    let params = params![
        &before.id,
        storage::Json(&before.valid),
        storage::Json(&after.valid),
        storage::Json(&after.replaced),
        after.rotated_at,
        after.last_exchanged_at,
        after.idle_expires_at,
    ];
    Ok(db.execute(sql, params).await? > 0)
}

/// Ends families. Gives how many.
pub(crate) async fn delete(tx: &mut Tx, which: &Which<'_>) -> Result<u64, storage::Error> {
    let (condition, params) = which.condition("id", Some("audience"));
    let sql = format!("DELETE FROM identity_refresh_token WHERE {condition}");
    tx.execute(&sql, params).await
}

/// Forgets families that have expired.
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_refresh_token WHERE expires_at < $1 OR idle_expires_at < $1";
    db.execute(sql, params![now]).await
}

fn read(row: &Row) -> Result<RefreshToken, storage::Error> {
    let storage::Json(valid) = row.get("valid")?;
    let storage::Json(replaced) = row.get("replaced")?;
    let storage::Json::<Authorization>(authorization) = row.get("details")?;
    Ok(RefreshToken {
        id: row.get("id")?,
        valid,
        replaced,
        rotated_at: row.get("rotated_at")?,
        authorization,
        rotating: row.get("rotating")?,
        created_at: row.get("created_at")?,
        last_exchanged_at: row.get("last_exchanged_at")?,
        idle_expires_at: row.get("idle_expires_at")?,
        expires_at: row.get("expires_at")?,
    })
}
