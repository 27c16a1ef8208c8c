//! Which Actions run at which trigger, in which order.

use storage::{Database, Row, Tx, params};

use super::actions::trigger;
use crate::model::action::{Binding, Trigger};

/// Replaces the bindings of a trigger.
pub(crate) async fn replace(
    tx: &mut Tx,
    trigger: Trigger,
    bindings: &[Binding],
) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_action_binding WHERE trigger_id = $1";
    tx.execute(sql, params![trigger.id()]).await?;
    let sql = "INSERT INTO identity_action_binding (id, trigger_id, place, action_id, display_name, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    for (place, binding) in (0_i64..).zip(bindings) {
        let params = params![
            &binding.id,
            trigger.id(),
            place,
            &binding.action_id,
            &binding.display_name,
            binding.created_at,
            binding.updated_at,
        ];
        tx.execute(sql, params).await?;
    }
    Ok(())
}

/// All bindings, by trigger and in order.
pub(crate) async fn all(db: &Database) -> Result<Vec<Binding>, storage::Error> {
    let sql = "SELECT id, trigger_id, action_id, display_name, created_at, updated_at \
               FROM identity_action_binding ORDER BY trigger_id, place LIMIT 1000";
    let rows = db.query(sql, Vec::new()).await?;
    rows.iter().map(read).collect()
}

/// Whether an Action runs anywhere.
pub(crate) async fn is_bound(tx: &mut Tx, action_id: &str) -> Result<bool, storage::Error> {
    let sql = "SELECT id FROM identity_action_binding WHERE action_id = $1 LIMIT 1";
    Ok(tx.query_optional(sql, params![action_id]).await?.is_some())
}

fn read(row: &Row) -> Result<Binding, storage::Error> {
    Ok(Binding {
        id: row.get("id")?,
        trigger: trigger(row)?,
        action_id: row.get("action_id")?,
        display_name: row.get("display_name")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
