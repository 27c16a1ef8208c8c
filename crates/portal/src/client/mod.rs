//! The portal client API, v2 and v3: what a developer's browser calls, on the portal's own host.
//!
//! Source: Konnect Portal API 2.1.0 (`dev-portal-v2.yaml`); for v3 see [`v3`].

mod applications;
mod context;
mod cookies;
mod credentials;
mod developer;
mod documents;
mod effective;
mod guard;
mod image;
pub(crate) mod operations;
mod products;
mod registrations;
mod search;
mod session;
mod sign_on;
mod stats;
mod strategy;
mod v3;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};

use crate::rest::{Problem, trace};
use crate::service::sign_on::CALLBACK;
use crate::{Error, Portal};

/// The largest body: an application with every field at its longest is a few kilobytes.
const MAX_BODY: usize = 64 * 1024;

/// Routes below `/api/v2` and `/api/v3`.
pub fn router(portal: Portal) -> Router {
    let router = Router::new()
        .merge(accounts())
        .merge(portal_context())
        .merge(catalogue())
        .merge(own())
        .merge(v3::router())
        .route("/api/v2/{*rest}", any(unknown))
        .route("/api/v3/{*rest}", any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(portal.clone(), guard::guard))
        .layer(from_fn_with_state(portal.clone(), trace))
        .layer(from_fn(guard::headers));
    web::identify(router, web::random(portal.entropy())).with_state(portal)
}

fn accounts() -> Router<Portal> {
    Router::new()
        .route("/api/v2/developer", post(developer::register))
        .route(
            "/api/v2/developer/authenticate",
            post(developer::authenticate),
        )
        .route("/api/v2/developer/authenticate/sso", get(sign_on::begin))
        .route(CALLBACK, get(sign_on::end))
        .route("/api/v2/developer/refresh", post(developer::refresh))
        .route("/api/v2/developer/logout", post(developer::logout))
        .route("/api/v2/developer/me", get(developer::me))
        .route(
            "/api/v2/developer/forgot-password",
            post(developer::forgot_password),
        )
        .route(
            "/api/v2/developer/reset-password",
            post(developer::reset_password),
        )
        .route(
            "/api/v2/developer/verify-email",
            post(developer::verify_email),
        )
}

fn portal_context() -> Router<Portal> {
    Router::new()
        .route("/api/v2/portal", get(context::portal))
        .route("/api/v2/portal/appearance", get(context::appearance))
        .route("/api/v2/portal/logo", get(context::logo))
        .route("/api/v2/portal/catalog-cover", get(context::catalog_cover))
        // Not in the specification; the vendor's single-page application loads them.
        .route("/api/v2/portal/favicon.ico", get(context::favicon))
        .route("/api/v2/portal/stylesheet.css", get(context::stylesheet))
        .route("/api/v2/portal/stylesheet/font.css", get(context::font))
}

fn catalogue() -> Router<Portal> {
    let version = "/api/v2/products/{product}/versions/{version}";
    Router::new()
        .route("/api/v2/products", get(products::list))
        .route("/api/v2/products/{product}", get(products::get))
        .route("/api/v2/products/{product}/actions", get(products::actions))
        .route("/api/v2/products/{product}/documents", get(documents::list))
        .route(
            "/api/v2/products/{product}/documents/{document}",
            get(documents::get),
        )
        .route(
            "/api/v2/products/{product}/versions",
            get(products::versions),
        )
        .route(version, get(products::version))
        .route(
            &format!("{version}/applications"),
            get(products::applications),
        )
        .route(&format!("{version}/spec"), get(operations::specification))
        .route(
            &format!("{version}/spec/operations"),
            get(operations::operations),
        )
        .route("/api/v2/search/{indices}", get(search::search))
}

fn own() -> Router<Portal> {
    let one = "/api/v2/applications/{application}";
    Router::new()
        .route(
            "/api/v2/applications",
            get(applications::list).post(applications::create),
        )
        .route("/api/v2/applications/auth-strategies", get(strategy::list))
        .route(
            one,
            get(applications::get)
                .patch(applications::update)
                .delete(applications::delete),
        )
        // Not in the specification: what Konnect does not do, it need not show.
        .route(
            "/api/v2/pending-deletions",
            get(applications::pending_deletions),
        )
        .route(&format!("{one}/rotation"), get(credentials::rotation))
        .route(
            &format!("{one}/refresh-token"),
            post(applications::refresh_token),
        )
        .route(
            &format!("{one}/credentials"),
            get(credentials::list).post(credentials::create),
        )
        .route(
            &format!("{one}/credentials/{{credential}}"),
            axum::routing::put(credentials::rename).delete(credentials::delete),
        )
        .route(
            &format!("{one}/registrations"),
            get(registrations::list).post(registrations::create),
        )
        .route(
            &format!("{one}/registrations/{{registration}}"),
            get(registrations::get).delete(registrations::delete),
        )
        .route(
            &format!("{one}/registrations/{{registration}}/granted-scopes"),
            get(registrations::granted_scopes),
        )
        .route(
            &format!("{one}/product-versions/{{version}}/granted-scopes"),
            get(registrations::version_scopes),
        )
        .route("/api/v2/stats", post(stats::query))
        .route("/api/v2/stats/config", get(stats::config))
}

async fn unknown() -> Problem {
    Error::NotFound("this API has no such path".into()).into()
}

async fn wrong_method() -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let problem = Problem::from(Error::NotFound(
        "this path does not take this method".into(),
    ));
    let mut response = problem.into_response();
    *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
    response
}
