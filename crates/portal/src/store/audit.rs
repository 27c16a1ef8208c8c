//! The audit: who changed what.

use serde_json::{Value, json};
use storage::{Error, Tx, params};

use super::audit_changes;
pub(crate) use super::audit_picture::Picture;
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

    /// The same, with what was there before and what is there now.
    #[must_use]
    pub(crate) fn changing(mut self, before: &impl Picture, after: &impl Picture) -> Self {
        let changes = audit_changes::between(&before.picture(), &after.picture());
        if let (false, Value::Object(detail)) = (changes.is_empty(), &mut self.detail) {
            detail.insert("changes".to_owned(), Value::Object(changes));
        }
        self
    }

    /// The same, and a secret was replaced, of which neither side can be told.
    #[must_use]
    pub(crate) fn replacing(mut self, secret: &str) -> Self {
        let told = json!({ "after": "[secret]" });
        if let Value::Object(detail) = &mut self.detail {
            let changes = detail.entry("changes").or_insert_with(|| json!({}));
            changes[secret] = told;
        }
        self
    }

    /// The same, with what there is now.
    #[must_use]
    pub(crate) fn making(self, after: &impl Picture) -> Self {
        self.changing(&Value::Null, after)
    }

    /// The same, with what there was.
    #[must_use]
    pub(crate) fn removing(self, before: &impl Picture) -> Self {
        self.changing(before, &Value::Null)
    }

    /// The same, with more about it.
    #[must_use]
    pub(crate) fn with(mut self, more: Value) -> Self {
        match (&mut self.detail, more) {
            (Value::Object(detail), Value::Object(more)) => detail.extend(more),
            (detail, more) => *detail = more,
        }
        self
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
    // What a webhook is to get is marked here and not queued: writers would wait for one another.
    let sql = "INSERT INTO portal_audit (id, occurred_at, actor_kind, actor_id, action, entity_type, \
               entity_id, portal_id, request_id, detail, address, user_agent, seq, due_organization, \
               due_portal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
               COALESCE((SELECT MAX(seq) FROM portal_audit WHERE occurred_at = $2), -1) + 1, \
               EXISTS (SELECT 1 FROM portal_audit_webhook WHERE scope = 'organization' AND enabled), \
               EXISTS (SELECT 1 FROM portal_audit_webhook WHERE scope = $8 AND enabled))";
    let address = ctx.caller.address.map(|address| address.to_string());
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
        entry.detail,
        address,
        ctx.caller.user_agent.as_ref()
    ];
    tx.execute(sql, params).await?;
    Ok(())
}
