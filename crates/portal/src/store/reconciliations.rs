//! What is done by itself where a provider differs, how the last pass went, and what is open.

use std::collections::HashMap;

use oauth::Timestamp;
use storage::{Database, Error, Row, Tx, params};

use super::{Read, related};
use crate::model::{DcrProviderId, DriftPolicy, LastPass, OpenDifference, ProviderType, Standing};

/// A provider's row.
#[derive(Clone, Debug)]
pub(crate) struct Reconciled {
    pub(crate) policy: DriftPolicy,
    pub(crate) last: Option<LastPass>,
    /// `None` as long as no pass looked at all clients.
    pub(crate) standing: Option<Standing>,
}

/// A provider's policy, last pass and standing; `None` as long as nobody looked or chose a policy.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: DcrProviderId,
) -> Result<Option<Reconciled>, Error> {
    let sql = "SELECT missing, changed, orphaned, passed_at, found, settled, error, full_at, looked_at, \
               mark, untold, sight, limits, applications, clients \
               FROM portal_reconciliation WHERE dcr_provider_id = $1";
    read.one(sql, params![id], parse).await
}

fn parse(row: &Row) -> Result<Reconciled, Error> {
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
    let standing = match row.get("full_at")? {
        None => None,
        Some(full_at) => Some(Standing {
            full_at,
            looked_at: row
                .get::<Option<Timestamp>>("looked_at")?
                .unwrap_or(full_at),
            applications: row.get("applications")?,
            clients: row.get("clients")?,
            sight: row.get::<Option<String>>("sight")?.unwrap_or_default(),
            limits: row.get("limits")?,
            mark: row.get("mark")?,
            untold: row.get("untold")?,
        }),
    };
    Ok(Reconciled {
        policy,
        last,
        standing,
    })
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

/// Writes how a pass went, and what is known since.
///
/// # Errors
/// [`Error::ForeignKey`] if the provider is gone, and those of [`Tx::execute`].
pub(crate) async fn passed(
    tx: &mut Tx,
    id: DcrProviderId,
    pass: &LastPass,
    standing: &Standing,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_reconciliation (dcr_provider_id, missing, changed, orphaned, \
               passed_at, found, settled, error, full_at, mark, untold, sight, limits, applications, \
               clients, looked_at) VALUES \
               ($1, 'leave', 'leave', 'leave', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
               ON CONFLICT (dcr_provider_id) DO UPDATE SET passed_at = excluded.passed_at, \
               found = excluded.found, settled = excluded.settled, error = excluded.error, \
               full_at = excluded.full_at, mark = excluded.mark, untold = excluded.untold, \
               sight = excluded.sight, limits = excluded.limits, \
               applications = excluded.applications, clients = excluded.clients, \
               looked_at = excluded.looked_at";
    let params = params![
        id,
        pass.at,
        pass.found,
        pass.settled,
        &pass.error,
        standing.full_at,
        &standing.mark,
        &standing.untold,
        &standing.sight,
        &standing.limits,
        standing.applications,
        standing.clients,
        standing.looked_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes why a pass could not look at the provider. What was known stays.
///
/// # Errors
/// [`Error::ForeignKey`] if the provider is gone, and those of [`Tx::execute`].
pub(crate) async fn failed(
    tx: &mut Tx,
    id: DcrProviderId,
    at: Timestamp,
    why: &str,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_reconciliation (dcr_provider_id, missing, changed, orphaned, \
               passed_at, found, settled, error) \
               VALUES ($1, 'leave', 'leave', 'leave', $2, 0, 0, $3) \
               ON CONFLICT (dcr_provider_id) DO UPDATE SET passed_at = excluded.passed_at, \
               settled = 0, error = excluded.error";
    tx.execute(sql, params![id, at, why]).await?;
    Ok(())
}

/// The open differences of a provider, by when they were found.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn open(
    mut read: impl Read,
    id: DcrProviderId,
) -> Result<Vec<OpenDifference>, Error> {
    let sql = "SELECT id, kind, application_id, client_id, found_at FROM portal_difference \
               WHERE dcr_provider_id = $1 ORDER BY found_at, id";
    read.all(sql, params![id], parse_open).await
}

/// How many differences are open at each of these providers. One whose clients nobody could look at is
/// left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_open(
    mut read: impl Read,
    ids: impl IntoIterator<Item = DcrProviderId>,
) -> Result<HashMap<DcrProviderId, i64>, Error> {
    let (condition, params) = related::one_of("r.dcr_provider_id", ids);
    let sql = format!(
        "SELECT r.dcr_provider_id AS id, COUNT(d.id) AS n FROM portal_reconciliation r \
         LEFT JOIN portal_difference d ON d.dcr_provider_id = r.dcr_provider_id \
         WHERE r.full_at IS NOT NULL AND {condition} GROUP BY r.dcr_provider_id"
    );
    let rows = read.rows(&sql, params).await?;
    let pair = |row: &Row| Ok((row.get("id")?, row.get("n")?));
    rows.iter().map(pair).collect()
}

/// How many differences are open, at whatever provider.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_all_open(mut read: impl Read) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_difference";
    read.count(sql, params![]).await
}

fn parse_open(row: &Row) -> Result<OpenDifference, Error> {
    Ok(OpenDifference {
        id: row.get("id")?,
        kind: row.get("kind")?,
        application_id: row.get("application_id")?,
        client_id: row.get("client_id")?,
        found_at: row.get("found_at")?,
    })
}

/// Makes these the open differences of a provider. One that was open before keeps its time.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn set_open(
    tx: &mut Tx,
    id: DcrProviderId,
    differences: &[OpenDifference],
) -> Result<(), Error> {
    let before = open(&mut *tx, id).await?;
    let before: HashMap<&str, Timestamp> = before
        .iter()
        .map(|open| (open.id.as_str(), open.found_at))
        .collect();
    tx.execute(
        "DELETE FROM portal_difference WHERE dcr_provider_id = $1",
        params![id],
    )
    .await?;
    let sql = "INSERT INTO portal_difference \
               (dcr_provider_id, id, kind, application_id, client_id, found_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dcr_provider_id, id) DO NOTHING";
    for open in differences {
        let found_at = before.get(open.id.as_str()).copied();
        let params = params![
            id,
            &open.id,
            open.kind,
            open.application_id,
            &open.client_id,
            found_at.unwrap_or(open.found_at),
        ];
        tx.execute(sql, params).await?;
    }
    Ok(())
}

/// Forgets an open difference.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn close(tx: &mut Tx, id: DcrProviderId, difference: &str) -> Result<(), Error> {
    let sql = "DELETE FROM portal_difference WHERE dcr_provider_id = $1 AND id = $2";
    tx.execute(sql, params![id, difference]).await?;
    Ok(())
}

/// Providers that nobody looked at since then. Where looking takes more than reading, nobody does
/// unasked.
///
/// # Errors
/// Those of [`Database::query`].
pub(crate) async fn neglected(
    db: &Database,
    since: Timestamp,
) -> Result<Vec<DcrProviderId>, Error> {
    let sql = "SELECT p.id FROM portal_dcr_provider p \
               LEFT JOIN portal_reconciliation r ON r.dcr_provider_id = p.id \
               WHERE p.provider_type <> $1 AND p.provider_type <> $2 \
               AND (r.passed_at IS NULL OR r.passed_at < $3) ORDER BY p.id";
    let params = params![ProviderType::Rfc7591, ProviderType::KongIdentity, since];
    let rows = db.query(sql, params).await?;
    rows.iter().map(|row| row.get("id")).collect()
}
