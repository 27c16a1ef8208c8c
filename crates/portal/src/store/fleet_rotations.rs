//! Rotations of every application of a provider, and how far each is.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{
    ApplicationId, ApplicationStatus, DcrProviderId, FleetFailure, FleetMember, FleetProgress,
    FleetRotation, FleetRotationId,
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

/// An application has its second credential, which its developer is to take unless that happened already.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn begun(
    tx: &mut Tx,
    id: FleetRotationId,
    application: ApplicationId,
) -> Result<(), Error> {
    let sql = "UPDATE portal_fleet_rotation_step SET state = 'begun', error = NULL, \
               collected = NOT EXISTS (SELECT 1 FROM portal_retiring_credential r \
               WHERE r.application_id = $2 AND NOT r.collected) \
               WHERE rotation_id = $1 AND application_id = $2";
    tx.execute(sql, params![id, application]).await?;
    Ok(())
}

/// The developer of an application took its secret.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn collected(tx: &mut Tx, application: ApplicationId) -> Result<(), Error> {
    let sql = "UPDATE portal_fleet_rotation_step SET collected = $2 WHERE application_id = $1";
    tx.execute(sql, params![application, true]).await?;
    Ok(())
}

/// Whether the developer of an application is still to take its secret, also when the old credentials
/// are gone.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn is_to_collect(
    mut read: impl Read,
    application: ApplicationId,
) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_fleet_rotation_step \
               WHERE application_id = $1 AND state = 'begun' AND NOT collected";
    Ok(read.count(sql, params![application]).await? > 0)
}

/// One page of the applications that one is about, and how many there are. The step's alias is `t`, the
/// application's `a`, the portal's `s`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn members(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<FleetMember>, i64), Error> {
    let columns = "t.application_id, a.name, a.portal_id, s.display_name AS portal, t.state, t.error, \
                   t.collected";
    let from = "portal_fleet_rotation_step t \
                JOIN portal_application a ON a.id = t.application_id \
                JOIN portal_portal s ON s.id = a.portal_id";
    let parse: fn(&Row) -> Result<FleetMember, Error> = |row| {
        Ok(FleetMember {
            application_id: row.get("application_id")?,
            name: row.get("name")?,
            portal_id: row.get("portal_id")?,
            portal: row.get("portal")?,
            state: row.get("state")?,
            error: row.get("error")?,
            collected: row.get("collected")?,
        })
    };
    listing::page(read, columns, from, "t.application_id", listing, parse).await
}

/// For [`listing::Test::In`]: members of a rotation whose old credential works.
pub(crate) const WITH_OLD: &str = "(SELECT 1 FROM portal_retiring_credential r \
                                   WHERE r.application_id = t.application_id AND NOT r.retired \
                                   AND t.rotation_id";

/// The applications that one is about whose old credential works, the first to go first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn with_old(
    mut read: impl Read,
    id: FleetRotationId,
) -> Result<Vec<ApplicationId>, Error> {
    let sql = "SELECT t.application_id, MIN(r.retires_at) AS goes FROM portal_fleet_rotation_step t \
               JOIN portal_retiring_credential r ON r.application_id = t.application_id \
               WHERE t.rotation_id = $1 AND t.state = 'begun' AND NOT r.retired \
               GROUP BY t.application_id ORDER BY goes, t.application_id";
    let parse: fn(&Row) -> Result<ApplicationId, Error> = |row| row.get("application_id");
    read.all(sql, params![id], parse).await
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
    quiet: Quiet,
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
    let sql = format!("{of_old} {which} AND NOT r.retired");
    progress.old_working = read.count(&sql, params![id]).await?;
    let sql = format!(
        "{of_old} JOIN portal_credential_use u ON u.application_id = r.application_id \
         AND u.credential = r.client_id {which} AND NOT r.retired AND u.used_at >= r.since"
    );
    progress.old_in_use = read.count(&sql, params![id]).await?;
    let sql = format!(
        "{of_old} {which} AND NOT r.retired AND r.since <= $2 AND NOT EXISTS \
         (SELECT 1 FROM portal_credential_use u WHERE u.application_id = r.application_id \
         AND u.credential = r.client_id AND u.used_at > r.since - $3 AND u.used_at > $4)"
    );
    let params = params![id, quiet.begun_before, MINUTE, quiet.unused_since];
    progress.safe_to_retire = read.count(&sql, params).await?;
    let steps = "SELECT COUNT(*) AS n FROM portal_fleet_rotation_step t";
    let sql = format!("{steps} {which} AND NOT t.collected");
    progress.uncollected = read.count(&sql, params![id]).await?;
    let sql = format!(
        "{steps} {which} AND NOT t.collected AND NOT EXISTS \
         (SELECT 1 FROM portal_retiring_credential r WHERE r.application_id = t.application_id \
         AND NOT r.retired)"
    );
    progress.cut_off = read.count(&sql, params![id]).await?;
    Ok(progress)
}

/// Uses are known to the minute, in milliseconds.
const MINUTE: i64 = 60_000;

/// When an old credential counts as unused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quiet {
    /// Its successor came before.
    pub(crate) begun_before: Timestamp,
    /// A use before, if it was used since its successor came at all.
    pub(crate) unused_since: Timestamp,
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
