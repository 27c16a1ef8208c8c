//! Which developers are in which team.

use std::collections::HashMap;

use oauth::Timestamp;
use storage::{Error, Tx, params};

use super::Read;
use super::listing::{Filter, Listing, Test};
use super::related::{self, Membership};
use crate::model::{DeveloperId, TeamId};

/// For [`super::listing::Test::In`]: the developers of a team.
pub(crate) const OF_TEAM: &str = "(SELECT m.team_id FROM portal_team_developer m \
                                  WHERE m.developer_id = t.id AND m.team_id";

const MEMBERS: Membership = Membership {
    table: "portal_team_developer",
    member: "developer_id",
};

/// The listing of those developers alone that are not in a team. The developer's alias is `t`.
pub(crate) fn outside(mut listing: Listing, team_id: TeamId) -> Listing {
    let members = "SELECT m.developer_id FROM portal_team_developer m WHERE m.team_id = {}";
    listing.filters.push(Filter {
        column: "t.id",
        test: Test::Outside(members, team_id.into()),
    });
    listing
}

/// Whether a developer is in a team.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn holds(
    mut read: impl Read,
    team_id: TeamId,
    developer_id: DeveloperId,
) -> Result<bool, Error> {
    let sql = "SELECT team_id FROM portal_team_developer WHERE team_id = $1 AND developer_id = $2";
    let row = read.row(sql, params![team_id, developer_id]).await?;
    Ok(row.is_some())
}

/// Takes a developer in, and says whether they were not in it before.
///
/// # Errors
/// [`Error::ForeignKey`] if one of both is gone, and those of [`Tx::execute`].
pub(crate) async fn add(
    tx: &mut Tx,
    team_id: TeamId,
    developer_id: DeveloperId,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = [team_id.into(), developer_id.into(), now.into()];
    MEMBERS.add(tx, row).await
}

/// Takes a developer out, and says whether they were in it.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn remove(
    tx: &mut Tx,
    team_id: TeamId,
    developer_id: DeveloperId,
) -> Result<bool, Error> {
    MEMBERS
        .remove(tx, [team_id.into(), developer_id.into()])
        .await
}

/// The developer who is in a team longest, besides this one if there is one to leave out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn first(
    mut read: impl Read,
    team_id: TeamId,
    besides: Option<DeveloperId>,
) -> Result<Option<DeveloperId>, Error> {
    let sql = "SELECT developer_id FROM portal_team_developer \
               WHERE team_id = $1 AND developer_id <> $2 ORDER BY created_at, developer_id LIMIT 1";
    let besides = besides.map(|id| id.to_string()).unwrap_or_default();
    let params = params![team_id, besides];
    read.one(sql, params, |row| row.get("developer_id")).await
}

/// How many developers each team has; one without is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_team(
    read: impl Read,
    ids: impl IntoIterator<Item = TeamId>,
) -> Result<HashMap<TeamId, i64>, Error> {
    related::counts(read, "portal_team_developer", "team_id", ids).await
}
