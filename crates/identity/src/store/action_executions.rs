//! What came of runs.

use oauth::Timestamp;
use storage::{Database, Json, Row, Tx, params};

use super::actions::trigger;
use super::page::Conditions;
use crate::model::action::{Ending, Execution, Trigger};

const COLUMNS: &str = "id, trigger_id, ending, results, client_id, user_id, created_at, updated_at";

/// Writes a run, whether it was there (suspended) or not.
pub(crate) async fn put(tx: &mut Tx, execution: &Execution) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_action_execution (id, trigger_id, ending, results, client_id, \
               user_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT (id) DO UPDATE SET ending = $3, results = $4, updated_at = $8";
    let params = params![
        &execution.id,
        execution.trigger.id(),
        execution.ending.as_str(),
        Json(&execution.results),
        &execution.client_id,
        &execution.user_id,
        execution.created_at,
        execution.updated_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Execution>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_action_execution WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Which runs to list.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) trigger: Option<Trigger>,
    /// Runs that this Action was part of.
    pub(crate) action_id: Option<&'a str>,
    /// Runs in which an Action failed.
    pub(crate) failed: bool,
    pub(crate) oldest_first: bool,
}

/// A part of the runs, and how many there are in all.
pub(crate) async fn list(
    db: &Database,
    wanted: &Wanted<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Execution>, u64), storage::Error> {
    let mut conditions = Conditions::default();
    if let Some(trigger) = wanted.trigger {
        conditions.add("trigger_id = ?", trigger.id());
    }
    if wanted.failed {
        conditions.add("ending = ?", Ending::Partial.as_str());
    }
    // Ids are UUIDs; anything else names no Action, and must not become a pattern.
    if let Some(id) = wanted.action_id {
        let is_id = |c: char| c.is_ascii_hexdigit() || c == '-';
        let id = if id.chars().all(is_id) { id } else { "-" };
        conditions.add("results LIKE ?", format!("%\"action_id\":\"{id}\"%"));
    }
    let (clause, mut params) = conditions.count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_action_execution{clause}");
    let row = db.query_optional(&sql, params.clone()).await?;
    let total: i64 = row.map_or(Ok(0), |row| row.get("total"))?;
    let order = if wanted.oldest_first { "" } else { " DESC" };
    params.extend(params![limit, offset]);
    let (limit, offset) = (params.len() - 1, params.len());
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_action_execution{clause} \
         ORDER BY created_at{order}, id{order} LIMIT ${limit} OFFSET ${offset}"
    );
    let rows = db.query(&sql, params).await?;
    let found: Result<Vec<Execution>, _> = rows.iter().map(read).collect();
    Ok((found?, u64::try_from(total).unwrap_or_default()))
}

/// Forgets runs from before, and the oldest ones beyond `most`.
pub(crate) async fn prune(
    db: &Database,
    before: Timestamp,
    most: i64,
) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_action_execution WHERE created_at < $1";
    let old = db.execute(sql, params![before]).await?;
    let sql = "DELETE FROM identity_action_execution WHERE created_at <= (SELECT created_at \
               FROM identity_action_execution ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET $1)";
    Ok(old + db.execute(sql, params![most]).await?)
}

fn read(row: &Row) -> Result<Execution, storage::Error> {
    let Json(results) = row.get("results")?;
    Ok(Execution {
        id: row.get("id")?,
        trigger: trigger(row)?,
        ending: Ending::read(&row.get::<String>("ending")?),
        results,
        client_id: row.get("client_id")?,
        user_id: row.get("user_id")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
