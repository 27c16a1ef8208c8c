//! The latest refusals of the gateways.

use std::time::Duration;

use gateway::traffic::Refused;
use oauth::{Entropy, Timestamp};
use storage::{Database, Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};

/// How long one is kept, and how many there are at the most.
const KEPT: Duration = Duration::from_secs(24 * 3600);
const MOST: i64 = 5_000;

const COLUMNS: &str = "t.refused_at, t.node, t.request_id, t.method, t.path, t.route, t.status, t.reason, \
                       t.detail, t.application_id, a.name AS application";
const FROM: &str = "portal_refusal t LEFT JOIN portal_application a ON a.id = t.application_id";

/// A refusal, and which gateway refused.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The gateway.
    pub(crate) node: String,
    /// What it said.
    pub(crate) refused: Refused,
    /// The application's name, where it is known.
    pub(crate) application: Option<String>,
}

fn parse(row: &Row) -> Result<Refusal, Error> {
    let status: i64 = row.get("status")?;
    Ok(Refusal {
        node: row.get("node")?,
        refused: Refused {
            at: row.get("refused_at")?,
            request_id: row.get("request_id")?,
            method: row.get("method")?,
            path: row.get("path")?,
            route: row.get("route")?,
            status: u16::try_from(status).unwrap_or_default(),
            reason: row.get("reason")?,
            detail: row.get("detail")?,
            application_id: row.get("application_id")?,
        },
        application: row.get("application")?,
    })
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<Refusal>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one that a gateway told of.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(
    tx: &mut Tx,
    entropy: &Entropy,
    node: &str,
    refused: &Refused,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_refusal (id, refused_at, node, request_id, method, path, route, status, \
               reason, detail, application_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = params![
        entropy.uuid(),
        refused.at.min(now),
        node,
        &refused.request_id,
        &refused.method,
        &refused.path,
        &refused.route,
        i64::from(refused.status),
        &refused.reason,
        &refused.detail,
        &refused.application_id
    ];
    tx.execute(sql, params).await.map(drop)
}

/// Forgets the old ones, and the oldest of too many.
///
/// # Errors
/// Those of [`Database::execute`].
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM portal_refusal WHERE refused_at < $1";
    let old = db.execute(sql, params![now - KEPT]).await?;
    let sql = "DELETE FROM portal_refusal WHERE refused_at < (SELECT MIN(l.refused_at) FROM \
               (SELECT refused_at FROM portal_refusal ORDER BY refused_at DESC LIMIT $1) l)";
    Ok(old + db.execute(sql, params![MOST]).await?)
}
