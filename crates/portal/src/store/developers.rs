//! Developers.

use std::collections::HashMap;

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{Application, ApprovalStatus, Developer, DeveloperId, PortalId};

const COLUMNS: &str = "t.id, t.portal_id, t.email, t.full_name, t.status, t.email_verified, t.password_hash, t.locale, t.created_at, t.updated_at";
const FROM: &str = "portal_developer t";

fn parse(row: &Row) -> Result<Developer, Error> {
    Ok(Developer {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        email: row.get("email")?,
        full_name: row.get("full_name")?,
        status: row.get("status")?,
        email_verified: row.get("email_verified")?,
        password_hash: row.get("password_hash")?,
        locale: row.get("locale")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: DeveloperId) -> Result<Option<Developer>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// Who may act on an application: its developer, or, where a team owns it, everybody in the team who is
/// approved.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn acting_on(
    mut read: impl Read,
    application: &Application,
) -> Result<Vec<Developer>, Error> {
    let Some(team_id) = application.team_id else {
        let developer = find(read, application.developer_id).await?;
        return Ok(developer.into_iter().collect());
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} JOIN portal_team_developer m ON m.developer_id = t.id \
         WHERE m.team_id = $1 AND t.status = $2 ORDER BY m.created_at, t.id"
    );
    read.all(&sql, params![team_id, ApprovalStatus::Approved], parse)
        .await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Developer>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Writes everything that may change of one (`email`, `full_name`, `status`, `email_verified`, `password_hash`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Developer) -> Result<(), Error> {
    let sql = "UPDATE portal_developer SET email = $2, full_name = $3, status = $4, email_verified = $5, password_hash = $6, updated_at = $7 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.email,
        &entity.full_name,
        entity.status,
        entity.email_verified,
        &entity.password_hash,
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while others refer to it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: DeveloperId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_developer WHERE id = $1", params![id])
        .await?
        > 0)
}

/// How many a portal has.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_of(mut read: impl Read, portal_id: PortalId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_developer WHERE portal_id = $1";
    read.count(sql, params![portal_id]).await
}

/// Those with these ids.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn among(
    read: impl Read,
    ids: impl IntoIterator<Item = DeveloperId>,
) -> Result<HashMap<DeveloperId, Developer>, Error> {
    related::by_id(read, COLUMNS, FROM, ids, parse).await
}

/// How many each portal has; who has none is left out. A large number may be a little old.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_portal(
    read: impl Read,
    ids: impl IntoIterator<Item = PortalId>,
) -> Result<HashMap<PortalId, i64>, Error> {
    related::totals(read, "portal_developer", "portal_id", ids).await
}
