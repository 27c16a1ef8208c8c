//! Credentials that applications had before, and that work for a while beside their present ones.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::{Read, fleet_rotations};
use crate::model::{ApplicationId, DcrProviderId, RetiringCredential, SecretMark};

const COLUMNS: &str = "application_id, client_id, secret_id, since, retires_at, retired, collected";

fn parse(row: &Row) -> Result<RetiringCredential, Error> {
    let secret_id: String = row.get("secret_id")?;
    Ok(RetiringCredential {
        application_id: row.get("application_id")?,
        client_id: row.get("client_id")?,
        secret_id: Some(secret_id).filter(|id| !id.is_empty()),
        since: row.get("since")?,
        retires_at: row.get("retires_at")?,
        retired: row.get("retired")?,
        collected: row.get("collected")?,
    })
}

/// Those of an application, the first to go first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_application(
    mut read: impl Read,
    id: ApplicationId,
) -> Result<Vec<RetiringCredential>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_retiring_credential WHERE application_id = $1 \
         ORDER BY retires_at, client_id, secret_id"
    );
    read.all(&sql, params![id], parse).await
}

/// Those of this client.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_client(
    mut read: impl Read,
    client_id: &str,
) -> Result<Vec<RetiringCredential>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_retiring_credential WHERE client_id = $1");
    read.all(&sql, params![client_id], parse).await
}

/// Applications with one that should have gone before `then`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn overdue(
    mut read: impl Read,
    then: Timestamp,
) -> Result<Vec<ApplicationId>, Error> {
    let sql =
        "SELECT DISTINCT application_id FROM portal_retiring_credential WHERE retires_at < $1";
    let parse: fn(&Row) -> Result<ApplicationId, Error> = |row| row.get("application_id");
    read.all(sql, params![then], parse).await
}

/// Those of a provider whose time is over.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn over(
    mut read: impl Read,
    provider: DcrProviderId,
    now: Timestamp,
) -> Result<Vec<RetiringCredential>, Error> {
    let sql = "SELECT r.application_id, r.client_id, r.secret_id, r.since, r.retires_at, r.retired, \
               r.collected FROM portal_retiring_credential r \
               JOIN portal_application a ON a.id = r.application_id \
               JOIN portal_auth_strategy s ON s.id = a.auth_strategy_id \
               WHERE s.dcr_provider_id = $1 AND (r.retired OR r.retires_at <= $2) \
               ORDER BY r.retires_at, r.client_id, r.secret_id";
    read.all(sql, params![provider, now], parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, credential: &RetiringCredential) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO portal_retiring_credential ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let params = params![
        credential.application_id,
        &credential.client_id,
        credential.secret_id.as_deref().unwrap_or_default(),
        credential.since,
        credential.retires_at,
        credential.retired,
        credential.collected
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Ends one for gateways. False if it was ended before, or is gone.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn retire(tx: &mut Tx, credential: &RetiringCredential) -> Result<bool, Error> {
    let sql = "UPDATE portal_retiring_credential SET retired = $4 \
               WHERE application_id = $1 AND client_id = $2 AND secret_id = $3 AND retired = $5";
    let params = params![
        credential.application_id,
        &credential.client_id,
        credential.secret_id.as_deref().unwrap_or_default(),
        true,
        false
    ];
    Ok(tx.execute(sql, params).await? == 1)
}

/// The developer was shown the application's present secret.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn collect(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    let sql = "UPDATE portal_retiring_credential SET collected = $2 WHERE application_id = $1";
    tx.execute(sql, params![id, true]).await?;
    fleet_rotations::collected(tx, id).await
}

/// What tells the secret that follows an application's old ones from them, if it is its client's.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn succeeded_by(
    tx: &mut Tx,
    id: ApplicationId,
    successor: &SecretMark,
) -> Result<(), Error> {
    let sql = "UPDATE portal_retiring_credential \
               SET successor_id = $2, successor_salt = $3, successor_sha256 = $4 \
               WHERE application_id = $1 AND secret_id <> ''";
    let SecretMark {
        id: secret,
        salt,
        sha256,
    } = successor;
    tx.execute(sql, params![id, secret, salt, sha256]).await?;
    Ok(())
}

/// The id of the present secret, where it can be told from an older one of the same client.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn successor(
    mut read: impl Read,
    id: ApplicationId,
) -> Result<Option<String>, Error> {
    let sql = "SELECT successor_id FROM portal_retiring_credential \
               WHERE application_id = $1 AND successor_id IS NOT NULL LIMIT 1";
    let parse: fn(&Row) -> Result<String, Error> = |row| row.get("successor_id");
    read.one(sql, params![id], parse).await
}

/// Forgets one that the provider has removed. False if it was forgotten before.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn remove(tx: &mut Tx, credential: &RetiringCredential) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_retiring_credential \
               WHERE application_id = $1 AND client_id = $2 AND secret_id = $3";
    let params = params![
        credential.application_id,
        &credential.client_id,
        credential.secret_id.as_deref().unwrap_or_default()
    ];
    Ok(tx.execute(sql, params).await? == 1)
}

/// Forgets the secrets of an application's client: it has a new one alone.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn remove_secrets(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    let sql =
        "DELETE FROM portal_retiring_credential WHERE application_id = $1 AND secret_id <> ''";
    tx.execute(sql, params![id]).await?;
    Ok(())
}
