//! A team with everything that hangs on it: read before it is removed, and written when it comes back.

use oauth::Timestamp;
use storage::{Error, Tx, params};

use super::{Read, team_roles};
use crate::model::{
    ApplicationId, ApplicationStatus, DeveloperId, RemovedMember, RemovedTeam, Team, TeamRole,
};

/// A team as it is.
///
/// # Errors
/// Those of [`Tx::query`].
pub(crate) async fn read(mut tx: &mut Tx, team: &Team) -> Result<RemovedTeam, Error> {
    let sql = "SELECT developer_id, created_at FROM portal_team_developer WHERE team_id = $1 \
               ORDER BY created_at, developer_id";
    let members = tx
        .all(sql, params![team.id], |row| {
            Ok((row.get("developer_id")?, row.get("created_at")?))
        })
        .await?;
    let sql = "SELECT group_name FROM portal_team_group WHERE team_id = $1 ORDER BY group_name";
    let groups = tx
        .all(sql, params![team.id], |row| row.get("group_name"))
        .await?;
    let sql = "SELECT id, developer_id FROM portal_application WHERE team_id = $1 ORDER BY id";
    let applications = tx
        .all(sql, params![team.id], |row| {
            Ok((row.get("id")?, row.get("developer_id")?))
        })
        .await?;
    Ok(RemovedTeam {
        team: team.clone(),
        members,
        roles: team_roles::each_of(tx, team.id).await?,
        groups,
        applications,
    })
}

/// Since when a developer is in a team.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn joined_at(
    mut read: impl Read,
    team: &Team,
    developer: DeveloperId,
) -> Result<Option<Timestamp>, Error> {
    let sql =
        "SELECT created_at FROM portal_team_developer WHERE team_id = $1 AND developer_id = $2";
    let params = params![team.id, developer];
    read.one(sql, params, |row| row.get("created_at")).await
}

/// Takes a developer back into a team; one who is gone, or in it again, is left out.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn rejoin(tx: &mut Tx, member: &RemovedMember) -> Result<bool, Error> {
    let sql = "INSERT INTO portal_team_developer (team_id, developer_id, created_at) \
               SELECT t.id, d.id, $3 FROM portal_team t \
               JOIN portal_developer d ON d.portal_id = t.portal_id \
               WHERE t.id = $1 AND d.id = $2 ON CONFLICT (team_id, developer_id) DO NOTHING";
    let params = params![member.team_id, member.developer_id, member.joined_at];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Gives a team a role again, if the product is still there.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn regain(mut tx: &mut Tx, role: &TeamRole) -> Result<(), Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_api_product WHERE id = $1";
    if tx.count(sql, params![role.product_id]).await? > 0 {
        team_roles::insert(tx, role).await?;
    }
    Ok(())
}

/// Gives an application to a team, if it is still its developer's alone.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn take_back(
    tx: &mut Tx,
    team: &Team,
    (application, developer): (ApplicationId, DeveloperId),
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_application SET team_id = $1, updated_at = $4 WHERE id = $2 \
               AND developer_id = $3 AND team_id IS NULL AND status = $5";
    let params = params![
        team.id,
        application,
        developer,
        now,
        ApplicationStatus::Active
    ];
    tx.execute(sql, params).await.map(drop)
}
