//! The list of a portal's registrations.

use axum::extract::{Path, State};
use web::components::{Column, Filter, ListQuery, list_table};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::super::decide::choice_of;
use super::super::text::statuses;
use super::{BELOW, DECIDE, Refused, api, application, developer, standing, text};
use crate::Portal;
use crate::console::lists::{framed, listing};
use crate::console::portals;
use crate::model::{ApprovalStatus, Site};
use crate::service::sites;
use crate::store::candidates::{self, narrowed};
use crate::store::catalogue::{self, Registered};

const SORTED: &[(&str, &str)] = &[
    ("api", "a.name"),
    ("application", "n.name"),
    ("developer", "d.full_name"),
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
    let searched = "a.name || ' ' || n.name || ' ' || d.full_name || ' ' || d.email";
    let mut wanted = listing(&list, SORTED, searched).only("t.portal_id", site.id);
    if let Some(status) = list.get("status").and_then(ApprovalStatus::parse) {
        wanted = wanted.only("t.status", status);
    }
    let wanted = narrowed(
        portal.db(),
        wanted,
        candidates::REGISTRATIONS,
        list.search(),
    )
    .await?;
    let (found, total) = catalogue::registrations(portal.db(), &wanted).await?;
    let text = text(&visitor);
    let status = text.get("status");
    let filters = [Filter {
        name: "status",
        label: &status,
        choices: statuses(text),
    }];
    let choosing = reader.role.may_change();
    let action = portals::address(&site, DECIDE);
    let shown = (!found.is_empty()).then(|| {
        choice_of(
            text,
            &action,
            rows(text, &list, &site, &found, choosing),
            choosing,
        )
    });
    let main = html! {
        (portals::heading(portals::text(&visitor), &site, BELOW))
        (framed(text, &list, ("registrations", &filters), total, shown))
    };
    Ok(visitor.page(&text.get("registrations-title")).main(main))
}

fn rows(text: Text, list: &ListQuery, site: &Site, found: &[Registered], choosing: bool) -> Markup {
    let labels = [
        "choose",
        "api",
        "application",
        "developer",
        "status",
        "registrations-asked",
    ]
    .map(|id| text.get(id));
    let mut columns = vec![
        Column::sorted(&labels[1], "api"),
        Column::sorted(&labels[2], "application"),
        Column::sorted(&labels[3], "developer"),
        Column::sorted(&labels[4], "status"),
        Column::moments(&labels[5], "created"),
    ];
    if choosing {
        columns.insert(0, Column::new(&labels[0]));
    }
    let rows = html! {
        @for one in found {
            tr {
                @if choosing {
                    td data-label=(labels[0]) {
                        @let name = format!("{}, {}", api(one), one.application_name);
                        input type="checkbox" name="id" value=(one.id)
                            aria-label=(text.with("choose-one", [("name", name.into())]));
                    }
                }
                td data-label=(labels[1]) { div {
                    strong { (api(one)) }
                    @if let Some(scopes) = one.granted_scopes.as_ref().filter(|scopes| !scopes.is_empty()) {
                        span.fine { (scopes.join(" ")) }
                    }
                } }
                td data-label=(labels[2]) { a href=(application(site, one)) { (one.application_name) } }
                td data-label=(labels[3]) { a href=(developer(site, one)) { (one.developer_name) } }
                td data-label=(labels[4]) { (standing(text, one.status)) }
                td data-label=(labels[5]) { (moment(text, one.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("registrations-title"), &columns, rows)
}
