//! Which groups at the provider make a developer a member of which team.
//!
//! Source: Konnect portal-management v2.2.2, `identity-provider/team-group-mappings`.

use std::collections::BTreeSet;

use oauth::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::{Error, Violation};
use crate::model::{Site, TeamId, hashed_id};
use crate::rest::check::{Rule, Shape, UUID, required, text};
use crate::rest::{input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

use super::identity_providers;

static MAPPING: Shape = Shape {
    fields: &[
        required("team_id", UUID),
        required(
            "groups",
            Rule::List {
                of: &GROUP,
                min: 0,
                max: 500,
            },
        ),
    ],
    open: false,
};
static GROUP: Rule = text(1, 256);
static MAPPINGS: Rule = Rule::Object(&MAPPING);
static SHAPE: Shape = Shape {
    fields: &[required(
        "data",
        Rule::List {
            of: &MAPPINGS,
            min: 0,
            max: 1000,
        },
    )],
    open: false,
};

#[derive(Deserialize)]
struct Changes {
    data: Vec<TeamGroups>,
}

/// A team and the groups whose members it has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct TeamGroups {
    /// The team.
    pub(crate) team_id: String,
    /// Names of groups, each once.
    pub(crate) groups: BTreeSet<String>,
}

/// The mappings of a portal, team by team; teams without groups are left out.
///
/// # Errors
/// [`Error::Invalid`] while the portal has no provider.
pub(crate) async fn of_portal(portal: &Portal, site: &Site) -> Result<Vec<TeamGroups>, Error> {
    check_provider(portal, site).await?;
    let teams = store::team_groups::of_portal(portal.db(), site.id).await?;
    let teams = teams.into_iter().map(|(team_id, groups)| TeamGroups {
        team_id,
        groups: groups.into_iter().collect(),
    });
    Ok(teams.collect())
}

/// Replaces the groups of the teams that `body` names. Whoever signs in next is of the teams that follow
/// from it.
///
/// # Errors
/// [`Error::Invalid`] while the portal has no provider, or for a team that it does not have.
pub(crate) async fn change(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<(), Error> {
    check_provider(portal, site).await?;
    let changes: Changes = input(body, &SHAPE)?;
    let mut tx = portal.db().begin().await?;
    for (at, change) in changes.data.iter().enumerate() {
        if !store::team_groups::has_team(&mut tx, site.id, &change.team_id).await? {
            let field = format!("data[{at}].team_id");
            let reason = format!("there is no team {} in this portal", change.team_id);
            return Err(Error::invalid(Violation::body(
                field,
                "missing_reference",
                reason,
            )));
        }
        let before = store::team_groups::of_portal(&mut tx, site.id).await?;
        let before = json!({ "groups": before.get(&change.team_id) });
        let groups = change.groups.iter().map(String::as_str);
        store::team_groups::replace(&mut tx, &change.team_id, groups, ctx.now).await?;
        let entry = Entry::new("update", "team_groups", &change.team_id).in_portal(site.id);
        let after = json!({ "groups": change.groups });
        let entry = entry.changing(&before, &after);
        portal.audit(&mut tx, ctx, entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// One group whose members a team has.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    /// Made of the other two: there is no other such mapping.
    pub(crate) id: Uuid,
    /// The team.
    pub(crate) team_id: String,
    /// The group's name.
    pub(crate) group: String,
    /// When it was entered.
    pub(crate) created_at: Timestamp,
}

impl Mapping {
    fn new(team_id: String, group: String, created_at: Timestamp) -> Self {
        Self {
            id: hashed_id(&[&team_id, &group]),
            team_id,
            group,
            created_at,
        }
    }
}

static ONE: Shape = Shape {
    fields: &[required("team_id", UUID), required("group", text(1, 256))],
    open: false,
};

#[derive(Deserialize)]
struct Asked {
    team_id: TeamId,
    group: String,
}

/// Every mapping of a portal, in the order of teams and groups.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn mappings(portal: &Portal, site: &Site) -> Result<Vec<Mapping>, Error> {
    let all = store::team_groups::each(portal.db(), site.id).await?;
    let all = all.into_iter();
    Ok(all
        .map(|(team, group, at)| Mapping::new(team, group, at))
        .collect())
}

/// The mapping with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, site: &Site, id: &str) -> Result<Mapping, Error> {
    let id: Uuid = path_id("team group mapping", id)?;
    let mut all = mappings(portal, site).await?.into_iter();
    all.find(|mapping| mapping.id == id)
        .ok_or_else(|| Error::not_found("team group mapping", id))
}

/// Makes the members of a group members of a team, beside those of the groups that it has already.
///
/// # Errors
/// [`Error::Invalid`] for a team that the portal does not have, [`Error::Conflict`] if it has the group.
pub(crate) async fn map(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<Mapping, Error> {
    let asked: Asked = input(body, &ONE)?;
    let team_id = asked.team_id.to_string();
    let mut tx = portal.db().begin().await?;
    if !store::team_groups::has_team(&mut tx, site.id, &team_id).await? {
        let reason = format!("there is no team {team_id} in this portal");
        return Err(Error::invalid(Violation::body(
            "team_id",
            "missing_reference",
            reason,
        )));
    }
    if !store::team_groups::add(&mut tx, &team_id, &asked.group, ctx.now).await? {
        return Err(Error::Conflict("the team has this group already".into()));
    }
    let told = json!({ "group": asked.group });
    let entry = Entry::new("map", "team_groups", &team_id).in_portal(site.id);
    portal.audit(&mut tx, ctx, entry.making(&told)).await?;
    tx.commit().await?;
    Ok(Mapping::new(team_id, asked.group, ctx.now))
}

/// Takes a group away from a team. Who is in the team stays in it until they sign in the next time.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn unmap(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    mapping: &Mapping,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    store::team_groups::remove(&mut tx, &mapping.team_id, &mapping.group).await?;
    let told = json!({ "group": mapping.group });
    let entry = Entry::new("unmap", "team_groups", &mapping.team_id).in_portal(site.id);
    portal.audit(&mut tx, ctx, entry.removing(&told)).await?;
    tx.commit().await?;
    Ok(())
}

async fn check_provider(portal: &Portal, site: &Site) -> Result<(), Error> {
    match identity_providers::of_portal(portal, site).await? {
        Some(_) => Ok(()),
        None => Err(Error::invalid(Violation::body(
            "portal_id",
            "missing_reference",
            "this portal has no identity provider; enter one before its groups are mapped to teams",
        ))),
    }
}
