//! `/v2/api-products`: products, their versions, specifications and documents.
//!
//! Source: the vendor's "API Products" specification, v2.

mod documents;
mod products;
mod specifications;
mod versions;

use axum::http::Method;
use axum::routing::{delete, get, patch, post};

use super::Route;

pub(super) use documents::delete as delete_document;

pub(super) fn routes() -> Vec<Route> {
    let products = "/v2/api-products";
    let product = "/v2/api-products/{product}";
    let documents = "/v2/api-products/{product}/documents";
    let document = "/v2/api-products/{product}/documents/{document}";
    let versions = "/v2/api-products/{product}/product-versions";
    let version = "/v2/api-products/{product}/product-versions/{version}";
    let specifications = "/v2/api-products/{product}/product-versions/{version}/specifications";
    let specification =
        "/v2/api-products/{product}/product-versions/{version}/specifications/{specification}";
    vec![
        (Method::GET, products, get(products::list)),
        (Method::POST, products, post(products::create)),
        (Method::GET, product, get(products::read)),
        (Method::PATCH, product, patch(products::update)),
        (Method::DELETE, product, delete(products::delete)),
        (Method::GET, documents, get(documents::list)),
        (Method::POST, documents, post(documents::create)),
        (Method::GET, document, get(documents::read)),
        (Method::PATCH, document, patch(documents::update)),
        (Method::DELETE, document, delete(documents::delete)),
        (Method::GET, versions, get(versions::list)),
        (Method::POST, versions, post(versions::create)),
        (Method::GET, version, get(versions::read)),
        (Method::PATCH, version, patch(versions::update)),
        (Method::DELETE, version, delete(versions::delete)),
        (Method::GET, specifications, get(specifications::list)),
        (Method::POST, specifications, post(specifications::create)),
        (Method::GET, specification, get(specifications::read)),
        (Method::PATCH, specification, patch(specifications::update)),
        (
            Method::DELETE,
            specification,
            delete(specifications::delete),
        ),
    ]
}
