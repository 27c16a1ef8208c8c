//! Reading the audit: [`super::audit`] writes it.

use oauth::Timestamp;
use serde_json::Value;
use storage::{Error, Json, Row};

use super::Read;
use super::listing::{self, Listing};
use crate::model::PortalId;

/// What was done, by whom, when.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// Its id.
    pub(crate) id: String,
    /// When.
    pub(crate) occurred_at: Timestamp,
    /// What kind of caller: see [`crate::Actor::audit`].
    pub(crate) actor_kind: String,
    /// Which one.
    pub(crate) actor_id: Option<String>,
    /// Its name for people, where the caller still exists.
    pub(crate) actor_name: Option<String>,
    /// A verb.
    pub(crate) action: String,
    /// What kind of thing.
    pub(crate) entity_type: String,
    /// Which one.
    pub(crate) entity_id: String,
    /// The portal it belongs to.
    pub(crate) portal_id: Option<PortalId>,
    /// The request.
    pub(crate) request_id: String,
    /// More about it.
    pub(crate) detail: Value,
}

/// Where a search looks.
pub(crate) const SEARCHED: &str = "COALESCE(t.actor_id, '') || ' ' || COALESCE(d.email, '') || ' ' \
                                   || COALESCE(p.name, '') || ' ' || t.action || ' ' || t.entity_type \
                                   || ' ' || t.entity_id || ' ' || t.request_id || ' ' || t.detail";

/// One page, and how many there are. The entry's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Recorded>, i64), Error> {
    let columns = "t.id, t.occurred_at, t.actor_kind, t.actor_id, \
                   COALESCE(d.email, p.name) AS actor_name, t.action, t.entity_type, t.entity_id, \
                   t.portal_id, t.request_id, t.detail";
    let from = "portal_audit t \
                LEFT JOIN portal_developer d ON t.actor_kind = 'developer' AND d.id = t.actor_id \
                LEFT JOIN portal_platform_token p \
                  ON t.actor_kind = 'platform_token' AND p.id = t.actor_id";
    listing::page(read, columns, from, "t.id", listing, parse).await
}

fn parse(row: &Row) -> Result<Recorded, Error> {
    Ok(Recorded {
        id: row.get("id")?,
        occurred_at: row.get("occurred_at")?,
        actor_kind: row.get("actor_kind")?,
        actor_id: row.get("actor_id")?,
        actor_name: row.get("actor_name")?,
        action: row.get("action")?,
        entity_type: row.get("entity_type")?,
        entity_id: row.get("entity_id")?,
        portal_id: row.get("portal_id")?,
        request_id: row.get("request_id")?,
        detail: row.get::<Json<_>>("detail")?.0,
    })
}
