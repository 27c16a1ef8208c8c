//! The list of a portal's teams.

use std::collections::HashMap;

use axum::extract::{Path, State};
use web::components::{Column, ListQuery, list_table, notice};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use super::{BELOW, Refused, address, text};
use crate::console::lists::{framed, listing};
use crate::console::portals;
use crate::model::{Site, Team, TeamId};
use crate::service::sites;
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name"), ("created", "t.created_at")];

/// How many of each kind the teams have.
struct Counts {
    members: HashMap<TeamId, i64>,
    roles: HashMap<TeamId, i64>,
    applications: HashMap<TeamId, i64>,
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let wanted = listing(&list, SORTED, "t.name || ' ' || t.description");
    let wanted = wanted.only("t.portal_id", site.id);
    let (found, total) = store::teams::list(portal.db(), &wanted).await?;
    let ids = || found.iter().map(|team| team.id);
    let counts = Counts {
        members: store::team_members::count_by_team(portal.db(), ids()).await?,
        roles: store::team_roles::count_by_team(portal.db(), ids()).await?,
        applications: store::applications::count_by_team(portal.db(), ids()).await?,
    };
    let text = text(&visitor);
    let shown = (!found.is_empty()).then(|| rows(text, &list, &site, (&found, &counts)));
    let new = portals::address(&site, "/teams/new");
    let main = html! {
        (portals::heading(portals::text(&visitor), &site, BELOW))
        (in_force(text, &site))
        @if reader.role.may_change() {
            p.spaced { a.button.button-primary href=(new) { (text.get("teams-new")) } }
        }
        (framed(text, &list, ("teams", &[]), total, shown))
    };
    Ok(visitor.page(&text.get("teams-title")).main(main))
}

/// Whether roles decide anything in this portal, and where that is set.
pub(super) fn in_force(text: Text, site: &Site) -> Markup {
    let settings = portals::address(site, "/settings");
    let link = html! { a href=(settings) { (text.get("teams-rbac-settings")) } };
    let said = match (site.is_public, site.rbac_enabled) {
        (true, _) => "teams-rbac-public",
        (false, false) => "teams-rbac-off",
        (false, true) => return html! { p.fine.spaced { (text.get("teams-rbac-on")) } },
    };
    notice(
        text,
        Tone::Info,
        html! { p { (text.get(said)) " " (link) } },
    )
}

fn rows(text: Text, list: &ListQuery, site: &Site, (found, counts): (&[Team], &Counts)) -> Markup {
    let labels = [
        "name",
        "teams-members",
        "teams-roles",
        "teams-applications",
        "created",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::new(&labels[3]),
        Column::moments(&labels[4], "created"),
    ];
    let of = |counts: &HashMap<TeamId, i64>, team: &Team| {
        counts.get(&team.id).copied().unwrap_or_default()
    };
    let rows = html! {
        @for team in found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(site, team, "")) { strong { (team.name) } }
                    @if !team.description.is_empty() { span.fine { (team.description) } }
                } }
                td data-label=(labels[1]) { (of(&counts.members, team)) }
                td data-label=(labels[2]) { (of(&counts.roles, team)) }
                td data-label=(labels[3]) { (of(&counts.applications, team)) }
                td data-label=(labels[4]) { (moment(text, team.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("teams-title"), &columns, rows)
}
