//! The statements that move an application from one state to the next.
//!
//! Each names the state that it starts from: of two that race, one finds nothing to do.

use oauth::Timestamp;
use storage::{Database, Error, Tx, params};

use super::Read;
use crate::model::{Application, ApplicationId, ApplicationStatus, AuthStrategyId, DeveloperId};

/// How many applications the developer has, those that are being removed left out.
pub(crate) async fn count(tx: &mut Tx, developer: DeveloperId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) AS applications FROM portal_application \
               WHERE developer_id = $1 AND status <> $2";
    let params = params![developer, ApplicationStatus::Deleting];
    tx.query_one(sql, params).await?.get("applications")
}

/// Whether another application of the strategy has this client id. Holds the strategy's row, so
/// that two requests for one client id cannot both hear no.
pub(crate) async fn client_id_is_taken(
    tx: &mut Tx,
    strategy: AuthStrategyId,
    client_id: &str,
    besides: ApplicationId,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_auth_strategy SET name = name WHERE id = $1";
    tx.execute(sql, params![strategy]).await?;
    let sql = "SELECT id FROM portal_application \
               WHERE auth_strategy_id = $1 AND client_id = $2 AND id <> $3 AND status <> $4";
    let params = params![strategy, client_id, besides, ApplicationStatus::Deleting];
    Ok(tx.query_optional(sql, params).await?.is_some())
}

/// `provisioning` → `active`. False if it is `provisioning` no more.
pub(crate) async fn activate(
    tx: &mut Tx,
    id: ApplicationId,
    client_id: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application \
               SET status = $3, client_id = $2, reference_id = $2, updated_at = $4 \
               WHERE id = $1 AND status = $5";
    let (active, from) = (ApplicationStatus::Active, ApplicationStatus::Provisioning);
    let rows = tx
        .execute(sql, params![id, client_id, active, now, from])
        .await?;
    Ok(rows == 1)
}

/// `provisioning` → `deleting`, with the client that was left behind, where its id is known. The
/// idempotency key is free for another attempt.
pub(crate) async fn abandon(
    tx: &mut Tx,
    id: ApplicationId,
    client_id: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application \
               SET status = $3, client_id = $2, idempotency_key = NULL, updated_at = $4 \
               WHERE id = $1 AND status = $5";
    let (to, from) = (ApplicationStatus::Deleting, ApplicationStatus::Provisioning);
    let rows = tx
        .execute(sql, params![id, client_id, to, now, from])
        .await?;
    Ok(rows == 1)
}

/// `provisioning` → gone, where nothing is at the provider.
pub(crate) async fn forget(tx: &mut Tx, id: ApplicationId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_application WHERE id = $1 AND status = $2";
    let rows = tx
        .execute(sql, params![id, ApplicationStatus::Provisioning])
        .await?;
    Ok(rows == 1)
}

/// `active` → `deleting`.
pub(crate) async fn condemn(tx: &mut Tx, id: ApplicationId, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE portal_application \
               SET status = $2, idempotency_key = NULL, updated_at = $3 \
               WHERE id = $1 AND status = $4";
    let (to, from) = (ApplicationStatus::Deleting, ApplicationStatus::Active);
    Ok(tx.execute(sql, params![id, to, now, from]).await? == 1)
}

/// Holds an `active` application until the transaction ends: until then nobody deletes it or hands it over.
/// False if it is not `active`.
pub(crate) async fn hold(tx: &mut Tx, id: ApplicationId) -> Result<bool, Error> {
    let sql = "UPDATE portal_application SET name = name WHERE id = $1 AND status = $2";
    let params = params![id, ApplicationStatus::Active];
    Ok(tx.execute(sql, params).await? == 1)
}

/// `deleting` → gone, with its registrations and keys.
pub(crate) async fn remove(tx: &mut Tx, id: ApplicationId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_application WHERE id = $1 AND status = $2";
    Ok(tx
        .execute(sql, params![id, ApplicationStatus::Deleting])
        .await?
        == 1)
}

/// Gives an `active` application another client, whose secret nobody has. False if it is not
/// `active`, or its client is another already.
pub(crate) async fn repoint(
    tx: &mut Tx,
    id: ApplicationId,
    from: Option<&str>,
    to: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application SET client_id = $3, reference_id = $3, \
               secret_version = secret_version + 1, updated_at = $4 \
               WHERE id = $1 AND client_id = $2 AND status = $5";
    let params = params![id, from, to, now, ApplicationStatus::Active];
    Ok(tx.execute(sql, params).await? == 1)
}

/// A second credential is on its way. False if the application is not `active`, or one is already since
/// `forgotten` or later.
pub(crate) async fn begin_succession(
    tx: &mut Tx,
    id: ApplicationId,
    now: Timestamp,
    forgotten: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application SET succeeding_since = $2 WHERE id = $1 AND status = $3 \
               AND (succeeding_since IS NULL OR succeeding_since < $4)";
    let params = params![id, now, ApplicationStatus::Active, forgotten];
    Ok(tx.execute(sql, params).await? == 1)
}

