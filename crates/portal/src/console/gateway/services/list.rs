//! Where the gateway forwards to.

use std::collections::HashMap;

use axum::extract::State;
use web::components::{Column, ListQuery, badge, link_button, list_table, page_heading};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use super::{NEW, Refused, address, called, planes, text, upstream};
use crate::console::Reach;
use crate::console::lists::{framed, listing};
use crate::model::{ControlPlaneId, EntityType, Service};
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[
    ("name", "t.name"),
    ("host", "t.host"),
    ("created", "t.created_at"),
];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    list: ListQuery,
) -> Result<Page, Refused> {
    let wanted = listing(&list, SORTED, "COALESCE(t.name, '') || ' ' || t.host");
    let wanted = reach.narrow(wanted, "t.control_plane_id", EntityType::ControlPlanes);
    let (found, total) = store::services::list(portal.db(), &wanted).await?;
    let planes = planes(&portal).await?;
    let text = text(&visitor);
    let title = text.get("services-title");
    let new = reader
        .role
        .may_change()
        .then(|| link_button(NEW, &text.get("services-new")));
    let shown = (!found.is_empty()).then(|| rows(text, &list, &found, &planes));
    let main = html! {
        (page_heading(&title, Some(&text.get("services-lead")), new))
        (framed(text, &list, ("services", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(
    text: Text,
    list: &ListQuery,
    found: &[Service],
    planes: &HashMap<ControlPlaneId, String>,
) -> Markup {
    let labels = [
        "name",
        "services-upstream",
        "control-plane",
        "state",
        "created",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::sorted(&labels[1], "host"),
        Column::new(&labels[2]),
        Column::new(&labels[3]),
        Column::moments(&labels[4], "created"),
    ];
    let rows = html! {
        @for one in found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(one, "")) { strong { (called(one)) } }
                    span.fine { code { (one.id) } }
                } }
                td data-label=(labels[1]) { code { (upstream(one)) } }
                td data-label=(labels[2]) { (planes.get(&one.control_plane_id).map_or("", String::as_str)) }
                td data-label=(labels[3]) {
                    @if one.enabled { (badge(Tone::Success, &text.get("enabled"))) }
                    @else { (badge(Tone::Neutral, &text.get("disabled"))) }
                }
                td data-label=(labels[4]) { (moment(text, one.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("services-title"), &columns, rows)
}
