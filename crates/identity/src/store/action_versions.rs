//! What was deployed of Actions.

use storage::{Database, Json, Row, Tx, params};

use super::actions::{CONTENT, content};
use crate::model::action::Version;

pub(crate) async fn insert(tx: &mut Tx, version: &Version) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_action_version (id, action_id, number, runtime, code, \
               dependencies, secret_names, secrets, modules_id, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let content = &version.content;
    let params = params![
        &version.id,
        &version.action_id,
        version.number,
        &content.runtime,
        &content.code,
        Json(&content.dependencies),
        Json(&content.secret_names),
        &content.sealed_secrets,
        &content.modules,
        version.created_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// The number of the last version of an Action; 0 if there is none.
pub(crate) async fn last_number(tx: &mut Tx, action_id: &str) -> Result<i64, storage::Error> {
    let sql = "SELECT number FROM identity_action_version WHERE action_id = $1 \
               ORDER BY number DESC LIMIT 1";
    let row = tx.query_optional(sql, params![action_id]).await?;
    row.map_or(Ok(0), |row| row.get("number"))
}

/// Forgets the versions of an Action up to this number, but never the one that runs.
pub(crate) async fn forget_old(
    tx: &mut Tx,
    action_id: &str,
    up_to: i64,
    deployed: &str,
) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_action_version \
               WHERE action_id = $1 AND number <= $2 AND id <> $3";
    tx.execute(sql, params![action_id, up_to, deployed]).await?;
    Ok(())
}

pub(crate) async fn find(
    db: &Database,
    action_id: &str,
    id: &str,
) -> Result<Option<Version>, storage::Error> {
    let sql = format!(
        "SELECT id, action_id, number, created_at, {CONTENT} FROM identity_action_version \
         WHERE action_id = $1 AND id = $2"
    );
    let row = db.query_optional(&sql, params![action_id, id]).await?;
    row.as_ref().map(read).transpose()
}

/// Every version of an Action, the newest first.
pub(crate) async fn list(db: &Database, action_id: &str) -> Result<Vec<Version>, storage::Error> {
    let sql = format!(
        "SELECT id, action_id, number, created_at, {CONTENT} FROM identity_action_version \
         WHERE action_id = $1 ORDER BY number DESC LIMIT 1000"
    );
    let rows = db.query(&sql, params![action_id]).await?;
    rows.iter().map(read).collect()
}

/// The version of every Action that runs where the Action is bound.
pub(crate) async fn deployed(db: &Database) -> Result<Vec<Version>, storage::Error> {
    let sql = format!(
        "SELECT id, action_id, number, created_at, {CONTENT} FROM identity_action_version WHERE id IN \
         (SELECT deployed_version_id FROM identity_action) LIMIT 1000"
    );
    let rows = db.query(&sql, Vec::new()).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Version, storage::Error> {
    Ok(Version {
        id: row.get("id")?,
        action_id: row.get("action_id")?,
        number: row.get("number")?,
        content: content(row)?,
        created_at: row.get("created_at")?,
    })
}
