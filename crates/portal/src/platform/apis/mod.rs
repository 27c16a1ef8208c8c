//! `/v3/apis` and `/v3/api-…`: what the vendor calls the API catalogue. An API is a product, its versions
//! are the product's that have a specification.
//!
//! Source: Konnect API Builder v3 (3.2.0).

mod attributes;
mod documents;
mod images;
mod implementations;
mod one;
mod operations;
mod publications;
mod registrations;
mod specifications;
mod versions;

use axum::http::Method;
use axum::routing::{delete, get, patch, post, put};

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    let apis = "/v3/apis";
    let api = "/v3/apis/{api}";
    let versions = "/v3/apis/{api}/versions";
    let version = "/v3/apis/{api}/versions/{version}";
    let specifications = "/v3/apis/{api}/specifications";
    let specification = "/v3/apis/{api}/specifications/{specification}";
    let documents = "/v3/apis/{api}/documents";
    let document = "/v3/apis/{api}/documents/{document}";
    let image = "/v3/apis/{api}/images/{image_type}";
    let publication = "/v3/apis/{api}/publications/{portal_id}";
    let implementation = "/v3/apis/{api}/implementations/{implementation}";
    vec![
        (Method::GET, apis, get(one::list)),
        (Method::POST, apis, post(one::create)),
        (Method::GET, api, get(one::read)),
        (Method::PATCH, api, patch(one::update)),
        (Method::DELETE, api, delete(one::delete)),
        (
            Method::POST,
            "/v3/apis/validate-specification",
            post(specifications::validate),
        ),
        (Method::GET, versions, get(versions::list)),
        (Method::POST, versions, post(versions::create)),
        (Method::GET, version, get(versions::read)),
        (Method::PATCH, version, patch(versions::update)),
        (Method::DELETE, version, delete(versions::delete)),
        (Method::GET, specifications, get(specifications::list)),
        (Method::POST, specifications, post(specifications::create)),
        (Method::GET, specification, get(specifications::read)),
        (Method::PATCH, specification, patch(specifications::update)),
        (Method::DELETE, specification, delete(versions::delete)),
        (Method::GET, documents, get(documents::list)),
        (Method::POST, documents, post(documents::create)),
        (Method::GET, document, get(documents::read)),
        (Method::PATCH, document, patch(documents::update)),
        (
            Method::DELETE,
            document,
            delete(super::api_products::delete_document),
        ),
        (
            Method::POST,
            "/v3/apis/{api}/documents/{document}/move",
            post(documents::place),
        ),
        (Method::GET, image, get(images::read)),
        (Method::PUT, image, put(images::replace)),
        (Method::DELETE, image, delete(images::delete)),
        (
            Method::GET,
            "/v3/apis/{api}/images/{image_type}/raw",
            get(images::raw),
        ),
        (Method::PUT, publication, put(publications::publish)),
        (Method::GET, publication, get(publications::read)),
        (Method::DELETE, publication, delete(publications::withdraw)),
        (Method::GET, "/v3/api-publications", get(publications::list)),
        (
            Method::GET,
            "/v3/portals/{portal_id}/api-publications",
            get(publications::list_of_portal),
        ),
        (
            Method::POST,
            "/v3/apis/{api}/implementations",
            post(implementations::create),
        ),
        (Method::GET, implementation, get(implementations::read)),
        (
            Method::DELETE,
            implementation,
            delete(implementations::delete),
        ),
        (
            Method::GET,
            "/v3/api-implementations",
            get(implementations::list),
        ),
        (Method::GET, "/v3/api-attributes", get(attributes::list)),
        (
            Method::GET,
            "/v3/apis/{api}/operations",
            get(operations::list),
        ),
        (
            Method::GET,
            "/v3/apis/{api}/operations/{operation}",
            get(operations::read),
        ),
        (
            Method::GET,
            "/v3/apis/{api}/registrations",
            get(registrations::list),
        ),
    ]
}
