//! Actions and their drafts.

use oauth::Timestamp;
use storage::{Database, Json, Row, Tx, params};

use crate::model::action::{Action, Content, Fault, Status, Trigger};

pub(super) const CONTENT: &str = "runtime, code, dependencies, secret_names, secrets, modules_id";

const COLUMNS: &str = "id, name, trigger_id, trigger_version, runtime, code, dependencies, \
    secret_names, secrets, modules_id, status, fault, build, deploy_when_built, has_undeployed, \
    deployed_version_id, created_at, updated_at, built_at";

/// How many Actions are read at most; a tenant has no more.
const ALL: i64 = 1000;

pub(crate) async fn insert(tx: &mut Tx, action: &Action) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_action (id, name, trigger_id, trigger_version, runtime, code, \
               dependencies, secret_names, secrets, modules_id, status, fault, build, \
               deploy_when_built, has_undeployed, deployed_version_id, created_at, updated_at, built_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let draft = &action.draft;
    let params = params![
        &action.id,
        &action.name,
        action.trigger.id(),
        &action.trigger_version,
        &draft.runtime,
        &draft.code,
        Json(&draft.dependencies),
        Json(&draft.secret_names),
        &draft.sealed_secrets,
        &draft.modules,
        action.status.as_str(),
        fault(action),
        action.build,
        action.deploy_when_built,
        action.has_undeployed,
        &action.deployed_version,
        action.created_at,
        action.updated_at,
        action.built_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything of an Action that is locked.
pub(crate) async fn update(tx: &mut Tx, action: &Action) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_action SET name = $2, trigger_version = $3, runtime = $4, code = $5, \
               dependencies = $6, secret_names = $7, secrets = $8, modules_id = $9, status = $10, \
               fault = $11, build = $12, deploy_when_built = $13, has_undeployed = $14, \
               deployed_version_id = $15, updated_at = $16, built_at = $17 WHERE id = $1";
    let draft = &action.draft;
    let params = params![
        &action.id,
        &action.name,
        &action.trigger_version,
        &draft.runtime,
        &draft.code,
        Json(&draft.dependencies),
        Json(&draft.secret_names),
        &draft.sealed_secrets,
        &draft.modules,
        action.status.as_str(),
        fault(action),
        action.build,
        action.deploy_when_built,
        action.has_undeployed,
        &action.deployed_version,
        action.updated_at,
        action.built_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

fn fault(action: &Action) -> Option<String> {
    let fault = action.fault.as_ref()?;
    serde_json::to_string(fault).ok()
}

/// Removes an Action with everything that was deployed of it.
pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<(), storage::Error> {
    for sql in [
        "DELETE FROM identity_action_binding WHERE action_id = $1",
        "DELETE FROM identity_action_version WHERE action_id = $1",
        "DELETE FROM identity_action WHERE id = $1",
    ] {
        tx.execute(sql, params![id]).await?;
    }
    Ok(())
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Action>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_action WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The Action, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: &str) -> Result<Option<Action>, storage::Error> {
    let sql = format!("UPDATE identity_action SET name = name WHERE id = $1 RETURNING {COLUMNS}");
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Every Action, the oldest first.
pub(crate) async fn all(db: &Database) -> Result<Vec<Action>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_action ORDER BY created_at, id LIMIT {ALL}");
    let rows = db.query(&sql, Vec::new()).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(tx: &mut Tx) -> Result<i64, storage::Error> {
    let sql = "SELECT COUNT(*) AS total FROM identity_action";
    let row = tx.query_optional(sql, Vec::new()).await?;
    row.map_or(Ok(0), |row| row.get("total"))
}

/// Ids of the Actions whose draft was not built when a process ended.
pub(crate) async fn unbuilt(db: &Database) -> Result<Vec<String>, storage::Error> {
    let sql = "SELECT id FROM identity_action WHERE status IN ('pending', 'building')";
    let rows = db.query(sql, Vec::new()).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Keeps installed packages; the same ones are kept once.
pub(crate) async fn keep_modules(
    tx: &mut Tx,
    id: &str,
    content: &str,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_action_modules (id, content, created_at) VALUES ($1, $2, $3) \
               ON CONFLICT (id) DO NOTHING";
    tx.execute(sql, params![id, content, now]).await?;
    Ok(())
}

/// Installed packages, in base64.
pub(crate) async fn modules(db: &Database, id: &str) -> Result<Option<String>, storage::Error> {
    let sql = "SELECT content FROM identity_action_modules WHERE id = $1";
    let row = db.query_optional(sql, params![id]).await?;
    row.map(|row| row.get("content")).transpose()
}

/// Forgets packages that neither a draft nor a version needs any more.
pub(crate) async fn prune_modules(db: &Database) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_action_modules WHERE id NOT IN \
               (SELECT modules_id FROM identity_action WHERE modules_id IS NOT NULL) AND id NOT IN \
               (SELECT modules_id FROM identity_action_version WHERE modules_id IS NOT NULL)";
    db.execute(sql, Vec::new()).await
}

pub(super) fn content(row: &Row) -> Result<Content, storage::Error> {
    let Json(dependencies) = row.get("dependencies")?;
    let Json(secret_names) = row.get("secret_names")?;
    Ok(Content {
        runtime: row.get("runtime")?,
        code: row.get("code")?,
        dependencies,
        secret_names,
        sealed_secrets: row.get("secrets")?,
        modules: row.get("modules_id")?,
    })
}

/// The trigger of a row; one that a newer release knows is damage to this one.
pub(super) fn trigger(row: &Row) -> Result<Trigger, storage::Error> {
    let id: String = row.get("trigger_id")?;
    Trigger::parse(&id)
        .ok_or_else(|| storage::Error::Corrupt(format!("the trigger {id} is not known")))
}

fn read(row: &Row) -> Result<Action, storage::Error> {
    let fault: Option<Json<Fault>> = row.get("fault")?;
    Ok(Action {
        id: row.get("id")?,
        name: row.get("name")?,
        trigger: trigger(row)?,
        trigger_version: row.get("trigger_version")?,
        draft: content(row)?,
        status: Status::read(&row.get::<String>("status")?),
        fault: fault.map(|Json(fault)| fault),
        build: row.get("build")?,
        deploy_when_built: row.get("deploy_when_built")?,
        has_undeployed: row.get("has_undeployed")?,
        deployed_version: row.get("deployed_version_id")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        built_at: row.get("built_at")?,
    })
}
