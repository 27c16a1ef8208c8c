//! Wrong passwords, counted by account and network address.
//!
//! An account is a user's id, or a keyed digest of a name that nobody has: known and unknown users
//! leave the same trace and take the same time.

use oauth::Timestamp;
use storage::{Database, Tx, params};

/// Which failures count together, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    pub(crate) account: &'a str,
    pub(crate) ip: &'a str,
    pub(crate) now: Timestamp,
    /// Failures before this moment are forgotten.
    pub(crate) since: Timestamp,
}

/// Counts an attempt before it is judged, and gives how many there were, this one among them.
pub(crate) async fn count(db: &Database, attempt: Attempt<'_>) -> Result<i64, storage::Error> {
    let sql = "INSERT INTO identity_login_failure (account, ip, failures, last_at) \
               VALUES ($1, $2, 1, $3) ON CONFLICT (account, ip) DO UPDATE SET \
               failures = CASE WHEN identity_login_failure.last_at < $4 THEN 1 \
               ELSE identity_login_failure.failures + 1 END, last_at = $3 RETURNING failures";
    let params = params![attempt.account, attempt.ip, attempt.now, attempt.since];
    let mut tx = db.begin().await?;
    let failures = tx.query_one(sql, params).await?.get("failures")?;
    tx.commit().await?;
    Ok(failures)
}

/// The addresses from which an account is blocked.
pub(crate) async fn blocked_from(
    db: &Database,
    account: &str,
    allowed: i64,
    since: Timestamp,
) -> Result<Vec<String>, storage::Error> {
    let sql = "SELECT ip FROM identity_login_failure \
               WHERE account = $1 AND failures >= $2 AND last_at >= $3 ORDER BY last_at, ip LIMIT 100";
    let rows = db.query(sql, params![account, allowed, since]).await?;
    rows.iter().map(|row| row.get("ip")).collect()
}

/// Forgives an account: from one address, or from all.
pub(crate) async fn forgive(
    tx: &mut Tx,
    account: &str,
    ip: Option<&str>,
) -> Result<(), storage::Error> {
    match ip {
        None => {
            let sql = "DELETE FROM identity_login_failure WHERE account = $1";
            tx.execute(sql, params![account]).await?;
        }
        Some(ip) => {
            let sql = "DELETE FROM identity_login_failure WHERE account = $1 AND ip = $2";
            tx.execute(sql, params![account, ip]).await?;
        }
    }
    Ok(())
}

/// Forgets failures that are long ago, and the oldest beyond `most`: a guesser of names must not
/// fill the disk.
pub(crate) async fn prune(
    db: &Database,
    before: Timestamp,
    most: i64,
) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_login_failure WHERE last_at < $1";
    let old = db.execute(sql, params![before]).await?;
    let sql = "DELETE FROM identity_login_failure WHERE last_at < (SELECT last_at \
               FROM identity_login_failure ORDER BY last_at DESC LIMIT 1 OFFSET $1)";
    Ok(old + db.execute(sql, params![most]).await?)
}
