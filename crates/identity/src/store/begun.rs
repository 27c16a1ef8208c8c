//! What strangers begin and nobody may finish: of each kind, how much there is and from where.

use oauth::Timestamp;
use storage::{Database, params};

/// What may be begun without a user or a password, and so comes in any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Authorization requests that wait for their user.
    SignIn,
    /// Pushed authorization requests (RFC 9126).
    PushedRequest,
    /// Device codes (RFC 8628).
    DeviceCode,
}

impl Begun {
    /// The table and its key. Each has `origin`, a digest of the address block that a row came from, and
    /// `expires_at`.
    const fn table(self) -> (&'static str, &'static str) {
        match self {
            Self::SignIn => ("identity_transaction", "id"),
            Self::PushedRequest => ("identity_pushed_request", "request_uri"),
            Self::DeviceCode => ("identity_device_code", "device_code"),
        }
    }
}

/// How many there are.
pub(crate) async fn count(db: &Database, kind: Begun) -> Result<i64, storage::Error> {
    let (table, _) = kind.table();
    let sql = format!("SELECT COUNT(*) AS total FROM {table}");
    db.query_one(&sql, params![]).await?.get("total")
}

/// How many came from each address block: fewest first, and of those with equally many, the one that waits
/// longest last.
pub(crate) async fn by_origin(
    db: &Database,
    kind: Begun,
) -> Result<Vec<(String, i64)>, storage::Error> {
    let (table, _) = kind.table();
    let sql = format!(
        "SELECT origin, COUNT(*) AS held FROM {table} \
         GROUP BY origin ORDER BY held, MIN(expires_at) DESC"
    );
    let rows = db.query(&sql, params![]).await?;
    rows.iter()
        .map(|row| Ok((row.get("origin")?, row.get("held")?)))
        .collect()
}

/// Forgets the oldest of an address block.
pub(crate) async fn forget_oldest(
    db: &Database,
    kind: Begun,
    origin: &str,
    limit: i64,
) -> Result<u64, storage::Error> {
    let (table, key) = kind.table();
    let sql = format!(
        "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} \
         WHERE origin = $1 ORDER BY expires_at LIMIT $2)"
    );
    db.execute(&sql, params![origin, limit]).await
}

/// Forgets what expired by `moment`.
pub(crate) async fn prune(
    db: &Database,
    kind: Begun,
    moment: Timestamp,
) -> Result<u64, storage::Error> {
    let (table, _) = kind.table();
    let sql = format!("DELETE FROM {table} WHERE expires_at <= $1");
    db.execute(&sql, params![moment]).await
}
