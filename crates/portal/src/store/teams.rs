//! Teams of developers.

use std::collections::HashMap;

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{DeveloperId, Team, TeamId};

const COLUMNS: &str =
    "t.id, t.portal_id, t.name, t.description, t.can_own_applications, t.created_at, t.updated_at";
const FROM: &str = "portal_team t";

/// For [`listing::Test::In`]: the teams of a developer.
pub(crate) const OF_DEVELOPER: &str = "(SELECT m.developer_id FROM portal_team_developer m \
                                       WHERE m.team_id = t.id AND m.developer_id";

fn parse(row: &Row) -> Result<Team, Error> {
    Ok(Team {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        can_own_applications: row.get("can_own_applications")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: TeamId) -> Result<Option<Team>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// Those with these ids.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn among(
    read: impl Read,
    ids: impl IntoIterator<Item = TeamId>,
) -> Result<HashMap<TeamId, Team>, Error> {
    related::by_id(read, COLUMNS, FROM, ids, parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<Team>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// All of a developer, by name.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_developer(
    mut read: impl Read,
    developer_id: DeveloperId,
) -> Result<Vec<Team>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} JOIN portal_team_developer m ON m.team_id = t.id \
         WHERE m.developer_id = $1 ORDER BY t.name, t.id"
    );
    read.all(&sql, params![developer_id], parse).await
}

/// Adds one.
///
/// # Errors
/// [`Error::Unique`] if the portal has one of that name, and those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Team) -> Result<(), Error> {
    let sql = "INSERT INTO portal_team (id, portal_id, name, description, can_own_applications, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = params![
        entity.id,
        entity.portal_id,
        &entity.name,
        &entity.description,
        entity.can_own_applications,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`name`, `description`, `can_own_applications`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`insert`].
pub(crate) async fn update(tx: &mut Tx, entity: &Team) -> Result<(), Error> {
    let sql = "UPDATE portal_team SET name = $2, description = $3, can_own_applications = $4, updated_at = $5 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        &entity.description,
        entity.can_own_applications,
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one with its memberships and roles, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while it owns applications, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: TeamId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_team WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}
