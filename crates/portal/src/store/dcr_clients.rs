//! What adapters must remember of clients at DCR providers.

use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::DcrProviderId;

/// One client, with its state sealed.
pub(crate) struct DcrClient {
    pub(crate) client_id: String,
    pub(crate) application_id: String,
    pub(crate) state: String,
}

const COLUMNS: &str = "client_id, application_id, state";

fn parse(row: &Row) -> Result<DcrClient, Error> {
    Ok(DcrClient {
        client_id: row.get("client_id")?,
        application_id: row.get("application_id")?,
        state: row.get("state")?,
    })
}

/// One by its id at the provider.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    provider: DcrProviderId,
    client_id: &str,
) -> Result<Option<DcrClient>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_dcr_client WHERE dcr_provider_id = $1 AND client_id = $2"
    );
    read.one(&sql, params![provider, client_id], parse).await
}

/// Those of an application.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_application(
    mut read: impl Read,
    provider: DcrProviderId,
    application_id: &str,
) -> Result<Vec<DcrClient>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_dcr_client \
         WHERE dcr_provider_id = $1 AND application_id = $2 ORDER BY client_id"
    );
    read.all(&sql, params![provider, application_id], parse)
        .await
}

/// Some of a provider's, by their ids, from the one after `after` on.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn page(
    mut read: impl Read,
    provider: DcrProviderId,
    after: &str,
    most: i64,
) -> Result<Vec<DcrClient>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_dcr_client \
         WHERE dcr_provider_id = $1 AND client_id > $2 ORDER BY client_id LIMIT $3"
    );
    read.all(&sql, params![provider, after, most], parse).await
}

/// Keeps one, in place of what was kept of it. `id` is for a new one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn keep(
    tx: &mut Tx,
    id: &str,
    provider: DcrProviderId,
    client: &DcrClient,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_dcr_client \
               (id, dcr_provider_id, client_id, application_id, state, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (dcr_provider_id, client_id) DO UPDATE SET \
               application_id = excluded.application_id, state = excluded.state, \
               updated_at = excluded.updated_at";
    let params = params![
        id,
        provider,
        &client.client_id,
        &client.application_id,
        &client.state,
        now
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Forgets one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn forget(
    tx: &mut Tx,
    provider: DcrProviderId,
    client_id: &str,
) -> Result<(), Error> {
    let sql = "DELETE FROM portal_dcr_client WHERE dcr_provider_id = $1 AND client_id = $2";
    tx.execute(sql, params![provider, client_id]).await?;
    Ok(())
}
