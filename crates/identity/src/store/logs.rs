//! The tenant's log.

use std::collections::BTreeMap;

use oauth::Timestamp;
use storage::{Database, Row, Tx, Value, params};

use crate::model::Members;
use crate::store::page::Conditions;

/// An entry as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Sorts by time.
    pub(crate) log_id: String,
    pub(crate) date: Timestamp,
    pub(crate) code: String,
    pub(crate) client_id: Option<String>,
    pub(crate) user_id: Option<String>,
    /// As the Management API shows it.
    pub(crate) wire: Members,
}

/// Which entries to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) codes: Option<Vec<String>>,
    pub(crate) user_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) log_id: Option<String>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    /// Only entries after this one.
    pub(crate) after: Option<String>,
}

/// How many entries one statement writes.
const AT_ONCE: usize = 50;

pub(crate) async fn insert(tx: &mut Tx, entries: &[Stored]) -> Result<(), storage::Error> {
    for some in entries.chunks(AT_ONCE) {
        let mut values: Vec<Value> = Vec::with_capacity(some.len() * 6);
        let mut rows = Vec::with_capacity(some.len());
        for entry in some {
            let first = values.len() + 1;
            let places: Vec<String> = (first..first + 6).map(|n| format!("${n}")).collect();
            rows.push(format!("({})", places.join(", ")));
            values.extend(params![
                &entry.log_id,
                entry.date,
                &entry.code,
                &entry.client_id,
                &entry.user_id,
                storage::Json(&entry.wire),
            ]);
        }
        let sql = format!(
            "INSERT INTO identity_log (log_id, date, code, client_id, user_id, entry) VALUES {}",
            rows.join(", ")
        );
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

/// Adds to the counts of days: `(day, logins, signups)` by `YYYYMMDD`.
pub(crate) async fn count_days(
    tx: &mut Tx,
    days: &BTreeMap<String, (i64, i64)>,
    now: Timestamp,
) -> Result<(), storage::Error> {
    for (day, (logins, signups)) in days {
        let sql = "INSERT INTO identity_day (day, logins, signups, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $4) ON CONFLICT (day) DO UPDATE \
                   SET logins = identity_day.logins + $2, signups = identity_day.signups + $3, \
                   updated_at = $4";
        tx.execute(sql, params![day, *logins, *signups, now])
            .await?;
    }
    Ok(())
}

/// The counts of a day.
pub(crate) struct Day {
    pub(crate) day: String,
    pub(crate) logins: i64,
    pub(crate) signups: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

pub(crate) async fn days(db: &Database, from: &str, to: &str) -> Result<Vec<Day>, storage::Error> {
    let sql = "SELECT day, logins, signups, created_at, updated_at FROM identity_day \
               WHERE day >= $1 AND day <= $2 ORDER BY day LIMIT 1000";
    let rows = db.query(sql, params![from, to]).await?;
    rows.iter()
        .map(|row| {
            Ok(Day {
                day: row.get("day")?,
                logins: row.get("logins")?,
                signups: row.get("signups")?,
                created_at: row.get("created_at")?,
                updated_at: row.get("updated_at")?,
            })
        })
        .collect()
}

pub(crate) async fn find(db: &Database, log_id: &str) -> Result<Option<Members>, storage::Error> {
    let sql = "SELECT entry FROM identity_log WHERE log_id = $1";
    let row = db.query_optional(sql, params![log_id]).await?;
    row.as_ref().map(entry).transpose()
}

/// A page of entries, the newest or the oldest first.
pub(crate) async fn list(
    db: &Database,
    filter: &Filter,
    newest_first: bool,
    (offset, limit): (i64, i64),
) -> Result<Vec<Members>, storage::Error> {
    let (clause, mut params) = conditions(filter).count();
    params.extend(params![limit, offset]);
    let (limit, offset) = (params.len() - 1, params.len());
    let order = if newest_first { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT entry FROM identity_log{clause} ORDER BY log_id {order} LIMIT ${limit} OFFSET ${offset}"
    );
    let rows = db.query(&sql, params).await?;
    rows.iter().map(entry).collect()
}

pub(crate) async fn count(db: &Database, filter: &Filter) -> Result<i64, storage::Error> {
    let (clause, params) = conditions(filter).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_log{clause}");
    db.query_one(&sql, params).await?.get("total")
}

fn conditions(filter: &Filter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(codes) = &filter.codes {
        conditions.any_of("code", codes.iter().map(String::as_str));
    }
    for (column, value) in [
        ("user_id", &filter.user_id),
        ("client_id", &filter.client_id),
        ("log_id", &filter.log_id),
    ] {
        if let Some(value) = value {
            conditions.add(&format!("{column} = ?"), value);
        }
    }
    if let Some(since) = filter.since {
        conditions.add("date >= ?", since);
    }
    if let Some(until) = filter.until {
        conditions.add("date <= ?", until);
    }
    if let Some(after) = &filter.after {
        conditions.add("log_id > ?", after);
    }
    conditions
}

/// Forgets entries older than `before`, and the oldest ones beyond `most`.
pub(crate) async fn prune(
    db: &Database,
    before: Timestamp,
    most: i64,
) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_log WHERE date < $1";
    let old = db.execute(sql, params![before]).await?;
    let sql = "DELETE FROM identity_log WHERE log_id <= (SELECT log_id FROM identity_log \
               ORDER BY log_id DESC LIMIT 1 OFFSET $1)";
    Ok(old + db.execute(sql, params![most]).await?)
}

fn entry(row: &Row) -> Result<Members, storage::Error> {
    let storage::Json(entry) = row.get("entry")?;
    Ok(entry)
}
