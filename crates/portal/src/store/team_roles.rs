//! What teams may do with API products, and what that lets a developer do.

use std::collections::HashMap;

use storage::{Error, Row, Tx, Value, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{
    ApiProductId, ApplicationId, DeveloperId, PortalRole, TeamId, TeamRole, TeamRoleId,
};

/// What roles are about: Konnect calls API products services here.
pub(crate) const ENTITY_TYPE: &str = "Services";

const COLUMNS: &str = "t.id, t.team_id, t.role_name, t.entity_id, t.entity_region, t.created_at";
const FROM: &str = "portal_team_role t";

fn parse(row: &Row) -> Result<TeamRole, Error> {
    Ok(TeamRole {
        id: row.get("id")?,
        team_id: row.get("team_id")?,
        role: row.get("role_name")?,
        product_id: row.get("entity_id")?,
        region: row.get("entity_region")?,
        created_at: row.get("created_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: TeamRoleId) -> Result<Option<TeamRole>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// Every one of a team.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn each_of(mut read: impl Read, team_id: TeamId) -> Result<Vec<TeamRole>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.team_id = $1 ORDER BY t.id");
    read.all(&sql, params![team_id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<TeamRole>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// [`Error::Unique`] if the team has it, and those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &TeamRole) -> Result<(), Error> {
    let sql = "INSERT INTO portal_team_role (id, team_id, role_name, entity_id, entity_type_name, entity_region, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = params![
        entity.id,
        entity.team_id,
        entity.role,
        entity.product_id,
        ENTITY_TYPE,
        &entity.region,
        entity.created_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: TeamRoleId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_team_role WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// Removes those that a team has for a product.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete_for(
    tx: &mut Tx,
    team_id: TeamId,
    product_id: ApiProductId,
) -> Result<(), Error> {
    let sql = "DELETE FROM portal_team_role WHERE team_id = $1 AND entity_id = $2";
    tx.execute(sql, params![team_id, product_id]).await?;
    Ok(())
}

/// The most that a team may do, by product; one without a role is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_team(
    mut read: impl Read,
    team_id: TeamId,
) -> Result<HashMap<ApiProductId, PortalRole>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.team_id = $1");
    let mut most = HashMap::new();
    for held in read.all(&sql, params![team_id], parse).await? {
        let role = most.entry(held.product_id).or_insert(held.role);
        if held.role == PortalRole::Consumer {
            *role = held.role;
        }
    }
    Ok(most)
}

/// Removes those for a product, which is gone.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete_of_product(tx: &mut Tx, id: ApiProductId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_team_role WHERE entity_id = $1";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

/// How many each team has; one without is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_team(
    read: impl Read,
    ids: impl IntoIterator<Item = TeamId>,
) -> Result<HashMap<TeamId, i64>, Error> {
    related::counts(read, "portal_team_role", "team_id", ids).await
}

/// Whose roles count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Those of all teams of a developer.
    Developer(DeveloperId),
    /// Those of one team.
    Team(TeamId),
}

impl Holder {
    /// That a row of `portal_team_role t` counts, with the id in the place `$2`; and that id.
    fn condition(self) -> (&'static str, Value) {
        match self {
            Self::Developer(id) => (
                "t.team_id IN (SELECT m.team_id FROM portal_team_developer m \
                 WHERE m.developer_id = $2)",
                id.into(),
            ),
            Self::Team(id) => ("t.team_id = $2", id.into()),
        }
    }
}

/// The most that somebody may do with a product; nothing without any role.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn most(
    mut read: impl Read,
    holder: Holder,
    product_id: ApiProductId,
) -> Result<Option<PortalRole>, Error> {
    let (condition, id) = holder.condition();
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.entity_id = $1 AND {condition}");
    let found = read.all(&sql, vec![product_id.into(), id], parse).await?;
    let consumer = found.iter().any(|held| held.role == PortalRole::Consumer);
    Ok(match (consumer, found.is_empty()) {
        (true, _) => Some(PortalRole::Consumer),
        (false, false) => Some(PortalRole::Viewer),
        (false, true) => None,
    })
}

/// Names of the products that an application is registered for, in whatever state, without the role that
/// lets somebody register for them.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn not_consumed(
    mut read: impl Read,
    holder: Holder,
    application_id: ApplicationId,
) -> Result<Vec<String>, Error> {
    let (condition, id) = holder.condition();
    let sql = format!(
        "SELECT DISTINCT a.name FROM portal_registration r \
         JOIN portal_product_version v ON v.id = r.product_version_id \
         JOIN portal_api_product a ON a.id = v.api_product_id \
         WHERE r.application_id = $1 AND a.id NOT IN (SELECT t.entity_id FROM {FROM} \
         WHERE t.role_name = $3 AND {condition}) ORDER BY a.name"
    );
    let params = vec![application_id.into(), id, PortalRole::Consumer.into()];
    read.all(&sql, params, |row| row.get("name")).await
}
