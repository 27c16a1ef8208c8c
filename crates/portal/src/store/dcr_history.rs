//! How passes over a provider's clients went, and what verifications of it found.

use dcr::Finding;
use storage::{Error, Json, Row, Tx, params};

use super::Read;
use crate::model::{DcrProviderId, LastPass, PastPasses, PastVerification};

/// Entries of each kind that are kept of a provider.
const KEPT: i64 = 100;

/// Adds a pass. One that went as the one before it joins that, unless something was settled.
///
/// # Errors
/// [`Error::ForeignKey`] if the provider is gone, and those of [`Tx::execute`].
pub(crate) async fn add_pass(tx: &mut Tx, id: DcrProviderId, pass: &LastPass) -> Result<(), Error> {
    let sql = "SELECT COALESCE(MAX(number), 0) AS n FROM portal_reconciliation_pass \
               WHERE dcr_provider_id = $1";
    let last = (&mut *tx).count(sql, params![id]).await?;
    if pass.settled == 0 {
        let sql = "UPDATE portal_reconciliation_pass SET at = $3, times = times + 1 \
                   WHERE dcr_provider_id = $1 AND number = $2 AND found = $4 AND settled = 0 \
                   AND COALESCE(error, '') = $5";
        let error = pass.error.as_deref().unwrap_or_default();
        let params = params![id, last, pass.at, pass.found, error];
        if tx.execute(sql, params).await? > 0 {
            return Ok(());
        }
    }
    // Of two passes that end at once, one is remembered.
    let sql = "INSERT INTO portal_reconciliation_pass \
               (dcr_provider_id, number, since, at, times, found, settled, error) \
               VALUES ($1, $2, $3, $3, 1, $4, $5, $6) \
               ON CONFLICT (dcr_provider_id, number) DO NOTHING";
    let params = params![id, last + 1, pass.at, pass.found, pass.settled, &pass.error];
    tx.execute(sql, params).await?;
    let sql = "DELETE FROM portal_reconciliation_pass WHERE dcr_provider_id = $1 AND number <= $2";
    tx.execute(sql, params![id, last + 1 - KEPT]).await?;
    Ok(())
}

/// A provider's passes, the newest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn passes(
    mut read: impl Read,
    id: DcrProviderId,
) -> Result<Vec<PastPasses>, Error> {
    let sql = "SELECT since, at, times, found, settled, error FROM portal_reconciliation_pass \
               WHERE dcr_provider_id = $1 ORDER BY number DESC";
    let parse: fn(&Row) -> Result<PastPasses, Error> = |row| {
        Ok(PastPasses {
            since: row.get("since")?,
            at: row.get("at")?,
            times: row.get("times")?,
            found: row.get("found")?,
            settled: row.get("settled")?,
            error: row.get("error")?,
        })
    };
    read.all(sql, params![id], parse).await
}

/// Adds a verification.
///
/// # Errors
/// [`Error::ForeignKey`] if the provider is gone, and those of [`Tx::execute`].
pub(crate) async fn add_verification(
    tx: &mut Tx,
    id: DcrProviderId,
    past: &PastVerification,
) -> Result<(), Error> {
    let sql = "SELECT COALESCE(MAX(number), 0) AS n FROM portal_verification \
               WHERE dcr_provider_id = $1";
    let last = (&mut *tx).count(sql, params![id]).await?;
    let sql = "INSERT INTO portal_verification \
               (dcr_provider_id, number, at, occasion, actor_kind, actor_id, findings) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (dcr_provider_id, number) DO NOTHING";
    let params = params![
        id,
        last + 1,
        past.at,
        past.occasion,
        &past.actor_kind,
        &past.actor_id,
        Json(&past.findings)
    ];
    tx.execute(sql, params).await?;
    let sql = "DELETE FROM portal_verification WHERE dcr_provider_id = $1 AND number <= $2";
    tx.execute(sql, params![id, last + 1 - KEPT]).await?;
    Ok(())
}

/// A provider's verifications, the newest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn verifications(
    mut read: impl Read,
    id: DcrProviderId,
) -> Result<Vec<PastVerification>, Error> {
    let sql = "SELECT at, occasion, actor_kind, actor_id, findings FROM portal_verification \
               WHERE dcr_provider_id = $1 ORDER BY number DESC";
    let parse: fn(&Row) -> Result<PastVerification, Error> = |row| {
        let Json(findings): Json<Vec<Finding>> = row.get("findings")?;
        Ok(PastVerification {
            at: row.get("at")?,
            occasion: row.get("occasion")?,
            actor_kind: row.get("actor_kind")?,
            actor_id: row.get("actor_id")?,
            findings,
        })
    };
    read.all(sql, params![id], parse).await
}
