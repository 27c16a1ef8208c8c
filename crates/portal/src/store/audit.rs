//! The audit: who changed what.

use serde_json::Value;
use storage::{Error, Tx, params};

use crate::ctx::Ctx;
use crate::model::{AuditId, PortalId};

/// What was done, for [`record`].
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    /// A verb: `create`, `update`, `delete`, `approve`, `rotate_secret`.
    pub(crate) action: &'a str,
    /// What kind of thing: `portal`, `application`, ….
    pub(crate) entity_type: &'a str,
    /// Which one.
    pub(crate) entity_id: String,
    /// The portal it belongs to.
    pub(crate) portal_id: Option<PortalId>,
    /// More about it, without secrets.
    pub(crate) detail: Value,
}

impl<'a> Entry<'a> {
    /// An entry without a portal and without detail.
    pub(crate) fn new(action: &'a str, entity_type: &'a str, entity_id: impl ToString) -> Self {
        Self {
            action,
            entity_type,
            entity_id: entity_id.to_string(),
            portal_id: None,
            detail: Value::Object(serde_json::Map::new()),
        }
    }

    /// The same, in a portal.
    #[must_use]
    pub(crate) fn in_portal(self, portal_id: PortalId) -> Self {
        Self {
            portal_id: Some(portal_id),
            ..self
        }
    }

    /// The same, with more about it.
    #[must_use]
    pub(crate) fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

/// Writes an entry, in the transaction of the write that it tells of.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    id: AuditId,
    entry: Entry<'_>,
) -> Result<(), Error> {
    let (actor_kind, actor_id) = ctx.actor.audit();
    let sql = "INSERT INTO portal_audit (id, occurred_at, actor_kind, actor_id, action, entity_type, \
               entity_id, portal_id, request_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        id,
        ctx.now,
        actor_kind,
        actor_id,
        entry.action,
        entry.entity_type,
        entry.entity_id,
        entry.portal_id,
        &ctx.request_id,
        entry.detail
    ];
    tx.execute(sql, params).await?;
    Ok(())
}
