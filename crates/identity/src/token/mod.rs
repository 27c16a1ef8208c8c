//! The token endpoint.
//!
//! [`endpoint`] reads the request and authenticates the client; then one file a grant type does the
//! rest, as a list of named steps with a file each.

pub(crate) mod api;
mod claims;
mod client_authentication;
mod client_credentials;
pub(crate) mod digest;
mod directory;
mod endpoint;
mod granted;
pub(crate) mod issue;
mod parameters;
mod refusal;
mod scope;
mod sign;
pub(crate) mod user_scope;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use oauth::jose::Algorithm;

use crate::Tenant;
pub(crate) use directory::{Directory, KnownApi, KnownClient};

/// Grant types that are served.
pub(crate) const GRANT_TYPES: [&str; 1] = [client_credentials::GRANT_TYPE];

/// Algorithms that clients' assertions may be signed with.
pub(crate) const ASSERTION_ALGORITHMS: [Algorithm; 3] =
    [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Ps256];

/// The largest request. A request holds a few parameters and perhaps an assertion.
const MAX_BODY: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Tenant> {
    Router::new().route(
        "/oauth/token",
        post(endpoint::issue)
            .fallback(endpoint::wrong_method)
            .layer(DefaultBodyLimit::max(MAX_BODY)),
    )
}
