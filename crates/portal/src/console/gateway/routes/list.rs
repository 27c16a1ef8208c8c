//! What the gateway takes.

use axum::extract::State;
use std::collections::HashMap;
use web::components::{Column, ListQuery, link_button, list_table, page_heading};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::{NEW, Refused, address, called, takes, text};
use crate::console::Reach;
use crate::console::gateway::services;
use crate::console::lists::{framed, listing};
use crate::model::{EntityType, Route, Service, ServiceId};
use crate::store::listing::Listing;
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name"), ("created", "t.created_at")];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    list: ListQuery,
) -> Result<Page, Refused> {
    let searched =
        "COALESCE(t.name, '') || ' ' || COALESCE(t.hosts, '') || ' ' || COALESCE(t.paths, '')";
    let wanted = listing(&list, SORTED, searched);
    let wanted = reach.narrow(wanted, "t.control_plane_id", EntityType::ControlPlanes);
    let (found, total) = store::routes::list(portal.db(), &wanted).await?;
    let all = Listing::all("t.created_at");
    let (found_services, _) = store::services::list(portal.db(), &all).await?;
    let known: HashMap<ServiceId, Service> = found_services
        .into_iter()
        .map(|one| (one.id, one))
        .collect();
    let text = text(&visitor);
    let title = text.get("routes-title");
    let new = reader
        .role
        .may_change()
        .then(|| link_button(NEW, &text.get("routes-new")));
    let shown = (!found.is_empty()).then(|| rows(text, &list, &found, &known));
    let main = html! {
        (page_heading(&title, Some(&text.get("routes-lead")), new))
        (framed(text, &list, ("routes", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(
    text: Text,
    list: &ListQuery,
    found: &[Route],
    known: &HashMap<ServiceId, Service>,
) -> Markup {
    let labels = ["name", "routes-takes", "routes-service", "created"].map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::moments(&labels[3], "created"),
    ];
    let rows = html! {
        @for one in found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(one, "")) { strong { (called(one)) } }
                    span.fine { code { (one.id) } }
                } }
                td data-label=(labels[1]) { div {
                    @for part in takes(one) { span.fine { code { (part) } } }
                } }
                td data-label=(labels[2]) {
                    @if let Some(service) = one.service_id.and_then(|id| known.get(&id)) {
                        a href=(services::address(service, "")) { (services::called(service)) }
                    }
                }
                td data-label=(labels[3]) { (moment(text, one.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("routes-title"), &columns, rows)
}
