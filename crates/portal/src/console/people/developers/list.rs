//! The list of a portal's developers.

use std::collections::HashMap;

use axum::extract::{Path, State};
use web::components::{Column, Filter, ListQuery, link_button, list_table};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::super::decide::choice_of;
use super::super::text::statuses;
use super::{BELOW, Refused, address, standing, text};
use crate::console::lists::{framed, listing};
use crate::console::portals;
use crate::model::{ApprovalStatus, Developer, DeveloperId, Site};
use crate::service::sites;
use crate::store::candidates::{self, narrowed};
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[
    ("name", "t.full_name"),
    ("email", "t.email"),
    ("status", "t.status"),
    ("created", "t.created_at"),
];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let mut wanted = listing(&list, SORTED, "t.full_name || ' ' || t.email");
    wanted = wanted.only("t.portal_id", site.id);
    if let Some(status) = list.get("status").and_then(ApprovalStatus::parse) {
        wanted = wanted.only("t.status", status);
    }
    let wanted = narrowed(portal.db(), wanted, candidates::DEVELOPERS, list.search()).await?;
    let (found, total) = store::developers::list(portal.db(), &wanted).await?;
    let ids = found.iter().map(|developer| developer.id);
    let counts = store::applications::count_by_developer(portal.db(), ids).await?;
    let text = text(&visitor);
    let status = text.get("status");
    let filters = [Filter {
        name: "status",
        label: &status,
        choices: statuses(text),
    }];
    let choosing = reader.role.may_change();
    let action = portals::address(&site, "/developers/decide");
    let shown = (!found.is_empty()).then(|| {
        choice_of(
            text,
            &action,
            rows(text, &list, &site, (&found, &counts), choosing),
            choosing,
        )
    });
    let main = html! {
        (portals::heading(portals::text(&visitor), &site, BELOW))
        @if choosing && !site.is_public {
            p.spaced { (link_button(&portals::address(&site, "/developers/new"), &text.get("developers-invite"))) }
        }
        (framed(text, &list, ("developers", &filters), total, shown))
    };
    Ok(visitor.page(&text.get("developers-title")).main(main))
}

fn rows(
    text: Text,
    list: &ListQuery,
    site: &Site,
    (found, counts): (&[Developer], &HashMap<DeveloperId, i64>),
    choosing: bool,
) -> Markup {
    let labels = [
        "choose",
        "name",
        "status",
        "applications",
        "developers-signed-up",
    ]
    .map(|id| text.get(id));
    let mut columns = vec![
        Column::sorted(&labels[1], "name"),
        Column::sorted(&labels[2], "status"),
        Column::new(&labels[3]),
        Column::moments(&labels[4], "created"),
    ];
    if choosing {
        columns.insert(0, Column::new(&labels[0]));
    }
    let rows = html! {
        @for developer in found {
            tr {
                @if choosing {
                    td data-label=(labels[0]) {
                        input type="checkbox" name="id" value=(developer.id)
                            aria-label=(text.with("choose-one", [("name", (&developer.full_name).into())]));
                    }
                }
                td data-label=(labels[1]) { div {
                    a href=(address(site, developer.id, "")) { strong { (developer.full_name) } }
                    span.fine { (developer.email) }
                } }
                td data-label=(labels[2]) { (standing(text, developer.status)) }
                td data-label=(labels[3]) { (counts.get(&developer.id).unwrap_or(&0)) }
                td data-label=(labels[4]) { (moment(text, developer.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("developers-title"), &columns, rows)
}
