//! The token endpoint, and what is beside it.
//!
//! [`endpoint`] reads the request; then one file a grant type does the rest, as a list of named steps
//! with a file each. What is made for a user is made in [`issue`], wherever it is handed out.

mod actions;
mod active;
pub(crate) mod api;
mod authorization_code;
mod claims;
mod client_authentication;
mod client_credentials;
mod device_code;
pub(crate) mod digest;
mod directory;
mod dpop;
mod endpoint;
mod granted;
mod introspect;
pub(crate) mod issue;
mod journal;
mod multi_resource;
pub(crate) mod par;
mod parameters;
mod parcel;
mod password;
pub(crate) mod profile;
mod prune;
pub(crate) mod published_keys;
mod refresh_token;
mod refusal;
mod request;
mod revoke;
mod scope;
mod sign;
pub(crate) mod subject;
pub(crate) mod user_scope;
mod userinfo;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Method, header};
use axum::routing::{get, post};
use oauth::jose::Algorithm;
use tower_http::cors::{Any, CorsLayer};

use crate::Tenant;
pub(crate) use directory::{Directory, KnownApi, KnownClient};
pub(crate) use prune::{prune, prune_begun};

/// Grant types that are served.
pub(crate) const GRANT_TYPES: [&str; 6] = [
    client_credentials::GRANT_TYPE,
    authorization_code::GRANT_TYPE,
    refresh_token::GRANT_TYPE,
    password::GRANT_TYPE,
    password::REALM_GRANT_TYPE,
    device_code::GRANT_TYPE,
];

/// Algorithms that clients' assertions may be signed with.
pub(crate) const ASSERTION_ALGORITHMS: [Algorithm; 3] =
    [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Ps256];

/// Algorithms that DPoP proofs may be signed with.
pub(crate) const DPOP_ALGORITHMS: &[Algorithm] = Algorithm::ASYMMETRIC;

/// The largest request. A request holds a few parameters and perhaps an assertion.
const MAX_BODY: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Tenant> {
    let for_browsers = Router::new()
        .route(
            "/oauth/token",
            post(endpoint::issue).fallback(endpoint::wrong_method),
        )
        .route("/oauth/revoke", post(revoke::revoke))
        .route("/oauth/device/code", post(device_code::begin))
        .route("/userinfo", get(userinfo::answer).post(userinfo::answer))
        .layer(cors());
    Router::new()
        .route("/oauth/introspect", post(introspect::introspect))
        .route("/oauth/par", post(par::push))
        .merge(for_browsers)
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// Clients that run in a browser call these from pages of any origin. No cookie is looked at here, so a
/// page can do no more than its own code or token lets it.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("auth0-client"),
            dpop::PROOF,
        ])
        .expose_headers([header::WWW_AUTHENTICATE, dpop::NONCE])
        .max_age(std::time::Duration::from_secs(86_400))
}
