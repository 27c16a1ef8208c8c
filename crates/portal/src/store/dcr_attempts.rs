//! Registrations at DCR providers whose end nobody saw.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::{DcrProviderId, PossibleOrphan};

const COLUMNS: &str = "id, application_id, look_for, created_at";

fn parse(row: &Row) -> Result<PossibleOrphan, Error> {
    Ok(PossibleOrphan {
        id: row.get("id")?,
        application_id: row.get("application_id")?,
        look_for: row.get("look_for")?,
        since: row.get("created_at")?,
    })
}

/// Notes one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(
    tx: &mut Tx,
    provider: DcrProviderId,
    attempt: &PossibleOrphan,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_dcr_attempt \
               (id, dcr_provider_id, application_id, look_for, created_at) \
               VALUES ($1, $2, $3, $4, $5)";
    let params = params![
        &attempt.id,
        provider,
        &attempt.application_id,
        &attempt.look_for,
        attempt.since
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Those of an application.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_application(
    mut read: impl Read,
    provider: DcrProviderId,
    application_id: &str,
) -> Result<Vec<PossibleOrphan>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_dcr_attempt \
         WHERE dcr_provider_id = $1 AND application_id = $2 ORDER BY created_at, id"
    );
    read.all(&sql, params![provider, application_id], parse)
        .await
}

/// Those that were begun before a moment, oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_provider(
    mut read: impl Read,
    provider: DcrProviderId,
    before: Timestamp,
) -> Result<Vec<PossibleOrphan>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_dcr_attempt \
         WHERE dcr_provider_id = $1 AND created_at <= $2 ORDER BY created_at, id LIMIT 1000"
    );
    read.all(&sql, params![provider, before], parse).await
}

/// Forgets one, and says whether there was one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, provider: DcrProviderId, id: &str) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_dcr_attempt WHERE dcr_provider_id = $1 AND id = $2";
    Ok(tx.execute(sql, params![provider, id]).await? > 0)
}
