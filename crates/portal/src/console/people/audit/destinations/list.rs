//! The list of destinations.

use axum::extract::State;
use web::components::{Column, ListQuery, link_button, list_table, page_heading, way};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::super::LIST as AUDIT;
use super::{NEW, Refused, address, called, text};
use crate::Portal;
use crate::console::lists::{framed, listing};
use crate::model::AuditDestination;
use crate::store::audit_webhooks;

const SORTED: &[(&str, &str)] = &[
    ("name", "t.name"),
    ("endpoint", "t.endpoint"),
    ("created", "t.created_at"),
];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let wanted = listing(&list, SORTED, "t.name || ' ' || t.endpoint");
    let (found, total) = audit_webhooks::list(portal.db(), &wanted).await?;
    let text = text(&visitor);
    let title = text.get("destinations-title");
    let may_change = reader.role.may_change();
    let new = may_change.then(|| link_button(NEW, &text.get("destinations-new")));
    let shown = (!found.is_empty()).then(|| rows(text, &list, &found));
    let main = html! {
        (way(text, &[(&text.get("audit-title"), AUDIT)]))
        (page_heading(&title, Some(&text.get("destinations-lead")), new))
        (framed(text, &list, ("destinations", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(text: Text, list: &ListQuery, found: &[AuditDestination]) -> Markup {
    let labels = ["name", "webhook-endpoint", "webhook-format", "created"].map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::sorted(&labels[1], "endpoint"),
        Column::new(&labels[2]),
        Column::moments(&labels[3], "created"),
    ];
    let rows = html! {
        @for one in found {
            tr {
                td data-label=(labels[0]) { a href=(address(one, "")) { strong { (called(one)) } } }
                td data-label=(labels[1]) { code { (one.endpoint) } }
                td data-label=(labels[2]) { (one.log_format.as_str().to_uppercase()) }
                td data-label=(labels[3]) { (moment(text, one.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("destinations-title"), &columns, rows)
}
