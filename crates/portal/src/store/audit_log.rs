//! Reading the audit: [`super::audit`] writes it.

use oauth::Timestamp;
use serde_json::Value;
use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing, Stretch};
use crate::model::{AuditScope, PortalId};

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
    /// From where.
    pub(crate) address: Option<String>,
    /// With what program.
    pub(crate) user_agent: Option<String>,
    /// Its place among those of the same moment.
    pub(crate) seq: i64,
    /// More about it.
    pub(crate) detail: Value,
}

impl Recorded {
    /// Its place in the order of the audit.
    pub(crate) fn place(&self) -> Place {
        (self.occurred_at, self.seq, self.id.clone())
    }
}

/// A place in the order of the audit: the moment, the number among those of that moment, the id.
pub(crate) type Place = (Timestamp, i64, String);

const COLUMNS: &str = "t.id, t.occurred_at, t.actor_kind, t.actor_id, \
                       COALESCE(d.email, p.name) AS actor_name, t.action, t.entity_type, t.entity_id, \
                       t.portal_id, t.request_id, t.address, t.user_agent, t.seq, t.detail";
const ROWS: &str = "portal_audit t";
const JOINED: &str = "LEFT JOIN portal_developer d ON t.actor_kind = 'developer' AND d.id = t.actor_id \
                    LEFT JOIN portal_platform_token p \
                      ON t.actor_kind = 'platform_token' AND p.id = t.actor_id";
const ORDER: [&str; 3] = ["t.occurred_at", "t.seq", "t.id"];

/// Where a search looks.
pub(crate) const SEARCHED: &str = "COALESCE(t.actor_id, '') || ' ' || COALESCE(d.email, '') || ' ' \
                                   || COALESCE(p.name, '') || ' ' || t.action || ' ' || t.entity_type \
                                   || ' ' || t.entity_id || ' ' || t.request_id || ' ' || COALESCE(t.address, '') \
                                   || ' ' || t.detail";

/// One page, and how many there are. The entry's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Recorded>, i64), Error> {
    listing::page_of(read, COLUMNS, (ROWS, JOINED), listing, parse).await
}

/// What the audit speaks of, each kind once: one step in the index for each.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn kinds(mut read: impl Read) -> Result<Vec<String>, Error> {
    let sql = "WITH RECURSIVE k (kind) AS (SELECT MIN(entity_type) FROM portal_audit UNION ALL \
               SELECT (SELECT MIN(t.entity_type) FROM portal_audit t WHERE t.entity_type > k.kind) \
               FROM k WHERE k.kind IS NOT NULL) SELECT kind FROM k WHERE kind IS NOT NULL";
    read.all(sql, Vec::new(), |row| row.get("kind")).await
}

/// Those that the listing asks for, in the order of the audit, as many as its size, after a place. Costs
/// the same however far that is.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn following(
    read: impl Read,
    listing: &Listing,
    after: Option<Place>,
) -> Result<Vec<Recorded>, Error> {
    let stretch = Stretch::after(ORDER, after.map(values));
    let from = format!("{ROWS} {JOINED}");
    listing::following(read, COLUMNS, &from, &stretch, listing, parse).await
}

/// What a look for a text found.
#[derive(Debug)]
pub(crate) struct Looked {
    /// As many as the listing's size, at most.
    pub(crate) found: Vec<Recorded>,
    /// How far it went; nothing if it read to the end.
    pub(crate) until: Option<Place>,
}

/// Looks from a place on for what a text is about, and reads no more than `most` entries to find it: no index
/// knows the letters of an entry, as that would make each write of the audit cost four times as much.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn look(
    read: impl Read + Copy,
    listing: &Listing,
    (after, descending): (Option<Place>, bool),
    most: u32,
) -> Result<Looked, Error> {
    let mut stretch = Stretch::after(ORDER, after.map(values));
    stretch.descending = descending;
    let last = Listing {
        size: 1,
        ..listing.clone().by_own_columns()
    };
    let to_last = Stretch {
        skipped: most.saturating_sub(1),
        ..stretch.clone()
    };
    let columns = ORDER.join(", ");
    let ends = listing::following(read, &columns, ROWS, &to_last, &last, place).await?;
    let end = ends.into_iter().next();
    stretch.until = end.clone().map(values);
    let more = Listing {
        size: listing.size + 1,
        ..listing.clone()
    };
    let from = format!("{ROWS} {JOINED}");
    let mut found = listing::following(read, COLUMNS, &from, &stretch, &more, parse).await?;
    let is_full = found.len() > listing.size as usize;
    found.truncate(listing.size as usize);
    let until = match is_full {
        true => found.last().map(Recorded::place),
        false => end,
    };
    Ok(Looked { found, until })
}

fn values((at, seq, id): Place) -> [storage::Value; 3] {
    [at.into(), seq.into(), id.into()]
}

fn place(row: &Row) -> Result<Place, Error> {
    Ok((row.get("occurred_at")?, row.get("seq")?, row.get("id")?))
}

/// The oldest that a webhook has still to send.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn due(
    mut read: impl Read,
    scope: AuditScope,
    limit: u32,
) -> Result<Vec<Recorded>, Error> {
    let (condition, params) = match scope {
        AuditScope::Organization => ("t.due_organization", params![limit]),
        AuditScope::Portal(id) => ("t.due_portal AND t.portal_id = $2", params![limit, id]),
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM {ROWS} {JOINED} WHERE {condition} ORDER BY {} LIMIT $1",
        ORDER.join(", ")
    );
    read.all(&sql, params, parse).await
}

/// How many a webhook has still to send.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_due(mut read: impl Read, scope: AuditScope) -> Result<i64, Error> {
    let (condition, params) = match scope {
        AuditScope::Organization => ("due_organization", Vec::new()),
        AuditScope::Portal(id) => ("due_portal AND portal_id = $1", params![id]),
    };
    let sql = format!("SELECT COUNT(*) AS n FROM portal_audit WHERE {condition}");
    read.count(&sql, params).await
}

/// A webhook has sent these.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn sent(tx: &mut Tx, scope: AuditScope, sent: &[Recorded]) -> Result<(), Error> {
    let column = match scope {
        AuditScope::Organization => "due_organization",
        AuditScope::Portal(_) => "due_portal",
    };
    let places: Vec<String> = (1..=sent.len()).map(|at| format!("${at}")).collect();
    let sql = format!(
        "UPDATE portal_audit SET {column} = FALSE WHERE id IN ({})",
        places.join(", ")
    );
    let ids = sent.iter().map(|one| (&one.id).into()).collect();
    tx.execute(&sql, ids).await?;
    Ok(())
}

/// A portal's webhook has nothing to send any more.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn forgive(tx: &mut Tx, portal_id: PortalId) -> Result<(), Error> {
    let sql = "UPDATE portal_audit SET due_portal = FALSE WHERE due_portal AND portal_id = $1";
    tx.execute(sql, params![portal_id]).await?;
    Ok(())
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
        address: row.get("address")?,
        user_agent: row.get("user_agent")?,
        seq: row.get("seq")?,
        detail: row.get::<Json<_>>("detail")?.0,
    })
}
