//! Clients' public keys.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::credential::Credential;

const COLUMNS: &str = "id, client_id, name, credential_type, kid, alg, public_key, expires_at, \
                       created_at, updated_at";

pub(crate) async fn insert(tx: &mut Tx, credential: &Credential) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_client_credential (id, client_id, name, credential_type, kid, \
               alg, public_key, expires_at, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        &credential.id,
        &credential.client_id,
        &credential.name,
        &credential.credential_type,
        &credential.kid,
        &credential.alg,
        &credential.public_key,
        credential.expires_at,
        credential.created_at,
        credential.updated_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn list(
    db: &Database,
    client_id: &str,
) -> Result<Vec<Credential>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_client_credential WHERE client_id = $1 ORDER BY created_at, id"
    );
    let rows = db.query(&sql, params![client_id]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn find(
    db: &Database,
    client_id: &str,
    id: &str,
) -> Result<Option<Credential>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_client_credential WHERE client_id = $1 AND id = $2"
    );
    let row = db.query_optional(&sql, params![client_id, id]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn set_expiry(
    tx: &mut Tx,
    (client_id, id): (&str, &str),
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Credential>, storage::Error> {
    let sql = format!(
        "UPDATE identity_client_credential SET expires_at = $3, updated_at = $4 \
         WHERE client_id = $1 AND id = $2 RETURNING {COLUMNS}"
    );
    let row = tx
        .query_optional(&sql, params![client_id, id, expires_at, now])
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn delete(tx: &mut Tx, client_id: &str, id: &str) -> Result<bool, storage::Error> {
    let sql = "DELETE FROM identity_client_credential WHERE client_id = $1 AND id = $2";
    Ok(tx.execute(sql, params![client_id, id]).await? > 0)
}

fn read(row: &Row) -> Result<Credential, storage::Error> {
    Ok(Credential {
        id: row.get("id")?,
        client_id: row.get("client_id")?,
        name: row.get("name")?,
        credential_type: row.get("credential_type")?,
        kid: row.get("kid")?,
        alg: row.get("alg")?,
        public_key: row.get("public_key")?,
        expires_at: row.get("expires_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
