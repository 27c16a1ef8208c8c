//! The classic login endpoints: what the vendor's scripts for login pages and applications call.
//!
//! A script on the tenant's own login page, or on a page of a client that may ask from elsewhere, sends
//! JSON or a form and gets JSON back in the vendor's shapes.

mod call;
mod challenge;
mod cross_origin;
mod dbconnections;
mod origin;
mod refusal;
mod scripts;
mod single_sign_on;
mod username_password;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub(crate) use cross_origin::redeem;

use crate::Tenant;

/// The largest request: names, a password, ten short texts of metadata.
const MAX_BODY: usize = 64 * 1024;

/// Routes that scripts on other origins may call.
pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(
            "/dbconnections/signup",
            post(dbconnections::sign_up).options(origin::preflight),
        )
        .route(
            "/dbconnections/change_password",
            post(dbconnections::change_password).options(origin::preflight),
        )
        .route(
            "/co/authenticate",
            post(cross_origin::authenticate).options(origin::preflight),
        )
        .route(
            "/dbconnections/signup/challenge",
            post(challenge::none).options(origin::preflight),
        )
        .route(
            "/dbconnections/change_password/challenge",
            post(challenge::none).options(origin::preflight),
        )
        .route(
            "/usernamepassword/challenge",
            post(challenge::none).options(origin::preflight),
        )
        .route("/user/ssodata", get(single_sign_on::data))
        .route("/user/ssodata/", get(single_sign_on::data))
        .route(
            "/user/geoloc/country",
            get(single_sign_on::country).options(origin::preflight),
        )
        .route("/client/{file}", get(scripts::client))
        .route("/tenants/v1/{file}", get(scripts::tenant))
        .route("/info-v1.js", get(scripts::tenant))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// Routes of the tenant's own login page.
pub(super) fn page_routes() -> Router<Tenant> {
    Router::new()
        .route("/usernamepassword/login", post(username_password::login))
        .route("/login/callback", post(username_password::callback))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}
