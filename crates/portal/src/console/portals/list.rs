//! The list of portals.

use axum::extract::State;
use web::components::{Column, ListQuery, badge, list_table, page_heading};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use super::super::lists::{framed, listing};
use super::{NEW, Refused, address, name, text};
use crate::console::Reach;
use crate::model::{EntityType, Site};
use crate::service::sites;
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name"), ("created", "t.created_at")];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    list: ListQuery,
) -> Result<Page, Refused> {
    let wanted = listing(&list, SORTED, "t.name || ' ' || t.display_name");
    let wanted = reach.narrow(wanted, "t.id", EntityType::Portals);
    let (found, total) = store::sites::list(portal.db(), &wanted).await?;
    let counts = sites::Counts::of(&portal, found.iter().map(|site| site.id)).await?;
    let text = text(&visitor);
    let title = text.get("portals-title");
    let new = html! { a.button.button-primary href=(NEW) { (text.get("portals-new")) } };
    let new = reader.role.may_change().then_some(new);
    let shown = (!found.is_empty()).then(|| rows(text, &list, &found, &counts));
    let main = html! {
        (page_heading(&title, Some(&text.get("portals-lead")), new))
        (framed(text, &list, ("portals", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(text: Text, list: &ListQuery, found: &[Site], counts: &sites::Counts) -> Markup {
    let labels = [
        "name",
        "portals-access",
        "portals-products",
        "portals-developers",
        "portals-applications",
        "created",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::new(&labels[3]),
        Column::new(&labels[4]),
        Column::moments(&labels[5], "created"),
    ];
    let caption = text.get("portals-title");
    let rows = html! {
        @for site in found {
            @let counted = counts.of_one(site.id);
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(site, "")) { strong { (name(site)) } }
                    @if name(site) != site.name { span.fine { (site.name) } }
                } }
                td data-label=(labels[1]) { (access(text, site)) }
                td data-label=(labels[2]) { (counted.products) }
                td data-label=(labels[3]) { (counted.developers) }
                td data-label=(labels[4]) { (counted.applications) }
                td data-label=(labels[5]) { (moment(text, site.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &caption, &columns, rows)
}

/// Who may read a portal.
pub(super) fn access(text: Text, site: &Site) -> Markup {
    match site.is_public {
        true => badge(Tone::Info, &text.get("portals-public")),
        false => badge(Tone::Neutral, &text.get("portals-private")),
    }
}