/// It came, or there is nothing left of it. False if none was on its way.
pub(crate) async fn end_succession(tx: &mut Tx, id: ApplicationId) -> Result<bool, Error> {
    let sql = "UPDATE portal_application SET succeeding_since = NULL \
               WHERE id = $1 AND succeeding_since IS NOT NULL";
    Ok(tx.execute(sql, params![id]).await? == 1)
}

/// Whether the application is `active`.
pub(crate) async fn is_active(mut read: impl Read, id: ApplicationId) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_application WHERE id = $1 AND status = $2";
    Ok(read
        .count(sql, params![id, ApplicationStatus::Active])
        .await?
        > 0)
}

/// Whether a second credential is on its way.
pub(crate) async fn is_succeeding(mut read: impl Read, id: ApplicationId) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_application \
               WHERE id = $1 AND succeeding_since IS NOT NULL";
    Ok(read.count(sql, params![id]).await? > 0)
}

/// Whether the application ever got another client than its first.
pub(crate) async fn was_succeeded(mut read: impl Read, id: ApplicationId) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_application WHERE id = $1 AND successions > 0";
    Ok(read.count(sql, params![id]).await? > 0)
}

/// Gives an `active` application another client beside the one it has. False if it is not `active`, or
/// its client is another already.
pub(crate) async fn succeed(
    tx: &mut Tx,
    id: ApplicationId,
    from: &str,
    to: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application SET client_id = $3, reference_id = $3, updated_at = $4, \
               successions = successions + 1 \
               WHERE id = $1 AND client_id = $2 AND status = $5";
    let params = params![id, from, to, now, ApplicationStatus::Active];
    Ok(tx.execute(sql, params).await? == 1)
}

/// The secret is being replaced. False if the application is not `active`, or it is being replaced since
/// `forgotten` or later.
pub(crate) async fn begin_rotation(
    tx: &mut Tx,
    id: ApplicationId,
    now: Timestamp,
    forgotten: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application SET rotating_since = $2 WHERE id = $1 AND status = $3 \
               AND (rotating_since IS NULL OR rotating_since <= $4)";
    let params = params![id, now, ApplicationStatus::Active, forgotten];
    Ok(tx.execute(sql, params).await? == 1)
}

/// It was replaced, or was not.
pub(crate) async fn end_rotation(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    let sql = "UPDATE portal_application SET rotating_since = NULL WHERE id = $1";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

/// Counts a rotation of the secret. False if the application is not `active`.
pub(crate) async fn count_rotation(
    tx: &mut Tx,
    id: ApplicationId,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application \
               SET secret_version = secret_version + 1, updated_at = $2 \
               WHERE id = $1 AND status = $3";
    let rows = tx
        .execute(sql, params![id, now, ApplicationStatus::Active])
        .await?;
    Ok(rows == 1)
}

/// Writes what may change of an `active` application. False if it is not `active`, or has another client
/// than `had`.
pub(crate) async fn update(
    tx: &mut Tx,
    application: &Application,
    had: Option<&str>,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application \
               SET name = $2, description = $3, redirect_uri = $4, reference_id = $5, \
               client_id = $6, updated_at = $7 \
               WHERE id = $1 AND status = $8 AND COALESCE(client_id, '') = $9";
    let params = params![
        application.id,
        &application.name,
        &application.description,
        &application.redirect_uri,
        &application.reference_id,
        &application.client_id,
        application.updated_at,
        ApplicationStatus::Active,
        had.unwrap_or_default(),
    ];
    Ok(tx.execute(sql, params).await? == 1)
}

/// Writes the new owner of an `active` application. False if it is not `active`, or another's already.
pub(crate) async fn transfer(
    tx: &mut Tx,
    moved: &Application,
    from: DeveloperId,
) -> Result<bool, Error> {
    let sql = "UPDATE portal_application \
               SET developer_id = $2, updated_at = $3, team_id = $6, idempotency_key = $7 \
               WHERE id = $1 AND status = $4 AND developer_id = $5";
    let params = params![
        moved.id,
        moved.developer_id,
        moved.updated_at,
        ApplicationStatus::Active,
        from,
        moved.team_id,
        &moved.idempotency_key,
    ];
    Ok(tx.execute(sql, params).await? == 1)
}

/// Applications that were left half-way long ago, oldest first.
pub(crate) async fn stragglers(
    db: &Database,
    before: Timestamp,
) -> Result<Vec<ApplicationId>, Error> {
    // The word stands in the statement, as it does in the index.
    let sql = "SELECT id FROM portal_application WHERE status <> 'active' AND updated_at < $1 \
               ORDER BY updated_at, id LIMIT 1000";
    let rows = db.query(sql, params![before]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}
