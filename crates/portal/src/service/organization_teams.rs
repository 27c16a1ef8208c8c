//! Teams of users and system accounts: who is in one has its roles.
//!
//! Three are always there, and let their members do everything, everything but change accounts, or read. A
//! user is in one of these, or in none, by the role of their account in the console; a system account, if it was
//! put there.
//!
//! Source: Konnect identity v3;
//! <https://developer.konghq.com/konnect-platform/teams-and-roles/>.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use storage::Tx;
use web::Role;

use crate::error::Error;
use crate::model::{
    Access, Administrator, Holder, Labels, OrganizationTeam, OrganizationTeamId, SystemAccount,
};
use crate::rest::check::{Rule, Shape, nullable, required, text};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 250)),
        nullable("description", text(1, 250)),
        nullable("labels", Rule::Labels),
    ],
    open: true,
};

#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    name: String,
    description: Option<String>,
    #[serde(default)]
    labels: Option<Labels>,
}

/// The team with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, id: &str) -> Result<OrganizationTeam, Error> {
    let id: OrganizationTeamId = path_id("team", id)?;
    let found = store::organization_teams::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::not_found("team", id))
}

/// Makes a team, without members and roles.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if its name is taken.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<OrganizationTeam, Error> {
    let asked: Writable = input(body, &SHAPE)?;
    let team = OrganizationTeam {
        id: OrganizationTeamId::new(portal.entropy()),
        name: asked.name,
        description: asked.description,
        labels: asked.labels.unwrap_or_default(),
        access: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    store::organization_teams::insert(&mut tx, &team)
        .await
        .map_err(taken)?;
    let made = entry("create", &team).making(&team);
    portal.audit(&mut tx, ctx, made).await?;
    tx.commit().await?;
    Ok(team)
}

/// Changes what `body` names.
///
/// # Errors
/// Those of [`create`], and [`Error::Forbidden`] for a team that is always there.
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    mut team: OrganizationTeam,
    body: Map<String, Value>,
) -> Result<OrganizationTeam, Error> {
    let before = team.clone();
    let present = Writable {
        name: team.name.clone(),
        description: team.description.clone(),
        labels: Some(team.labels.clone()),
    };
    let asked: Writable = apply(&present, body, &SHAPE)?;
    may_change(&team)?;
    team.name = asked.name;
    team.description = asked.description;
    team.labels = asked.labels.unwrap_or_default();
    team.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    store::organization_teams::update(&mut tx, &team)
        .await
        .map_err(taken)?;
    let changed = entry("update", &team).changing(&before, &team);
    portal.audit(&mut tx, ctx, changed).await?;
    tx.commit().await?;
    Ok(team)
}

/// Removes a team; its members no longer have its roles.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and [`Error::Forbidden`] for a team that is always there.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    team: &OrganizationTeam,
) -> Result<(), Error> {
    may_change(team)?;
    let mut tx = portal.db().begin().await?;
    store::assigned_roles::delete_of(&mut tx, Holder::Team(team.id)).await?;
    if !store::organization_teams::delete(&mut tx, team.id).await? {
        return Err(Error::not_found("team", team.id));
    }
    let gone = entry("delete", team).removing(team);
    portal.audit(&mut tx, ctx, gone).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a system account in.
///
/// # Errors
/// [`Error::Conflict`] if it is in it.
pub(crate) async fn add_account(
    portal: &Portal,
    ctx: &Ctx,
    team: &OrganizationTeam,
    account: &SystemAccount,
) -> Result<(), Error> {
    add(portal, ctx, team, Holder::SystemAccount(account.id)).await
}

/// Takes a user in. In a team that is always there, that is the account's role in the console.
///
/// # Errors
/// [`Error::Conflict`] if they are in it, or are the last owner and would not be one any more.
pub(crate) async fn add_user(
    portal: &Portal,
    ctx: &Ctx,
    team: &OrganizationTeam,
    user: &Administrator,
) -> Result<(), Error> {
    let role = match team.access {
        None => return add(portal, ctx, team, Holder::User(user.id)).await,
        Some(Access::Owner) => Role::Owner,
        Some(Access::Admin) => Role::Admin,
        Some(Access::Viewer | Access::Gateway) => Role::Viewer,
    };
    if user.role == role {
        return Err(present());
    }
    let users = portal.administrators();
    users.change(ctx, user.id, &user.name, role).await?;
    Ok(())
}

/// Takes somebody out. A user who leaves a team that is always there keeps what their roles allow.
///
/// # Errors
/// [`Error::NotFound`] if they are not in it; [`Error::Conflict`] for the last owner.
pub(crate) async fn remove(
    portal: &Portal,
    ctx: &Ctx,
    team: &OrganizationTeam,
    member: Holder,
) -> Result<(), Error> {
    if let (Some(_), Holder::User(id)) = (team.access, member) {
        let users = portal.administrators();
        let user = users.find(id).await?;
        if Access::of(user.role) != team.access {
            return Err(Error::not_found("member", member));
        }
        users.change(ctx, id, &user.name, Role::Member).await?;
        return Ok(());
    }
    let mut tx = portal.db().begin().await?;
    if !store::organization_teams::remove(&mut tx, team.id, member).await? {
        return Err(Error::not_found("member", member));
    }
    member_entry(portal, ctx, &mut tx, ("remove_member", team, member)).await?;
    tx.commit().await?;
    Ok(())
}

async fn add(
    portal: &Portal,
    ctx: &Ctx,
    team: &OrganizationTeam,
    member: Holder,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    if !store::organization_teams::add(&mut tx, team.id, member, ctx.now).await? {
        return Err(present());
    }
    member_entry(portal, ctx, &mut tx, ("add_member", team, member)).await?;
    tx.commit().await?;
    Ok(())
}

async fn member_entry(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    (action, team, member): (&str, &OrganizationTeam, Holder),
) -> Result<(), Error> {
    let detail = json!({ "member_id": member.to_string(), "member_type": member.kind() });
    portal
        .audit(tx, ctx, entry(action, team).with(detail))
        .await
}

fn entry<'a>(action: &'a str, team: &OrganizationTeam) -> Entry<'a> {
    Entry::new(action, "organization_team", team.id)
}

fn present() -> Error {
    Error::Conflict("they are in this team already".into())
}

/// That a team is none of those that are always there.
///
/// # Errors
/// [`Error::Forbidden`].
pub(crate) fn may_change(team: &OrganizationTeam) -> Result<(), Error> {
    if team.access.is_none() {
        return Ok(());
    }
    let reason = "this team is always there and cannot be changed, removed or given roles; make one of your own";
    Err(Error::Forbidden(reason.into()))
}

fn taken(error: storage::Error) -> Error {
    Error::from(error).or_conflict("another team has this name")
}
