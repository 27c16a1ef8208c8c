//! The tenant's log.

use std::collections::BTreeMap;

use oauth::Timestamp;
use storage::{Database, Row, Tx, Value, params};

use crate::model::Members;
use crate::model::search::Search;
use crate::store::search::{Column, Fields, condition};

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
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    clause: String,
    params: Vec<Value>,
}

impl Filter {
    /// Entries that a query finds.
    ///
    /// # Errors
    /// The name of a field that entries cannot be searched by.
    pub(crate) fn new(search: &Search) -> Result<Self, String> {
        let mut params = Vec::new();
        let clause = condition(search, &FIELDS, &mut params)?;
        Ok(Self { clause, params })
    }

    /// Entries about a user.
    pub(crate) fn of_user(user_id: &str) -> Self {
        Self {
            clause: "user_id = $1".to_owned(),
            params: params![user_id],
        }
    }

    /// Of these, only entries after this one.
    pub(crate) fn after(&mut self, log_id: &str) {
        self.params.push(log_id.into());
        self.clause = format!("({}) AND log_id > ${}", self.clause, self.params.len());
    }
}

const FIELDS: Fields = Fields {
    column,
    usual: &["code", "user_id", "client_id"],
};

/// Source: the vendor's "Log Search Query Syntax", "Searchable fields".
fn column(field: &str) -> Option<Column> {
    Some(match field {
        "type" => Column::Exact("code"),
        "log_id" | "_id" => Column::Exact("log_id"),
        "user_id" => Column::Exact("user_id"),
        "client_id" => Column::Exact("client_id"),
        "date" => Column::Time("date"),
        "client_name" | "connection" | "connection_id" | "description" | "hostname" | "ip"
        | "strategy" | "strategy_type" | "user_agent" | "user_name" | "audience" | "scope" => {
            Column::Member("entry", field.to_owned())
        }
        _ => return None,
    })
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
    let clause = &filter.clause;
    let mut params = filter.params.clone();
    params.extend(params![limit, offset]);
    let (limit, offset) = (params.len() - 1, params.len());
    let order = if newest_first { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT entry FROM identity_log WHERE {clause} ORDER BY log_id {order} \
         LIMIT ${limit} OFFSET ${offset}"
    );
    let rows = db.query(&sql, params).await?;
    rows.iter().map(entry).collect()
}

/// Entries between two places, the oldest first.
pub(crate) async fn between(
    db: &Database,
    after: &str,
    before: &str,
    limit: i64,
) -> Result<Vec<Members>, storage::Error> {
    let sql = "SELECT entry FROM identity_log WHERE log_id > $1 AND log_id < $2 \
               ORDER BY log_id LIMIT $3";
    let rows = db.query(sql, params![after, before, limit]).await?;
    rows.iter().map(entry).collect()
}

pub(crate) async fn count(db: &Database, filter: &Filter) -> Result<i64, storage::Error> {
    let clause = &filter.clause;
    let sql = format!("SELECT COUNT(*) AS total FROM identity_log WHERE {clause}");
    db.query_one(&sql, filter.params.clone())
        .await?
        .get("total")
}

/// Forgets entries older than `before`.
pub(crate) async fn prune(db: &Database, before: Timestamp) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_log WHERE date < $1";
    db.execute(sql, params![before]).await
}

/// How many entries there are.
pub(crate) async fn total(db: &Database) -> Result<i64, storage::Error> {
    let sql = "SELECT COUNT(*) AS total FROM identity_log";
    db.query_one(sql, params![]).await?.get("total")
}

/// How many entries there are of each kind.
pub(crate) async fn held_by_code(db: &Database) -> Result<Vec<(String, i64)>, storage::Error> {
    let sql = "SELECT code, COUNT(*) AS held FROM identity_log GROUP BY code ORDER BY code";
    let rows = db.query(sql, params![]).await?;
    rows.iter()
        .map(|row| Ok((row.get("code")?, row.get("held")?)))
        .collect()
}

/// Forgets the oldest entries of a kind.
pub(crate) async fn forget_oldest(
    db: &Database,
    code: &str,
    count: i64,
) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_log WHERE log_id IN \
               (SELECT log_id FROM identity_log WHERE code = $1 ORDER BY log_id LIMIT $2)";
    db.execute(sql, params![code, count]).await
}

fn entry(row: &Row) -> Result<Members, storage::Error> {
    let storage::Json(entry) = row.get("entry")?;
    Ok(entry)
}
