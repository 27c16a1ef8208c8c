//! What somebody may do, in words, and where each right comes from.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;
use web::components::table;
use web::{Markup, Text, html};

use super::{Whose, key, teams};
use crate::model::{Access, AssignedRole, EntityType, Holder, OrganizationTeam};
use crate::store::assigned_roles::HeldRole;
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

/// Everything that somebody may do.
pub(super) struct Rights {
    /// What they may do with everything, and the team by which, if it is not their own.
    accesses: Vec<(Access, Option<OrganizationTeam>)>,
    /// The roles.
    roles: Vec<HeldRole>,
    /// What the entities of the roles are called.
    names: HashMap<(EntityType, Uuid), String>,
    /// Stands for every entity.
    organization: Uuid,
}

/// The teams that somebody is in by a row.
pub(super) async fn teams_of(
    portal: &Portal,
    holder: Holder,
) -> Result<Vec<OrganizationTeam>, Error> {
    let all = Listing::all("t.name");
    let (found, _) = store::organization_teams::list_of(portal.db(), holder, &all).await?;
    Ok(found)
}

impl Rights {
    pub(super) async fn of(portal: &Portal, whose: &Whose) -> Result<Self, Error> {
        let holder = whose.holder();
        let roles = store::assigned_roles::with_source(portal.db(), holder).await?;
        let mut accesses: Vec<(Access, Option<OrganizationTeam>)> = match whose {
            Whose::User(user) => Access::of(user.role).into_iter().collect(),
            Whose::Team(team) => team.access.into_iter().collect::<Vec<_>>(),
            Whose::Account(_) => Vec::new(),
        }
        .into_iter()
        .map(|access| (access, None))
        .collect();
        for team in teams_of(portal, holder).await? {
            if let Some(access) = team.access {
                accesses.push((access, Some(team)));
            }
        }
        let mut asked: BTreeMap<&str, (EntityType, Vec<Uuid>)> = BTreeMap::new();
        for HeldRole { role, .. } in &roles {
            let of_kind = asked.entry(role.entity.as_str());
            let of_kind = of_kind.or_insert_with(|| (role.entity, Vec::new()));
            of_kind.1.push(role.entity_id);
        }
        let mut names = HashMap::new();
        for (entity, ids) in asked.into_values() {
            let found = store::assigned_roles::names(portal.db(), entity, ids).await?;
            names.extend(found.into_iter().map(|(id, name)| ((entity, id), name)));
        }
        Ok(Self {
            accesses,
            roles,
            names,
            organization: portal.organization().id.into(),
        })
    }

    /// What a role is for: one entity by its name, or all.
    pub(super) fn about(&self, text: Text, role: &AssignedRole) -> String {
        let kind = key(role.entity.as_str());
        if role.entity_id == self.organization {
            return text.get(&format!("all-{kind}"));
        }
        match self.names.get(&(role.entity, role.entity_id)) {
            Some(name) => name.clone(),
            None => text.get("rights-gone"),
        }
    }

    /// As a table; `whose` are those whose own roles can be taken away.
    pub(super) fn table(&self, text: Text, whose: Option<&Whose>) -> Markup {
        if self.accesses.is_empty() && self.roles.is_empty() {
            return html! { p.fine { (text.get("rights-none")) } };
        }
        let labels = ["rights-role", "rights-about", "rights-words", "rights-from"];
        let labels = labels.map(|id| text.get(id));
        let columns: Vec<&str> = labels.iter().map(String::as_str).collect();
        let remove = text.get("remove");
        let cells = |[role, about, words, from]: [Markup; 4]| {
            html! {
                td data-label=(labels[0]) { div { (role) } }
                td data-label=(labels[1]) { div { (about) } }
                td data-label=(labels[2]) { div { (words) } }
                td data-label=(labels[3]) { div { (from) } }
            }
        };
        let rows = html! {
            @for (access, team) in &self.accesses {
                tr {
                    @let word = access.as_str();
                    (cells([
                        html! { strong { (text.get(&format!("access-{word}"))) } },
                        html! { (text.get("rights-everything")) },
                        html! { (text.get(&format!("access-{word}-does"))) },
                        match team {
                            Some(team) => by_team(text, &teams::address(team, ""), &team.name),
                            None => html! { (text.get("rights-own-access")) },
                        },
                    ]))
                    @if whose.is_some() { td {} }
                }
            }
            @for HeldRole { role, team } in &self.roles {
                tr {
                    @let kind = key(role.entity.as_str());
                    (cells([
                        html! { strong { (role.name) } },
                        html! { (self.about(text, role)) " " span.fine { (text.get(&format!("kind-{kind}"))) } },
                        html! { (text.get(&format!("does-{kind}-{}", key(role.name.as_str())))) },
                        match team {
                            Some((id, name)) => by_team(text, &format!("{}/{id}/roles", teams::LIST), name),
                            None => html! { (text.get("rights-directly")) },
                        },
                    ]))
                    @if let Some(whose) = whose {
                        td.row-actions {
                            @if team.is_none() {
                                a href=(whose.address(&format!("/roles/{}/remove", role.id))) {
                                    (remove) span.visually-hidden { ": " (role.name) ", " (self.about(text, role)) }
                                }
                            }
                        }
                    }
                }
            }
        };
        let actions = whose.is_some().then_some(remove.as_str());
        table(&text.get("rights-title"), &columns, actions, rows)
    }
}

fn by_team(text: Text, href: &str, name: &str) -> Markup {
    html! { (text.get("rights-by-team")) " " a href=(href) { (name) } }
}
