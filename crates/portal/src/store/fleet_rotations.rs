//! Rotations of every application of a provider, and how far each is.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::{
    ApplicationId, ApplicationStatus, DcrProviderId, FleetFailure, FleetProgress, FleetRotation,
    FleetRotationId,
};

const COLUMNS: &str = "id, dcr_provider_id, overlap, created_at, finished_at";

fn parse(row: &Row) -> Result<FleetRotation, Error> {
    Ok(FleetRotation {
        id: row.get("id")?,
        provider_id: row.get("dcr_provider_id")?,
        overlap: row.get("overlap")?,
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
    })
}

/// One.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: FleetRotationId,
) -> Result<Option<FleetRotation>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_fleet_rotation WHERE id = $1");
    read.one(&sql, params![id], parse).await
}

/// The latest of a provider, the newest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn latest(
    mut read: impl Read,
    provider: DcrProviderId,
    most: i64,
) -> Result<Vec<FleetRotation>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM portal_fleet_rotation WHERE dcr_provider_id = $1 \
         ORDER BY created_at DESC, id LIMIT $2"
    );
    read.all(&sql, params![provider, most], parse).await
}

/// Adds one, about every active application of the provider that has a client and is not being rotated.
///
/// # Errors
/// [`Error::Unique`] if one runs, and those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, rotation: &FleetRotation) -> Result<(), Error> {
    let sql = format!("INSERT INTO portal_fleet_rotation ({COLUMNS}) VALUES ($1, $2, $3, $4, $5)");
    let params = params![
        rotation.id,
        rotation.provider_id,
        rotation.overlap,
        rotation.created_at,
        rotation.finished_at
    ];
    tx.execute(&sql, params).await?;
    let sql = "INSERT INTO portal_fleet_rotation_step (rotation_id, application_id, state, attempts) \
               SELECT CAST($1 AS TEXT), a.id, 'waiting', 0 FROM portal_application a \
               JOIN portal_auth_strategy s ON s.id = a.auth_strategy_id \
               WHERE s.dcr_provider_id = $2 AND a.status = $3 AND a.client_id IS NOT NULL \
               AND NOT EXISTS (SELECT 1 FROM portal_retiring_credential r WHERE r.application_id = a.id)";
    let active = ApplicationStatus::Active;
    tx.execute(sql, params![rotation.id, rotation.provider_id, active])
        .await?;
    Ok(())
}

/// The next applications whose turn it is, those that were tried least often first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn waiting(
    mut read: impl Read,
    id: FleetRotationId,
    most: i64,
) -> Result<Vec<ApplicationId>, Error> {
    let sql = "SELECT application_id FROM portal_fleet_rotation_step \
               WHERE rotation_id = $1 AND state = 'waiting' \
               ORDER BY attempts, application_id LIMIT $2";
    let parse: fn(&Row) -> Result<ApplicationId, Error> = |row| row.get("application_id");
    read.all(sql, params![id, most], parse).await
}

/// An application has its second credential.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn begun(
    tx: &mut Tx,
    id: FleetRotationId,
    application: ApplicationId,
) -> Result<(), Error> {
    let sql = "UPDATE portal_fleet_rotation_step SET state = 'begun', error = NULL \
               WHERE rotation_id = $1 AND application_id = $2";
    tx.execute(sql, params![id, application]).await?;
    Ok(())
}

/// An application got none. Its turn comes again until there were `most` attempts.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn missed(
    tx: &mut Tx,
    id: FleetRotationId,
    application: ApplicationId,
    error: &str,
    most: i64,
) -> Result<(), Error> {
    let sql = "UPDATE portal_fleet_rotation_step SET attempts = attempts + 1, error = $3, \
               state = CASE WHEN attempts + 1 >= $4 THEN 'failed' ELSE state END \
               WHERE rotation_id = $1 AND application_id = $2";
    tx.execute(sql, params![id, application, error, most])
        .await?;
    Ok(())
}

/// Every application had its turn.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn finish(tx: &mut Tx, id: FleetRotationId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE portal_fleet_rotation SET finished_at = $2 \
               WHERE id = $1 AND finished_at IS NULL";
    tx.execute(sql, params![id, now]).await?;
    Ok(())
}

/// How far one is.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn progress(
    mut read: impl Read,
    id: FleetRotationId,
) -> Result<FleetProgress, Error> {
    let mut progress = FleetProgress::default();
    let sql = "SELECT state, COUNT(*) AS n FROM portal_fleet_rotation_step \
               WHERE rotation_id = $1 GROUP BY state";
    for row in read.rows(sql, params![id]).await? {
        let (state, n): (String, i64) = (row.get("state")?, row.get("n")?);
        progress.applications += n;
        match state.as_str() {
            "waiting" => progress.waiting = n,
            "begun" => progress.begun = n,
            _ => progress.failed = n,
        }
    }
    let of_old = "SELECT COUNT(DISTINCT r.application_id) AS n FROM portal_fleet_rotation_step t \
                  JOIN portal_retiring_credential r ON r.application_id = t.application_id";
    let which = "WHERE t.rotation_id = $1 AND t.state = 'begun'";
    let sql = format!("{of_old} {which} AND NOT r.collected");
    progress.uncollected = read.count(&sql, params![id]).await?;
    let sql = format!(
        "{of_old} JOIN portal_credential_use u ON u.application_id = r.application_id \
         AND u.credential = r.client_id {which} AND NOT r.retired AND u.used_at >= r.since"
    );
    progress.old_in_use = read.count(&sql, params![id]).await?;
    Ok(progress)
}

/// Applications that got no second credential, or not yet, and why.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn failures(
    mut read: impl Read,
    id: FleetRotationId,
    most: i64,
) -> Result<Vec<FleetFailure>, Error> {
    let sql = "SELECT t.application_id, a.name, t.error FROM portal_fleet_rotation_step t \
               JOIN portal_application a ON a.id = t.application_id \
               WHERE t.rotation_id = $1 AND t.error IS NOT NULL \
               ORDER BY t.application_id LIMIT $2";
    let parse: fn(&Row) -> Result<FleetFailure, Error> = |row| {
        Ok(FleetFailure {
            application_id: row.get("application_id")?,
            name: row.get("name")?,
            error: row.get("error")?,
        })
    };
    read.all(sql, params![id, most], parse).await
}
