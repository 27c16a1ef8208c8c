//! What waits for the team's decision, and when the team was told of it.

use oauth::Timestamp;
use storage::{Error, Tx, params};

use super::Read;
use crate::model::{ApprovalStatus, Waiting};

/// What the note in `portal_told` is about.
const WHAT: &str = "waiting";

/// What waits in each portal whose team is told of it; portals where nothing does are left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn waiting(mut read: impl Read) -> Result<Vec<Waiting>, Error> {
    let sql = "SELECT p.id, COALESCE(NULLIF(p.display_name, ''), p.name) AS portal, \
               (SELECT COUNT(*) FROM portal_developer d WHERE d.portal_id = p.id AND d.status = $1 \
                AND (d.email_verified OR EXISTS (SELECT 1 FROM portal_developer_identity i \
                WHERE i.developer_id = d.id))) AS developers, \
               (SELECT COUNT(*) FROM portal_registration r WHERE r.portal_id = p.id \
                AND r.status = $1) AS registrations \
               FROM portal_portal p WHERE p.tells_team ORDER BY portal, p.id";
    let mut found = read
        .all(sql, params![ApprovalStatus::Pending], |row| {
            Ok(Waiting {
                portal_id: row.get("id")?,
                portal: row.get("portal")?,
                developers: row.get("developers")?,
                registrations: row.get("registrations")?,
            })
        })
        .await?;
    found.retain(|one| one.developers + one.registrations > 0);
    Ok(found)
}

/// When the team was told last.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn told_at(mut read: impl Read) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT told_at FROM portal_told WHERE what = $1";
    read.one(sql, params![WHAT], |row| row.get("told_at")).await
}

/// Notes that the team is told now.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn note(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO portal_told (what, told_at) VALUES ($1, $2) \
               ON CONFLICT (what) DO UPDATE SET told_at = excluded.told_at";
    tx.execute(sql, params![WHAT, now]).await.map(drop)
}
