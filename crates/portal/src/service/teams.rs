//! Teams of developers: made, changed, removed, joined and left.
//!
//! Source: Konnect portal-management v2.2.2, and v3.9.8 for applications that a team owns.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::model::{Developer, RemovalId, Removed, RemovedMember, Site, Team, TeamId};
use crate::rest::check::{Rule, Shape, optional, required, text};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

use super::removals;

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 250)),
        optional("description", text(0, 250)),
        optional("can_own_applications", Rule::Boolean),
    ],
    open: false,
};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Writable {
    name: String,
    description: String,
    can_own_applications: bool,
}

impl Writable {
    fn of(team: &Team) -> Self {
        Self {
            name: team.name.clone(),
            description: team.description.clone(),
            can_own_applications: team.can_own_applications,
        }
    }

    fn write(self, team: &mut Team) {
        team.name = self.name;
        team.description = self.description;
        team.can_own_applications = self.can_own_applications;
    }
}

/// The team of this portal with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, site: &Site, id: &str) -> Result<Team, Error> {
    let id: TeamId = path_id("team", id)?;
    let found = store::teams::find(portal.db(), id).await?;
    found
        .filter(|team| team.portal_id == site.id)
        .ok_or_else(|| Error::not_found("team", id))
}

/// Makes a team.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if its name is taken.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<Team, Error> {
    let new: Writable = input(body, &SHAPE)?;
    let mut team = Team {
        id: TeamId::new(portal.entropy()),
        portal_id: site.id,
        name: String::new(),
        description: String::new(),
        can_own_applications: false,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    new.write(&mut team);
    let mut tx = portal.db().begin().await?;
    store::teams::insert(&mut tx, &team).await.map_err(taken)?;
    let made = entry("create", &team).making(&team);
    portal.audit(&mut tx, ctx, made).await?;
    tx.commit().await?;
    Ok(team)
}

/// Changes what `body` names. A team that may no longer own applications keeps those that it owns.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    mut team: Team,
    body: Map<String, Value>,
) -> Result<Team, Error> {
    let before = team.clone();
    apply(&Writable::of(&team), body, &SHAPE)?.write(&mut team);
    team.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    store::teams::update(&mut tx, &team).await.map_err(taken)?;
    let changed = entry("update", &team).changing(&before, &team);
    portal.audit(&mut tx, ctx, changed).await?;
    tx.commit().await?;
    Ok(team)
}

/// Removes a team with its roles. Its developers stay; each of its applications goes back to the developer
/// it was made by, or was handed to last. All of that can be undone for a while.
///
/// # Errors
/// [`Error::NotFound`] if it is gone.
pub(crate) async fn delete(portal: &Portal, ctx: &Ctx, team: &Team) -> Result<RemovalId, Error> {
    let mut tx = portal.db().begin().await?;
    let whole = store::team_whole::read(&mut tx, team).await?;
    let removed = Removed::Team(Box::new(whole));
    let removal = removals::keep(portal, ctx, &mut tx, removed).await?;
    store::applications::leave_team(&mut tx, team.id, ctx.now).await?;
    if !store::teams::delete(&mut tx, team.id).await? {
        return Err(Error::not_found("team", team.id));
    }
    let gone = entry("delete", team).removing(team);
    portal.audit(&mut tx, ctx, gone).await?;
    tx.commit().await?;
    Ok(removal)
}

/// Takes a developer into a team. What its roles allow, they may from now on.
///
/// # Errors
/// [`Error::Conflict`] if they are in it.
pub(crate) async fn join(
    portal: &Portal,
    ctx: &Ctx,
    team: &Team,
    developer: &Developer,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    if !store::team_members::add(&mut tx, team.id, developer.id, ctx.now).await? {
        return Err(Error::Conflict("this developer is in the team".into()));
    }
    let joined = entry("add_developer", team).with(json!({ "developer_id": developer.id }));
    portal.audit(&mut tx, ctx, joined).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a developer out of a team, which can be undone for a while. Registrations of their applications go
/// on until they are revoked.
///
/// # Errors
/// [`Error::NotFound`] if they are not in it.
pub(crate) async fn leave(
    portal: &Portal,
    ctx: &Ctx,
    team: &Team,
    developer: &Developer,
) -> Result<RemovalId, Error> {
    let mut tx = portal.db().begin().await?;
    let joined_at = store::team_whole::joined_at(&mut tx, team, developer.id).await?;
    let removed = Removed::TeamMember(Box::new(RemovedMember {
        portal_id: team.portal_id,
        team_id: team.id,
        developer_id: developer.id,
        joined_at: joined_at.unwrap_or(ctx.now),
        name: format!("{} ({})", developer.full_name, team.name),
    }));
    let removal = removals::keep(portal, ctx, &mut tx, removed).await?;
    if !store::team_members::remove(&mut tx, team.id, developer.id).await? {
        let text = "this developer is not in the team";
        return Err(Error::NotFound(text.into()));
    }
    let left = entry("remove_developer", team).with(json!({ "developer_id": developer.id }));
    portal.audit(&mut tx, ctx, left).await?;
    tx.commit().await?;
    Ok(removal)
}

/// An entry of the audit about a team.
pub(super) fn entry<'a>(action: &'a str, team: &Team) -> Entry<'a> {
    Entry::new(action, "team", team.id).in_portal(team.portal_id)
}

fn taken(error: storage::Error) -> Error {
    Error::from(error).or_conflict("another team of this portal has this name")
}
