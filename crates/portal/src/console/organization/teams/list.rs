//! The list of the organisation's teams.

use std::collections::HashMap;

use axum::extract::State;
use web::components::{Column, ListQuery, badge, list_table, page_heading};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html};

use super::members::by_role;
use super::{NEW, Refused, address, text};
use crate::console::lists::{framed, listing};
use crate::model::{OrganizationTeam, OrganizationTeamId};
use crate::{Error, Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name"), ("created", "t.created_at")];

/// How many members and roles the teams have.
struct Counts {
    members: HashMap<OrganizationTeamId, i64>,
    roles: HashMap<OrganizationTeamId, i64>,
}

impl Counts {
    async fn of(portal: &Portal, found: &[OrganizationTeam]) -> Result<Self, Error> {
        let ids = || found.iter().map(|team| team.id);
        let mut members = store::organization_teams::count_by_team(portal.db(), ids()).await?;
        let users = portal.administrators().every().await?;
        for team in found {
            let by_role = users.iter().filter(|user| by_role(team, user)).count();
            *members.entry(team.id).or_default() += i64::try_from(by_role).unwrap_or(i64::MAX);
        }
        let roles = store::assigned_roles::count_by_holder(portal.db(), ids()).await?;
        Ok(Self { members, roles })
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let searched = "t.name || ' ' || COALESCE(t.description, '')";
    let wanted = listing(&list, SORTED, searched);
    let (found, total) = store::organization_teams::list(portal.db(), &wanted).await?;
    let counts = Counts::of(&portal, &found).await?;
    let text = text(&visitor);
    let title = text.get("teams-title");
    let new = html! { a.button.button-primary href=(NEW) { (text.get("teams-new")) } };
    let new = reader.role.may_change().then_some(new);
    let shown = (!found.is_empty()).then(|| rows(text, &list, &found, &counts));
    let main = html! {
        (page_heading(&title, Some(&text.get("teams-lead")), new))
        (framed(text, &list, ("teams", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(text: Text, list: &ListQuery, found: &[OrganizationTeam], counts: &Counts) -> Markup {
    let labels = ["name", "members-title", "roles-title"].map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
    ];
    let of = |counts: &HashMap<OrganizationTeamId, i64>, team: &OrganizationTeam| {
        counts.get(&team.id).copied().unwrap_or_default()
    };
    let rows = html! {
        @for team in found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(team, "")) { strong { (team.name) } }
                    @if team.access.is_some() { " " (badge(Tone::Neutral, &text.get("teams-always"))) }
                    @if let Some(description) = &team.description { span.fine { (description) } }
                } }
                td data-label=(labels[1]) { (of(&counts.members, team)) }
                td data-label=(labels[2]) {
                    @match team.access {
                        Some(access) => (text.get(&format!("access-{}", access.as_str()))),
                        None => (of(&counts.roles, team)),
                    }
                }
            }
        }
    };
    list_table(text, list, &text.get("teams-title"), &columns, rows)
}
