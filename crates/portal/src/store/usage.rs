//! Calls, as gateways counted them.

use std::collections::BTreeMap;
use std::time::Duration;

use gateway::traffic::Calls;
use oauth::Timestamp;
use storage::{Database, Error, Row, Tx, Value, params};

use super::Read;
use super::listing::{Filter, Listing, Test};
use crate::model::Span;

/// What totals are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    /// Pieces of time of this many milliseconds.
    Time(i64),
    /// The application.
    Application,
    /// The API.
    Api,
    /// The status.
    Status,
    /// The status's first digit.
    Class,
    /// Why the gateway refused.
    Reason,
}

impl Dimension {
    fn sql(self) -> String {
        match self {
            Self::Time(millis) => {
                let millis = millis.max(1);
                format!("CAST(t.starts_at - t.starts_at % {millis} AS TEXT)")
            }
            Self::Application => "t.application_id".into(),
            Self::Api => "t.api_id".into(),
            Self::Status => "CAST(t.status AS TEXT)".into(),
            Self::Class => "CAST(t.status / 100 AS TEXT)".into(),
            Self::Reason => "t.reason".into(),
        }
    }
}

/// Calls that are alike in the dimensions asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Total {
    /// The values of the dimensions, in their order.
    pub(crate) of: Vec<String>,
    /// How many.
    pub(crate) calls: i64,
}

/// Most totals that one question gives.
const MOST: u32 = 20_000;

/// How many calls there were from `from` until `to`, in spans of this length, by these dimensions and under
/// these filters. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn totals(
    mut read: impl Read,
    span: Span,
    (from, to): (Timestamp, Timestamp),
    by: &[Dimension],
    filters: &[Filter],
) -> Result<Vec<Total>, Error> {
    let listing = within(span, (from, to), filters);
    let mut params = Vec::new();
    let conditions = listing.conditions(&mut params);
    let keys: Vec<String> = by.iter().map(|dimension| dimension.sql()).collect();
    let columns: String = keys
        .iter()
        .enumerate()
        .map(|(at, sql)| format!("{sql} AS k{at}, "))
        .collect();
    let group = match keys.is_empty() {
        true => String::new(),
        false => format!("GROUP BY {0} ORDER BY {0}", keys.join(", ")),
    };
    let sql = format!(
        "SELECT {columns}CAST(COALESCE(SUM(t.calls), 0) AS BIGINT) AS n FROM portal_usage t \
         WHERE 1 = 1{conditions} {group} LIMIT {MOST}"
    );
    let rows = read.rows(&sql, params).await?;
    rows.iter().map(|row| total(row, by.len())).collect()
}

fn total(row: &Row, dimensions: usize) -> Result<Total, Error> {
    let keys = (0..dimensions).map(|at| row.get::<String>(&format!("k{at}")));
    Ok(Total {
        of: keys.collect::<Result<_, Error>>()?,
        calls: row.get("n")?,
    })
}

/// The calls of one application, or of one API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Which; empty for the calls of none.
    pub(crate) id: String,
    /// All calls.
    pub(crate) calls: i64,
    /// Those that ended in 4xx or 5xx.
    pub(crate) errors: i64,
}

/// The applications or APIs with the most calls, at most this many, under the bounds and filters of
/// [`totals`].
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn busiest(
    mut read: impl Read,
    span: Span,
    bounds: (Timestamp, Timestamp),
    by: Dimension,
    filters: &[Filter],
    most: u32,
) -> Result<Vec<Line>, Error> {
    let mut params = Vec::new();
    let conditions = within(span, bounds, filters).conditions(&mut params);
    let key = by.sql();
    let sql = format!(
        "SELECT {key} AS k, CAST(SUM(t.calls) AS BIGINT) AS n, \
         CAST(SUM(CASE WHEN t.status >= 400 THEN t.calls ELSE 0 END) AS BIGINT) AS errors \
         FROM portal_usage t WHERE 1 = 1{conditions} GROUP BY {key} ORDER BY n DESC, k LIMIT {most}"
    );
    let parse: fn(&Row) -> Result<Line, Error> = |row| {
        Ok(Line {
            id: row.get("k")?,
            calls: row.get("n")?,
            errors: row.get("errors")?,
        })
    };
    read.all(&sql, params, parse).await
}

/// The spans of a kind that begin from `from` until `to`, under these filters.
fn within(span: Span, (from, to): (Timestamp, Timestamp), filters: &[Filter]) -> Listing {
    let mut all = vec![
        Filter {
            column: "t.span",
            test: Test::OneOf(vec![span.word().into()]),
        },
        Filter {
            column: "t.starts_at",
            test: Test::AtLeast(from.into()),
        },
        Filter {
            column: "t.starts_at",
            test: Test::Less(to.into()),
        },
    ];
    all.extend_from_slice(filters);
    Listing {
        filters: all,
        ..Listing::all("t.starts_at")
    }
}

/// Whether a report is one that was not heard before; it counts as heard then.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn is_new(
    tx: &mut Tx,
    node: &str,
    number: i64,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO portal_usage_report (node, number, heard_at) VALUES ($1, $2, $3) \
               ON CONFLICT (node) DO UPDATE SET number = excluded.number, heard_at = excluded.heard_at \
               WHERE portal_usage_report.number < excluded.number";
    Ok(tx.execute(sql, params![node, number, now]).await? > 0)
}

/// Adds calls to each span that they fall into, always in the same order, so that two reports never wait
/// for one another.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn add(tx: &mut Tx, calls: &[Calls], now: Timestamp) -> Result<(), Error> {
    let mut rows: BTreeMap<(&str, i64, &str, &str, u16, &str), i64> = BTreeMap::new();
    for one in calls {
        let at = one.minute.min(now);
        for span in Span::ALL {
            let row = (
                span.word(),
                span.start(at).as_millis(),
                one.application_id.as_str(),
                one.api_id.as_str(),
                one.status,
                one.reason.as_str(),
            );
            let sum = rows.entry(row).or_default();
            *sum = sum.saturating_add(i64::try_from(one.count).unwrap_or(i64::MAX));
        }
    }
    let sql = "INSERT INTO portal_usage (span, starts_at, application_id, api_id, status, reason, calls) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (application_id, span, starts_at, api_id, status, reason) \
               DO UPDATE SET calls = portal_usage.calls + excluded.calls";
    for ((span, starts_at, application, api, status, reason), calls) in rows {
        let status = i64::from(status);
        let params: Vec<Value> = params![span, starts_at, application, api, status, reason, calls];
        tx.execute(sql, params).await?;
    }
    Ok(())
}

/// Forgets what nobody looks at any more: spans that are older than their kind is kept.
///
/// # Errors
/// Those of [`Database::execute`].
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, Error> {
    let mut gone = 0;
    for span in Span::ALL {
        let sql = "DELETE FROM portal_usage WHERE span = $1 AND starts_at < $2";
        gone += db
            .execute(sql, params![span.word(), now - span.kept()])
            .await?;
    }
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let sql = "DELETE FROM portal_usage_report WHERE heard_at < $1";
    Ok(gone + db.execute(sql, params![now - DAY]).await?)
}
