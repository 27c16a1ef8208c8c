//! The list of API products.

use axum::extract::State;
use web::components::{Column, ListQuery, badge, list_table, page_heading};
use web::{Administrator, Page, Tone, Visitor, html, moment};

use super::super::lists::{framed, listing};
use super::{NEW, Refused, address, text};
use crate::console::Reach;
use crate::model::EntityType;
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[
    ("name", "t.name"),
    ("created", "t.created_at"),
    ("updated", "t.updated_at"),
];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    list: ListQuery,
) -> Result<Page, Refused> {
    let wanted = listing(
        &list,
        SORTED,
        "t.name || ' ' || COALESCE(t.description, '')",
    );
    let wanted = reach.narrow(wanted, "t.id", EntityType::ApiProducts);
    let (found, total) = store::api_products::list(portal.db(), &wanted).await?;
    let ids = || found.iter().map(|product| product.id);
    let versions = store::product_versions::count_by_product(portal.db(), ids()).await?;
    let portals = store::api_products::named_portals(portal.db(), ids()).await?;
    let text = text(&visitor);
    let title = text.get("products-title");
    let new = html! { a.button.button-primary href=(NEW) { (text.get("products-new")) } };
    let new = reader.role.may_change().then_some(new);
    let labels = [
        "name",
        "products-versions",
        "products-portals",
        "created",
        "updated",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::moments(&labels[3], "created"),
        Column::moments(&labels[4], "updated"),
    ];
    let rows = html! {
        @for product in &found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(product, "")) { strong { (product.name) } }
                    @for (key, value) in &product.labels { " " (badge(Tone::Neutral, &format!("{key}: {value}"))) }
                } }
                td data-label=(labels[1]) { (versions.get(&product.id).unwrap_or(&0)) }
                td data-label=(labels[2]) { div {
                    @for portal in portals.get(&product.id).into_iter().flatten() { div { (portal.name) } }
                } }
                td data-label=(labels[3]) { (moment(text, product.created_at.as_millis())) }
                td data-label=(labels[4]) { (moment(text, product.updated_at.as_millis())) }
            }
        }
    };
    let shown = (!found.is_empty()).then(|| list_table(text, &list, &title, &columns, rows));
    let main = html! {
        (page_heading(&title, Some(&text.get("products-lead")), new))
        (framed(text, &list, ("products", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}
