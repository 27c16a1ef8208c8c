//! Clients that applications had before, and that work for a while beside their present ones.

use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::{ApplicationId, RetiringClient};

const COLUMNS: &str = "application_id, client_id, retires_at, retired";

fn parse(row: &Row) -> Result<RetiringClient, Error> {
    Ok(RetiringClient {
        application_id: row.get("application_id")?,
        client_id: row.get("client_id")?,
        retires_at: row.get("retires_at")?,
        retired: row.get("retired")?,
    })
}

/// Those of an application, the first to go first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_application(
    mut read: impl Read,
    id: ApplicationId,
) -> Result<Vec<RetiringClient>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_retiring_client WHERE application_id = $1 \
         ORDER BY retires_at, client_id"
    );
    read.all(&sql, params![id], parse).await
}

/// Those with this client id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_client(
    db: &storage::Database,
    client_id: &str,
) -> Result<Vec<RetiringClient>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_retiring_client WHERE client_id = $1");
    let rows = db.query(&sql, params![client_id]).await?;
    rows.iter().map(parse).collect()
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, client: &RetiringClient) -> Result<(), Error> {
    let sql = format!("INSERT INTO portal_retiring_client ({COLUMNS}) VALUES ($1, $2, $3, $4)");
    let params = params![
        client.application_id,
        &client.client_id,
        client.retires_at,
        client.retired
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Ends one for gateways. False if it was ended before, or is gone.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn retire(tx: &mut Tx, id: ApplicationId, client_id: &str) -> Result<bool, Error> {
    let sql = "UPDATE portal_retiring_client SET retired = $3 \
               WHERE application_id = $1 AND client_id = $2 AND retired = $4";
    Ok(tx.execute(sql, params![id, client_id, true, false]).await? == 1)
}

/// Forgets one that the provider has removed.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn remove(tx: &mut Tx, id: ApplicationId, client_id: &str) -> Result<(), Error> {
    let sql = "DELETE FROM portal_retiring_client WHERE application_id = $1 AND client_id = $2";
    tx.execute(sql, params![id, client_id]).await?;
    Ok(())
}
