//! Which groups at the provider make a developer a member of which team.
//!
//! Source: Konnect portal-management v2.2.2, `identity-provider/team-group-mappings`.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Violation};
use crate::model::Site;
use crate::rest::check::{Rule, Shape, UUID, required, text};
use crate::rest::input;
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
        let groups = change.groups.iter().map(String::as_str);
        store::team_groups::replace(&mut tx, &change.team_id, groups, ctx.now).await?;
        let entry = Entry::new("update", "team_groups", &change.team_id).in_portal(site.id);
        let detail = json!({ "groups": change.groups });
        portal.audit(&mut tx, ctx, entry.with(detail)).await?;
    }
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
