//! The list of a portal's applications, those that are being removed at their provider among them.

use std::collections::HashMap;

use axum::extract::{Path, State};
use storage::outbox::Trouble;
use web::components::{Column, Filter, ListQuery, choice, list_table};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::{BELOW, Refused, address, developers, status, text};
use crate::console::lists::{framed, listing};
use crate::console::portals;
use crate::model::{Application, ApplicationStatus, Developer, DeveloperId, Site};
use crate::service::sites;
use crate::store::candidates::{self, narrowed};
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[
    ("name", "t.name"),
    ("status", "t.status"),
    ("created", "t.created_at"),
];

/// What belongs to the applications of a page.
struct Around {
    developers: HashMap<DeveloperId, Developer>,
    troubles: HashMap<String, Trouble>,
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    _: Administrator,
    Path(id): Path<String>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let searched = "t.name || ' ' || COALESCE(t.client_id, '')";
    let mut wanted = listing(&list, SORTED, searched).only("t.portal_id", site.id);
    if let Some(status) = list.get("status").and_then(ApplicationStatus::parse) {
        wanted = wanted.only("t.status", status);
    }
    let db = portal.db();
    let wanted = narrowed(db, wanted, candidates::APPLICATIONS, list.search()).await?;
    let (found, total) = store::applications::list(db, &wanted).await?;
    let owners = found.iter().map(|application| application.developer_id);
    let around = Around {
        developers: store::developers::among(db, owners).await?,
        troubles: portal.applications().unsettled().await?,
    };
    let text = text(&visitor);
    let label = text.get("status");
    let words = ApplicationStatus::WORDS.iter();
    let filters = [Filter {
        name: "status",
        label: &label,
        choices: words
            .map(|word| choice(text, "standing", word, false))
            .collect(),
    }];
    let shown = (!found.is_empty()).then(|| rows(text, &list, &site, &found, &around));
    let main = html! {
        (portals::heading(portals::text(&visitor), &site, BELOW))
        (framed(text, &list, ("applications", &filters), total, shown))
    };
    Ok(visitor.page(&text.get("applications")).main(main))
}

fn rows(
    text: Text,
    list: &ListQuery,
    site: &Site,
    found: &[Application],
    around: &Around,
) -> Markup {
    let labels = ["name", "developer", "client-id", "status", "created"].map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::sorted(&labels[3], "status"),
        Column::moments(&labels[4], "created"),
    ];
    let rows = html! {
        @for one in found {
            tr {
                td data-label=(labels[0]) {
                    @if one.status == ApplicationStatus::Active {
                        a href=(address(site, one.id, "")) { strong { (one.name) } }
                    } @else { strong { (one.name) } }
                }
                td data-label=(labels[1]) {
                    @if let Some(owner) = around.developers.get(&one.developer_id) {
                        a href=(developers::address(site, owner.id, "")) { (owner.full_name) }
                    }
                }
                td data-label=(labels[2]) { @if let Some(client) = &one.client_id { code { (client) } } }
                td data-label=(labels[3]) { div {
                    (status(text, one.status))
                    @if let Some(trouble) = around.troubles.get(&one.id.to_string()) {
                        span.fine { (trouble.reason) }
                    }
                } }
                td data-label=(labels[4]) { (moment(text, one.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("applications"), &columns, rows)
}
