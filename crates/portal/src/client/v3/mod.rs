//! The third generation of the portal client API: other shapes over what `/api/v2` serves.
//!
//! Source: Konnect Portal API 3.4.0 (`dev-portal-v3.yaml`).

mod applications;
mod context;
mod registrations;
mod teams;

use axum::Router;
use axum::routing::{get, post, put};

use super::{context as earlier, credentials, developer, sign_on, stats, strategy};
use crate::Portal;

/// Routes below `/api/v3`.
pub(super) fn router() -> Router<Portal> {
    Router::new()
        .merge(accounts())
        .merge(portal_context())
        .merge(own())
}

fn accounts() -> Router<Portal> {
    Router::new()
        .route("/api/v3/developer", post(developer::register))
        .route(
            "/api/v3/developer/authenticate",
            post(developer::authenticate),
        )
        .route("/api/v3/developer/authenticate/sso", get(sign_on::begin))
        .route("/api/v3/developer/refresh", post(developer::refresh))
        .route("/api/v3/developer/logout", post(developer::logout))
        .route("/api/v3/developer/me", get(developer::me))
        .route(
            "/api/v3/developer/forgot-password",
            post(developer::forgot_password),
        )
        .route(
            "/api/v3/developer/reset-password",
            post(developer::reset_password),
        )
        .route(
            "/api/v3/developer/verify-email",
            post(developer::verify_email),
        )
}

fn portal_context() -> Router<Portal> {
    Router::new()
        .route("/api/v3/portal", get(context::portal))
        .route("/api/v3/customization", get(context::customization))
        .route("/api/v3/assets/logo", get(earlier::logo))
        .route("/api/v3/assets/favicon", get(earlier::favicon))
}

fn own() -> Router<Portal> {
    let one = "/api/v3/applications/{application}";
    Router::new()
        .route(
            "/api/v3/applications",
            get(applications::list).post(applications::create),
        )
        .route("/api/v3/developer/teams", get(teams::list))
        .route("/api/v3/developer/teams/{team}", get(teams::get))
        .route(
            "/api/v3/developer/teams/{team}/developers",
            get(teams::developers),
        )
        .route("/api/v3/application-auth-strategies", get(strategy::list))
        .route(
            one,
            get(applications::get)
                .patch(applications::update)
                .delete(super::applications::delete),
        )
        .route(
            &format!("{one}/regenerate-secret"),
            post(applications::regenerate_secret),
        )
        .route(
            &format!("{one}/granted-scopes"),
            get(applications::granted_scopes),
        )
        .route(
            &format!("{one}/credentials"),
            get(credentials::list).post(credentials::create),
        )
        .route(
            &format!("{one}/credentials/{{credential}}"),
            put(credentials::rename).delete(credentials::delete),
        )
        .route(
            &format!("{one}/registrations"),
            get(registrations::list).post(registrations::create),
        )
        .route(
            &format!("{one}/registrations/{{registration}}"),
            get(registrations::get).delete(super::registrations::delete),
        )
        .route("/api/v3/stats", post(stats::query_later))
        .route("/api/v3/stats/config", get(stats::config_later))
}
