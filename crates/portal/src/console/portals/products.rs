//! What is published in a portal.

use axum::extract::{Path, State};
use web::components::{Column, ListQuery, badge, empty_state, list_count, list_table, list_tools};
use web::{Administrator, Page, Tone, Visitor, html};

use super::super::lists::{SIZE, listing};
use super::{Refused, heading, name, status, text};
use crate::service::sites;
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name")];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    _: Administrator,
    Path(id): Path<String>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let wanted = listing(&list, SORTED, "t.name");
    let wanted = wanted.within(store::api_products::IN_PORTAL, site.id);
    let (found, total) = store::api_products::list(portal.db(), &wanted).await?;
    let ids = || found.iter().map(|product| product.id);
    let versions = store::product_versions::of_products(portal.db(), ids()).await?;
    let of_versions = versions.values().flatten().map(|version| version.id);
    let places = store::publications::named(portal.db(), of_versions).await?;
    let text = text(&visitor);
    let labels = ["name", "products-versions"].map(|id| text.get(id));
    let columns = [Column::sorted(&labels[0], "name"), Column::new(&labels[1])];
    let total = u64::try_from(total).unwrap_or(0);
    let caption = text.get("portals-products");
    let rows = html! {
        @for product in &found {
            tr {
                td data-label=(labels[0]) {
                    a href=(format!("/api-products/{}/portals", product.id)) { strong { (product.name) } }
                }
                td data-label=(labels[1]) { div {
                    @for version in versions.get(&product.id).into_iter().flatten() {
                        @for place in places.get(&version.id).into_iter().flatten() {
                            @if place.publication.portal_id == site.id {
                                div {
                                    (version.name) " "
                                    (status(text, place.publication.publish_status))
                                    @if place.publication.deprecated { " " (badge(Tone::Warning, &text.get("deprecated"))) }
                                    span.fine { (place.strategy_name.as_deref().unwrap_or_default()) }
                                }
                            }
                        }
                    }
                } }
            }
        }
    };
    let main = html! {
        (heading(text, &site, "/products"))
        section.section {
            (list_tools(text, &list, Some(&text.get("products-search")), &[]))
            @if found.is_empty() {
                (empty_state(&text.get("portals-products-none"), &text.get("portals-products-none-next"), None))
            } @else {
                (list_count(text, total))
                (list_table(text, &list, &caption, &columns, rows))
                (list.pages(text, SIZE, total))
            }
        }
    };
    Ok(visitor.page(name(&site)).main(main))
}
