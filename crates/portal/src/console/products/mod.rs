//! Dev Portal > API products: what developers find, its versions and documentation, where it is published.

mod delete;
mod details;
mod documents;
mod icon;
mod list;
mod losing;
mod new;
mod portals;
mod publication;
mod specification;
mod tree;
mod version;
mod versions;

use axum::Router;
use axum::routing::{get, post};
use web::components::{page_heading, views, way};
use web::{Markup, Text, html};

use crate::model::ApiProduct;
use crate::{Error, Portal};

use super::labels::{as_labels, as_lines};
use super::portals::{labels, status, text};
use super::{Acting, Refused, Told, sheet};

const LIST: &str = "/api-products";
const NEW: &str = "/api-products/new";

/// The tabs of a product: text, and what comes after the product's address.
const TABS: &[(&str, &str)] = &[
    ("products-details", ""),
    ("products-versions", "/versions"),
    ("products-documents", "/documents"),
    ("products-portals", "/portals"),
];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route("/api-products/{id}", get(details::page).post(details::save))
        .route("/api-products/{id}/icon", post(icon::save))
        .route(
            "/api-products/{id}/delete",
            get(delete::page).post(delete::delete),
        )
        .route("/api-products/{id}/versions", get(versions::page))
        .route(
            "/api-products/{id}/versions/new",
            get(versions::new_page).post(versions::create),
        )
        .route(
            "/api-products/{id}/versions/{version}",
            get(version::page).post(version::save),
        )
        .route(
            "/api-products/{id}/versions/{version}/delete",
            get(version::delete_page).post(version::delete),
        )
        .route(
            "/api-products/{id}/versions/{version}/specification",
            get(specification::page).post(specification::save),
        )
        .route(
            "/api-products/{id}/versions/{version}/specification/delete",
            get(specification::delete_page).post(specification::delete),
        )
        .route(
            "/api-products/{id}/versions/{version}/portals/{portal}",
            get(publication::page).post(publication::save),
        )
        .route(
            "/api-products/{id}/versions/{version}/portals/{portal}/delete",
            get(publication::delete_page).post(publication::delete),
        )
        .route("/api-products/{id}/documents", get(tree::page))
        .route(
            "/api-products/{id}/documents/{document}/move",
            post(tree::shift),
        )
        .route(
            "/api-products/{id}/documents/{document}/status",
            post(tree::turn),
        )
        .route(
            "/api-products/{id}/documents/new",
            get(documents::new_page).post(documents::create),
        )
        .route(
            "/api-products/{id}/documents/{document}",
            get(documents::page).post(documents::save),
        )
        .route(
            "/api-products/{id}/documents/{document}/preview",
            get(documents::preview),
        )
        .route(
            "/api-products/{id}/documents/{document}/delete",
            get(documents::delete_page).post(documents::delete),
        )
        .route(
            "/api-products/{id}/portals",
            get(portals::page).post(portals::save),
        )
}

/// The address of a product's page, or of one `below` it.
fn address(product: &ApiProduct, below: &str) -> String {
    format!("{LIST}/{}{below}", product.id)
}

/// The heading and the tabs of every page about one product; `below` is this page's.
fn heading(text: Text, product: &ApiProduct, below: &str) -> Markup {
    html! {
        (way(text, &[(&text.get("products-title"), LIST)]))
        (page_heading(&product.name, None, None))
        (views(text, &product.name, TABS, below, |path| address(product, path)))
    }
}

/// The way and the heading of a page below one of a product's tabs.
fn below(text: Text, product: &ApiProduct, tab: (&str, &str), title: &str) -> Markup {
    let tab_address = address(product, tab.1);
    html! {
        (way(text, &[
            (&text.get("products-title"), LIST),
            (&product.name, &address(product, "")),
            (&text.get(tab.0), &tab_address),
        ]))
        (page_heading(title, None, None))
    }
}

/// After a write that gateways obey.
async fn settle<T>(portal: &Portal, written: Result<(T, i64), Error>) -> Result<T, Error> {
    let (written, revision) = written?;
    portal.publisher().settle(revision).await;
    Ok(written)
}
