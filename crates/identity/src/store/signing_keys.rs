//! Signing keys.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::signing_key::{Role, StoredKey};

const COLUMNS: &str = "kid, role, private_key, certificate, created_at, current_since, \
                       current_until, revoked_at";

/// Adds a key. Gives `false` if another node made one for the same role in the meantime.
pub(crate) async fn insert(tx: &mut Tx, key: &StoredKey) -> Result<bool, storage::Error> {
    let sql = "INSERT INTO identity_signing_key (kid, role, private_key, certificate, created_at, \
               current_since) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let params = params![
        &key.kid,
        key.role.as_str(),
        &key.sealed,
        &key.certificate,
        key.created_at,
        key.current_since,
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Every key, revoked ones too, oldest first.
pub(crate) async fn list(db: &Database) -> Result<Vec<StoredKey>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_signing_key ORDER BY created_at, kid");
    let rows = db.query(&sql, params![]).await?;
    rows.iter().map(read).collect()
}

/// Makes the next key current and the current one previous. Gives the new current key, or `None`
/// where there is no next one.
pub(crate) async fn rotate(
    tx: &mut Tx,
    now: Timestamp,
) -> Result<Option<StoredKey>, storage::Error> {
    let sql = "UPDATE identity_signing_key SET role = 'previous', current_until = $1 \
               WHERE role = 'current'";
    tx.execute(sql, params![now]).await?;
    let sql = format!(
        "UPDATE identity_signing_key SET role = 'current', current_since = $1 \
         WHERE role = 'next' RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![now]).await?;
    row.as_ref().map(read).transpose()
}

/// Revokes a previous key. Gives `None` if the key is no previous one.
pub(crate) async fn revoke(
    tx: &mut Tx,
    kid: &str,
    now: Timestamp,
) -> Result<Option<StoredKey>, storage::Error> {
    let sql = format!(
        "UPDATE identity_signing_key SET role = 'revoked', revoked_at = $2 \
         WHERE kid = $1 AND role = 'previous' RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![kid, now]).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<StoredKey, storage::Error> {
    let role: String = row.get("role")?;
    Ok(StoredKey {
        kid: row.get("kid")?,
        role: Role::parse(&role).ok_or_else(|| {
            storage::Error::Corrupt("column `role` of a signing key holds no role".into())
        })?,
        sealed: row.get("private_key")?,
        certificate: row.get("certificate")?,
        created_at: row.get("created_at")?,
        current_since: row.get("current_since")?,
        current_until: row.get("current_until")?,
        revoked_at: row.get("revoked_at")?,
    })
}
