//! The list of a portal's snippets.

use axum::extract::{Path, State};
use web::components::{Column, ListQuery, list_table};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::{BELOW, Refused, SNIPPETS, address, heading, readers, text};
use crate::console::lists::{framed, listing};
use crate::console::portals;
use crate::model::{Site, Snippet};
use crate::service::sites;
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[
    ("name", "t.name"),
    ("title", "t.title"),
    ("changed", "t.updated_at"),
];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let wanted = listing(&list, SORTED, "t.name || ' ' || t.title").only("t.portal_id", site.id);
    let (found, total) = store::snippets::list(portal.db(), &wanted).await?;
    let text = text(&visitor);
    let shown = (!found.is_empty()).then(|| rows(text, &visitor, &list, (&site, &found)));
    let title = text.get("snippets-title");
    let main = html! {
        (heading(&visitor, &site, ("pages-title", BELOW), &title))
        p.fine { (text.get("snippets-lead")) " " code { ":snippet{name=\"…\"}" } }
        @if reader.role.may_change() {
            p.spaced { a.button.button-primary href=(address(&site, "snippets/new", "")) { (text.get("snippets-new")) } }
        }
        (framed(text, &list, ("snippets", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(
    text: Text,
    visitor: &Visitor,
    list: &ListQuery,
    (site, found): (&Site, &[Snippet]),
) -> Markup {
    let labels = [
        "snippets-name",
        "pages-name",
        "pages-state",
        "pages-changed",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::sorted(&labels[1], "title"),
        Column::new(&labels[2]),
        Column::moments(&labels[3], "changed"),
    ];
    let rows = html! {
        @for snippet in found {
            tr {
                td data-label=(labels[0]) {
                    a href=(portals::address(site, &format!("{SNIPPETS}/{}", snippet.id))) { strong { (snippet.name) } }
                }
                td data-label=(labels[1]) { (snippet.title) }
                td data-label=(labels[2]) { div {
                    (portals::status(portals::text(visitor), snippet.status)) " " (readers(text, snippet.visibility))
                } }
                td data-label=(labels[3]) { (moment(text, snippet.updated_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("snippets-title"), &columns, rows)
}
