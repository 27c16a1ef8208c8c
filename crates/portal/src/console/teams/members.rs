//! The developers of a team.

use axum::extract::{Path, State};
use web::components::{Column, ListQuery, list_table};
use web::{Administrator, Markup, Page, Text, Visitor, html};

use super::{Refused, address, heading, text};
use crate::console::lists::{framed, listing};
use crate::console::people;
use crate::model::{Developer, Site, Team};
use crate::service::{sites, teams};
use crate::{Portal, store};

/// By what lists of developers are sorted here, and what their search looks into.
pub(super) const SORTED: &[(&str, &str)] = &[("name", "t.full_name"), ("email", "t.email")];
pub(super) const SEARCHED: &str = "t.full_name || ' ' || t.email";

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, team)): Path<(String, String)>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let wanted = listing(&list, SORTED, SEARCHED);
    let wanted = wanted.within(store::team_members::OF_TEAM, team.id);
    let (found, total) = store::developers::list(portal.db(), &wanted).await?;
    let text = text(&visitor);
    let changing = reader.role.may_change();
    let shown = (!found.is_empty())
        .then(|| rows((text, &visitor), &list, (&site, &team), &found, changing));
    let main = html! {
        (heading(&visitor, &site, &team, ""))
        @if changing {
            p.spaced { a.button.button-primary href=(address(&site, &team, "/add")) { (text.get("teams-add")) } }
        }
        div.spaced { (framed(text, &list, ("teams-members", &[]), total, shown)) }
    };
    Ok(visitor.page(&team.name).main(main))
}

fn rows(
    (text, visitor): (Text, &Visitor),
    list: &ListQuery,
    (site, team): (&Site, &Team),
    found: &[Developer],
    changing: bool,
) -> Markup {
    let labels = ["name", "status", "teams-remove"].map(|id| text.get(id));
    let mut columns = vec![Column::sorted(&labels[0], "name"), Column::new(&labels[1])];
    if changing {
        columns.push(Column::new(&labels[2]));
    }
    let rows = html! {
        @for developer in found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(people::developer_address(site, developer.id)) { strong { (developer.full_name) } }
                    span.fine { (developer.email) }
                } }
                td data-label=(labels[1]) { (people::status(visitor, developer.status)) }
                @if changing {
                    td.row-actions {
                        a href=(address(site, team, &format!("/developers/{}/remove", developer.id))) {
                            (labels[2]) span.visually-hidden { ": " (developer.full_name) }
                        }
                    }
                }
            }
        }
    };
    list_table(text, list, &text.get("teams-members"), &columns, rows)
}
