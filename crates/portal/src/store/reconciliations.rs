//! What is done by itself where a provider differs, and how the last pass went.

use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::{DcrProviderId, DriftPolicy, LastPass};

/// A provider's policy and last pass; `None` as long as nobody chose a policy.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: DcrProviderId,
) -> Result<Option<(DriftPolicy, Option<LastPass>)>, Error> {
    let sql = "SELECT missing, changed, orphaned, passed_at, found, settled, error \
               FROM portal_reconciliation WHERE dcr_provider_id = $1";
    read.one(sql, params![id], parse).await
}

fn parse(row: &Row) -> Result<(DriftPolicy, Option<LastPass>), Error> {
    let policy = DriftPolicy {
        missing: row.get("missing")?,
        changed: row.get("changed")?,
        orphaned: row.get("orphaned")?,
    };
    let last = match row.get("passed_at")? {
        None => None,
        Some(at) => Some(LastPass {
            at,
            found: row.get("found")?,
            settled: row.get("settled")?,
            error: row.get("error")?,
        }),
    };
    Ok((policy, last))
}

/// Sets a provider's policy.
///
/// # Errors
/// [`Error::ForeignKey`] if the provider is gone, and those of [`Tx::execute`].
pub(crate) async fn set_policy(
    tx: &mut Tx,
    id: DcrProviderId,
    policy: DriftPolicy,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_reconciliation (dcr_provider_id, missing, changed, orphaned, \
               found, settled) VALUES ($1, $2, $3, $4, 0, 0) \
               ON CONFLICT (dcr_provider_id) DO UPDATE SET missing = excluded.missing, \
               changed = excluded.changed, orphaned = excluded.orphaned";
    let params = params![id, policy.missing, policy.changed, policy.orphaned];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes how a pass went.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn passed(tx: &mut Tx, id: DcrProviderId, pass: &LastPass) -> Result<(), Error> {
    let sql = "UPDATE portal_reconciliation SET passed_at = $2, found = $3, settled = $4, \
               error = $5 WHERE dcr_provider_id = $1";
    let params = params![id, pass.at, pass.found, pass.settled, &pass.error];
    tx.execute(sql, params).await?;
    Ok(())
}
