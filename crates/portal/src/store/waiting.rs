//! What waits for a decision of the team, portal by portal.

use storage::{Error, Row, params};

use super::Read;
use crate::model::{ApprovalStatus, Waiting};

fn parse(row: &Row) -> Result<Waiting, Error> {
    Ok(Waiting {
        portal_id: row.get("id")?,
        portal: row.get("name")?,
        developers: row.get("developers")?,
        registrations: row.get("registrations")?,
    })
}

/// The portals where somebody waits, by their names.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn all(mut read: impl Read) -> Result<Vec<Waiting>, Error> {
    let sql = "SELECT w.id, w.name, w.developers, w.registrations FROM (SELECT t.id, t.name, \
               (SELECT COUNT(*) FROM portal_developer d WHERE d.portal_id = t.id AND d.status = $1) AS developers, \
               (SELECT COUNT(*) FROM portal_registration r WHERE r.portal_id = t.id AND r.status = $1) AS registrations \
               FROM portal_portal t) w WHERE w.developers + w.registrations > 0 ORDER BY w.name, w.id";
    read.all(sql, params![ApprovalStatus::Pending], parse).await
}
