//! Teams of users and system accounts, and who is in them.
//!
//! A user is in one of the teams that are always there by the role of their account: no row says so.

use std::collections::HashMap;

use oauth::Timestamp;
use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related::{self, Id, Membership};
use crate::model::{Holder, OrganizationTeam, OrganizationTeamId};

const COLUMNS: &str = "t.id, t.name, t.description, t.labels, t.access, t.created_at, t.updated_at";
/// For [`super::listing::Test::In`]: that `t` is in a team.
pub(crate) const IN_TEAM: &str = "(SELECT m.team_id FROM portal_organization_member m \
                                  WHERE m.member_id = t.id AND m.team_id";

/// For [`super::listing::Test::In`]: that somebody is in the team `t`.
const HAS_MEMBER: &str = "(SELECT m.member_id FROM portal_organization_member m \
                          WHERE m.team_id = t.id AND m.member_id";

/// For [`super::listing::Test::Outside`]: who is in a team.
pub(crate) const INSIDE: &str =
    "SELECT m.member_id FROM portal_organization_member m WHERE m.team_id = {}";

const FROM: &str = "portal_organization_team t";

const MEMBERS: Membership = Membership {
    table: "portal_organization_member",
    member: "member_id",
};

fn parse(row: &Row) -> Result<OrganizationTeam, Error> {
    Ok(OrganizationTeam {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        labels: row.get::<Json<_>>("labels")?.0,
        access: row.get("access")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: OrganizationTeamId,
) -> Result<Option<OrganizationTeam>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<OrganizationTeam>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// The same of those that somebody is in.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list_of(
    read: impl Read,
    member: Holder,
    listing: &Listing,
) -> Result<(Vec<OrganizationTeam>, i64), Error> {
    list(read, &listing.clone().within(HAS_MEMBER, member)).await
}

/// How many are in these teams by a row; a team without any is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_team(
    read: impl Read,
    ids: impl IntoIterator<Item = OrganizationTeamId>,
) -> Result<HashMap<OrganizationTeamId, i64>, Error> {
    related::counts(read, "portal_organization_member", "team_id", ids).await
}

/// In how many teams these are; one who is in none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_member<I: Id>(
    read: impl Read,
    ids: impl IntoIterator<Item = I>,
) -> Result<HashMap<I, i64>, Error> {
    related::counts(read, "portal_organization_member", "member_id", ids).await
}

/// Adds one.
///
/// # Errors
/// [`Error::Unique`] if its name is taken, and those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &OrganizationTeam) -> Result<(), Error> {
    let sql = "INSERT INTO portal_organization_team (id, name, description, labels, access, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = params![
        entity.id,
        &entity.name,
        entity.description.as_deref(),
        Json(&entity.labels),
        entity.access,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`insert`].
pub(crate) async fn update(tx: &mut Tx, entity: &OrganizationTeam) -> Result<(), Error> {
    let sql = "UPDATE portal_organization_team SET name = $2, description = $3, labels = $4, \
               updated_at = $5 WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        entity.description.as_deref(),
        Json(&entity.labels),
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one. Its members go with it, its roles do not.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: OrganizationTeamId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_organization_team WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// Takes somebody in, and says whether they were not in it before.
///
/// # Errors
/// [`Error::ForeignKey`] if the team is gone, and those of [`Tx::execute`].
pub(crate) async fn add(
    tx: &mut Tx,
    team: OrganizationTeamId,
    member: Holder,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = [team.into(), member.into(), now.into()];
    MEMBERS.add(tx, row).await
}

/// Takes somebody out, and says whether they were in it.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn remove(
    tx: &mut Tx,
    team: OrganizationTeamId,
    member: Holder,
) -> Result<bool, Error> {
    MEMBERS.remove(tx, [team.into(), member.into()]).await
}
