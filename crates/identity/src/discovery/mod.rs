//! What clients find out by themselves: metadata and keys.

mod authorization;
mod certificate;
mod jwks;
mod metadata;

use axum::Router;
use axum::http::{Method, header};
use axum::routing::get;
use tower_http::cors::{Any, CorsLayer};

use crate::Tenant;

/// The public documents. Pages of any origin may read them: they hold nothing secret, and browser
/// tools have no other way.
pub(crate) fn routes() -> Router<Tenant> {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([header::ACCEPT, header::CONTENT_TYPE])
        .max_age(std::time::Duration::from_secs(86_400));
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata::document))
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::document),
        )
        .route("/.well-known/jwks.json", get(jwks::document))
        .route("/pem", get(certificate::pem))
        .route("/cer", get(certificate::cer))
        .route("/pb7", get(certificate::pb7))
        .layer(cors)
}
