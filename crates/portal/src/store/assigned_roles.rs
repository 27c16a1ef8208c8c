//! Roles that users, system accounts and teams have.

use std::collections::HashMap;

use storage::{Error, Row, Tx, Value, escape_like, params};
use uuid::Uuid;

use super::Read;
use super::listing::{self, Listing};
use super::related::{self, Id, one_of};
use crate::model::{Access, AssignedRole, AssignedRoleId, EntityType, Holder, OrganizationTeamId};

const COLUMNS: &str =
    "t.id, t.role_name, t.entity_type_name, t.entity_id, t.entity_region, t.created_at";
const FROM: &str = "portal_assigned_role t";

fn parse(row: &Row) -> Result<AssignedRole, Error> {
    Ok(AssignedRole {
        id: row.get("id")?,
        name: row.get("role_name")?,
        entity: row.get("entity_type_name")?,
        entity_id: row.get("entity_id")?,
        region: row.get("entity_region")?,
        created_at: row.get("created_at")?,
    })
}

/// One by its id, of those that somebody has.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    holder: Holder,
    id: AssignedRoleId,
) -> Result<Option<AssignedRole>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1 AND t.holder_id = $2");
    read.one(&sql, params![id, holder], parse).await
}

/// One page of what somebody has, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    holder: Holder,
    listing: &Listing,
) -> Result<(Vec<AssignedRole>, i64), Error> {
    let listing = listing.clone().only("t.holder_id", holder);
    listing::page(read, COLUMNS, FROM, "t.id", &listing, parse).await
}

/// What somebody has, by themselves and by their teams.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn held(mut read: impl Read, holder: Holder) -> Result<Vec<AssignedRole>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.holder_id = $1 OR t.holder_id IN \
         (SELECT m.team_id FROM portal_organization_member m WHERE m.member_id = $1)"
    );
    read.all(&sql, params![holder], parse).await
}

/// A role, and the team by which somebody has it, if it is not their own.
#[derive(Clone, Debug)]
pub(crate) struct HeldRole {
    /// The role.
    pub(crate) role: AssignedRole,
    /// The team and its name.
    pub(crate) team: Option<(OrganizationTeamId, String)>,
}

/// What somebody has, by themselves and by their teams, with where each comes from; by what it is for.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn with_source(
    mut read: impl Read,
    holder: Holder,
) -> Result<Vec<HeldRole>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, o.id AS team_id, o.name AS team_name FROM {FROM} \
         LEFT JOIN portal_organization_team o ON o.id = t.holder_id AND o.id <> $1 \
         WHERE t.holder_id = $1 OR t.holder_id IN \
         (SELECT m.team_id FROM portal_organization_member m WHERE m.member_id = $1) \
         ORDER BY t.entity_type_name, t.role_name, t.created_at, t.id"
    );
    let held = |row: &Row| {
        let team: Option<OrganizationTeamId> = row.get("team_id")?;
        let name: Option<String> = row.get("team_name")?;
        Ok(HeldRole {
            role: parse(row)?,
            team: team.zip(name),
        })
    };
    read.all(&sql, params![holder], held).await
}

/// How many roles these have by themselves; one without any is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_holder<I: Id>(
    read: impl Read,
    ids: impl IntoIterator<Item = I>,
) -> Result<HashMap<I, i64>, Error> {
    related::counts(read, "portal_assigned_role", "holder_id", ids).await
}

/// The names of entities of a kind, of those that there are.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn names(
    mut read: impl Read,
    entity: EntityType,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, Error> {
    let Some(table) = table(entity) else {
        return Ok(HashMap::new());
    };
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    let (condition, params) = one_of("id", ids.iter().map(String::as_str));
    let sql = format!("SELECT id, name FROM {table} WHERE {condition}");
    let rows = read.all(&sql, params, named).await?;
    Ok(rows.into_iter().collect())
}

/// The first entities of a kind by name, at most so many of those whose name holds a text; and how many there are.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn choices(
    mut read: impl Read,
    entity: EntityType,
    search: &str,
    most: u32,
) -> Result<(Vec<(Uuid, String)>, i64), Error> {
    let Some(table) = table(entity) else {
        return Ok((Vec::new(), 0));
    };
    let pattern = format!("%{}%", escape_like(&search.to_lowercase()));
    let condition = "LOWER(name) LIKE $1 ESCAPE '\\'";
    let count = format!("SELECT COUNT(*) AS n FROM {table} WHERE {condition}");
    let total = read.count(&count, params![&pattern]).await?;
    let sql = format!("SELECT id, name FROM {table} WHERE {condition} ORDER BY name, id LIMIT $2");
    let params = vec![Value::Text(pattern), Value::Int(i64::from(most))];
    Ok((read.all(&sql, params, named).await?, total))
}

fn named(row: &Row) -> Result<(Uuid, String), Error> {
    Ok((row.get("id")?, row.get("name")?))
}

/// What the teams that are always there let somebody do.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn accesses(mut read: impl Read, holder: Holder) -> Result<Vec<Access>, Error> {
    let sql = "SELECT o.access FROM portal_organization_member m \
               JOIN portal_organization_team o ON o.id = m.team_id \
               WHERE m.member_id = $1 AND o.access IS NOT NULL";
    read.all(sql, params![holder], |row| row.get("access"))
        .await
}

/// Adds one.
///
/// # Errors
/// [`Error::Unique`] if they have it, and those of [`Tx::execute`].
pub(crate) async fn insert(
    tx: &mut Tx,
    holder: Holder,
    entity: &AssignedRole,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_assigned_role (id, holder_id, role_name, entity_type_name, \
               entity_id, entity_region, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = params![
        entity.id,
        holder,
        entity.name,
        entity.entity,
        entity.entity_id.to_string(),
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
pub(crate) async fn delete(tx: &mut Tx, id: AssignedRoleId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_assigned_role WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// Removes what somebody has who is gone, and takes them out of their teams.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete_of(tx: &mut Tx, holder: Holder) -> Result<(), Error> {
    let sql = "DELETE FROM portal_assigned_role WHERE holder_id = $1";
    tx.execute(sql, params![holder]).await?;
    let sql = "DELETE FROM portal_organization_member WHERE member_id = $1";
    tx.execute(sql, params![holder]).await?;
    Ok(())
}

/// Whether there is an entity of this kind with this id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn exists(
    mut read: impl Read,
    entity: EntityType,
    id: Uuid,
) -> Result<bool, Error> {
    let Some(table) = table(entity) else {
        return Ok(false);
    };
    let sql = format!("SELECT id FROM {table} WHERE id = $1");
    Ok(read.row(&sql, params![id.to_string()]).await?.is_some())
}

/// Where entities of a kind are, if there can be several.
const fn table(entity: EntityType) -> Option<&'static str> {
    match entity {
        EntityType::Portals => Some("portal_portal"),
        EntityType::Apis | EntityType::ApiProducts => Some("portal_api_product"),
        EntityType::Strategies => Some("portal_auth_strategy"),
        EntityType::Providers => Some("portal_dcr_provider"),
        EntityType::ControlPlanes => Some("portal_control_plane"),
        EntityType::AuditLogs | EntityType::Identity => None,
    }
}
