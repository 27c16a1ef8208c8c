//! Which groups at a portal's provider make somebody a member of which team.

use std::collections::BTreeMap;

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::{Read, team_members};
use crate::model::{DeveloperId, PortalId, TeamId};

/// The groups by team, of every team of a portal that has some.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_portal(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let sql = "SELECT g.team_id, g.group_name FROM portal_team_group g \
               JOIN portal_team t ON t.id = g.team_id WHERE t.portal_id = $1 \
               ORDER BY g.team_id, g.group_name";
    let parse: fn(&Row) -> Result<(String, String), Error> =
        |row| Ok((row.get("team_id")?, row.get("group_name")?));
    let mut teams: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (team, group) in read.all(sql, params![portal_id], parse).await? {
        teams.entry(team).or_default().push(group);
    }
    Ok(teams)
}

/// Every team and group of a portal, and when they came together.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn each(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Vec<(String, String, Timestamp)>, Error> {
    let sql = "SELECT g.team_id, g.group_name, g.created_at FROM portal_team_group g \
               JOIN portal_team t ON t.id = g.team_id WHERE t.portal_id = $1 \
               ORDER BY g.team_id, g.group_name";
    let rows = read.rows(sql, params![portal_id]).await?;
    let parsed = rows.iter().map(|row| {
        let (team, group) = (row.get("team_id")?, row.get("group_name")?);
        Ok((team, group, row.get("created_at")?))
    });
    parsed.collect()
}

/// Adds a group to a team, and says whether it was not there.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn add(
    tx: &mut Tx,
    team_id: &str,
    group: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO portal_team_group (team_id, group_name, created_at) VALUES ($1, $2, $3) \
               ON CONFLICT (team_id, group_name) DO NOTHING";
    Ok(tx.execute(sql, params![team_id, group, now]).await? > 0)
}

/// Takes a group away from a team.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn remove(tx: &mut Tx, team_id: &str, group: &str) -> Result<(), Error> {
    let sql = "DELETE FROM portal_team_group WHERE team_id = $1 AND group_name = $2";
    tx.execute(sql, params![team_id, group]).await.map(drop)
}

/// Whether a portal has this team.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn has_team(
    mut read: impl Read,
    portal_id: PortalId,
    team_id: &str,
) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_team WHERE portal_id = $1 AND id = $2";
    Ok(read.count(sql, params![portal_id, team_id]).await? > 0)
}

/// Makes these the groups of a team.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn replace<'a>(
    tx: &mut Tx,
    team_id: &str,
    groups: impl IntoIterator<Item = &'a str>,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "DELETE FROM portal_team_group WHERE team_id = $1";
    tx.execute(sql, params![team_id]).await?;
    for group in groups {
        add(tx, team_id, group, now).await?;
    }
    Ok(())
}

/// Makes a developer a member of the teams whose groups they are in, and of no other team that has groups;
/// teams without groups are left as they are. Gives the teams that they joined and those that they left.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn follow(
    tx: &mut Tx,
    (portal_id, developer_id): (PortalId, DeveloperId),
    groups: &[String],
    now: Timestamp,
) -> Result<(Vec<TeamId>, Vec<TeamId>), Error> {
    let (mut joined, mut left) = (Vec::new(), Vec::new());
    for (team, mapped) in of_portal(&mut *tx, portal_id).await? {
        let Ok(team) = team.parse::<TeamId>() else {
            continue;
        };
        if mapped.iter().any(|group| groups.contains(group)) {
            if team_members::add(tx, team, developer_id, now).await? {
                joined.push(team);
            }
        } else if team_members::remove(tx, team, developer_id).await? {
            left.push(team);
        }
    }
    Ok((joined, left))
}
