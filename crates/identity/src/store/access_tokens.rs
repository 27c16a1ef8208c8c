//! Opaque access tokens, and tokens of any kind that were taken back.

use oauth::Timestamp;
use storage::{Database, Tx, params};

use crate::model::authorization::Authorization;
use crate::store::Which;

/// An opaque access token as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpaqueToken {
    /// Its digest.
    pub(crate) digest: String,
    pub(crate) authorization: Authorization,
    /// The refresh token that was given with it.
    pub(crate) refresh_token_id: Option<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(tx: &mut Tx, token: &OpaqueToken) -> Result<(), storage::Error> {
    tx.execute(INSERT, row(token)).await?;
    Ok(())
}

/// [`insert`] in a transaction of its own.
pub(crate) async fn keep(db: &Database, token: &OpaqueToken) -> Result<(), storage::Error> {
    db.execute(INSERT, row(token)).await?;
    Ok(())
}

const INSERT: &str = "INSERT INTO identity_access_token (token, client_id, user_id, session_id, \
                      refresh_token_id, details, issued_at, expires_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

fn row(token: &OpaqueToken) -> Vec<storage::Value> {
    params![
        &token.digest,
        &token.authorization.client_id,
        &token.authorization.user_id,
        &token.authorization.session_id,
        &token.refresh_token_id,
        storage::Json(&token.authorization),
        token.issued_at,
        token.expires_at,
    ]
}

pub(crate) async fn find(
    db: &Database,
    digest: &str,
) -> Result<Option<OpaqueToken>, storage::Error> {
    let sql = "SELECT details, refresh_token_id, issued_at, expires_at \
               FROM identity_access_token WHERE token = $1";
    let Some(row) = db.query_optional(sql, params![digest]).await? else {
        return Ok(None);
    };
    let storage::Json(authorization) = row.get("details")?;
    Ok(Some(OpaqueToken {
        digest: digest.to_owned(),
        authorization,
        refresh_token_id: row.get("refresh_token_id")?,
        issued_at: row.get("issued_at")?,
        expires_at: row.get("expires_at")?,
    }))
}

/// Takes a token back, opaque or signed. A signed one is remembered until it expires.
pub(crate) async fn revoke(
    tx: &mut Tx,
    digest: &str,
    expires_at: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_access_token WHERE token = $1";
    tx.execute(sql, params![digest]).await?;
    let sql = "INSERT INTO identity_revoked_token (token, expires_at) VALUES ($1, $2) \
               ON CONFLICT (token) DO NOTHING";
    tx.execute(sql, params![digest, expires_at]).await?;
    Ok(())
}

/// Takes opaque tokens back.
pub(crate) async fn delete(tx: &mut Tx, which: &Which<'_>) -> Result<(), storage::Error> {
    // Opaque tokens are for no API, so what was given at one API leaves them alone.
    if matches!(
        which,
        Which::Grant {
            audience: Some(_),
            ..
        }
    ) {
        return Ok(());
    }
    let (condition, params) = which.condition("refresh_token_id", None);
    let sql = format!("DELETE FROM identity_access_token WHERE {condition}");
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Whether a signed token was taken back.
pub(crate) async fn is_revoked(db: &Database, digest: &str) -> Result<bool, storage::Error> {
    let sql = "SELECT token FROM identity_revoked_token WHERE token = $1";
    Ok(db.query_optional(sql, params![digest]).await?.is_some())
}

/// Forgets what has expired.
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, storage::Error> {
    let mut count = 0;
    for sql in [
        "DELETE FROM identity_access_token WHERE expires_at < $1",
        "DELETE FROM identity_revoked_token WHERE expires_at < $1",
    ] {
        count += db.execute(sql, params![now]).await?;
    }
    Ok(count)
}
