//! Roles that users, system accounts and teams have.

use storage::{Error, Row, Tx, params};
use uuid::Uuid;

use super::Read;
use super::listing::{self, Listing};
use crate::model::{Access, AssignedRole, AssignedRoleId, EntityType, Holder};

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
    let table = match entity {
        EntityType::Portals => "portal_portal",
        EntityType::Apis | EntityType::ApiProducts => "portal_api_product",
        EntityType::Strategies => "portal_auth_strategy",
        EntityType::Providers => "portal_dcr_provider",
        EntityType::ControlPlanes => "portal_control_plane",
        EntityType::AuditLogs | EntityType::Identity => return Ok(false),
    };
    let sql = format!("SELECT id FROM {table} WHERE id = $1");
    Ok(read.row(&sql, params![id.to_string()]).await?.is_some())
}
