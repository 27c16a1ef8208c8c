//! `/v2/control-planes/{id}/core-entities/{services,routes}`: Kong's entities, in Kong's shapes.
//!
//! This API has errors and pages of its own, unlike the rest of the platform API; `dp-client-certificates`,
//! which is in the same specification, has the same errors.
//! Source: the vendor's "Control Planes Configuration" specification, v2.

mod absent;
mod entity;
mod failure;
mod page;
mod routes;
mod services;

use axum::http::Method;
use axum::routing::{delete, get, post, put};

use super::Route;
pub(super) use entity::control_plane;
pub(super) use failure::{Failure, refusal};

pub(super) fn routes() -> Vec<Route> {
    let services = "/v2/control-planes/{control_plane}/core-entities/services";
    let service = "/v2/control-planes/{control_plane}/core-entities/services/{service}";
    let service_routes =
        "/v2/control-planes/{control_plane}/core-entities/services/{service}/routes";
    let service_route =
        "/v2/control-planes/{control_plane}/core-entities/services/{service}/routes/{route}";
    let routes = "/v2/control-planes/{control_plane}/core-entities/routes";
    let route = "/v2/control-planes/{control_plane}/core-entities/routes/{route}";
    let mut all = absent::routes();
    all.extend([
        (Method::GET, services, get(services::list)),
        (Method::POST, services, post(services::create)),
        (Method::GET, service, get(services::read)),
        (Method::PUT, service, put(services::upsert)),
        (Method::DELETE, service, delete(services::delete)),
        (Method::GET, service_routes, get(routes::list_of_service)),
        (
            Method::POST,
            service_routes,
            post(routes::create_in_service),
        ),
        (Method::GET, service_route, get(routes::read_in_service)),
        (Method::PUT, service_route, put(routes::upsert_in_service)),
        (
            Method::DELETE,
            service_route,
            delete(routes::delete_in_service),
        ),
        (Method::GET, routes, get(routes::list)),
        (Method::POST, routes, post(routes::create)),
        (Method::GET, route, get(routes::read)),
        (Method::PUT, route, put(routes::upsert)),
        (Method::DELETE, route, delete(routes::delete)),
    ]);
    all
}
