//! What came of runs.

use oauth::Timestamp;
use storage::{Database, Json, Row, Tx, params};

use super::actions::trigger;
use crate::model::action::{Ending, Execution};

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

/// Runs, or those that failed, the newest first; `limit` of them after the first `offset`.
pub(crate) async fn list(
    db: &Database,
    failed: bool,
    (offset, limit): (i64, i64),
) -> Result<Vec<Execution>, storage::Error> {
    let clause = clause(failed);
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_action_execution{clause} ORDER BY created_at DESC, id DESC \
         LIMIT $1 OFFSET $2"
    );
    let rows = db.query(&sql, params![limit, offset]).await?;
    rows.iter().map(read).collect()
}

/// How many runs there are, or failed.
pub(crate) async fn count(db: &Database, failed: bool) -> Result<i64, storage::Error> {
    let clause = clause(failed);
    let sql = format!("SELECT COUNT(*) AS total FROM identity_action_execution{clause}");
    db.query_one(&sql, Vec::new()).await?.get("total")
}

const fn clause(failed: bool) -> &'static str {
    match failed {
        true => " WHERE ending = 'partial'",
        false => "",
    }
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
