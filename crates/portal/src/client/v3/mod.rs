//! The third generation of the portal client API: other shapes over what `/api/v2` serves.
//!
//! Source: Konnect Portal API 3.4.0 (`dev-portal-v3.yaml`).

mod apis;
mod applications;
mod context;
mod documents;
mod images;
mod pages;
mod registrations;
mod search;
mod specifications;
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
        .merge(catalogue())
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
        .route("/api/v3/integrations", get(context::integrations))
        .route("/api/v3/assets/logo", get(earlier::logo))
        .route("/api/v3/assets/favicon", get(earlier::favicon))
        .route("/api/v3/pages", get(pages::list))
        .route("/api/v3/pages/{*path}", get(pages::get))
        .route("/api/v3/search", get(search::search))
        .route("/api/v3/snippets", get(pages::list_snippets))
        .route("/api/v3/snippets/{*name}", get(pages::get_snippet))
}

fn catalogue() -> Router<Portal> {
    let api = "/api/v3/apis/{api}";
    let (version, specification) = (
        "/api/v3/apis/{api}/versions/{version}",
        "/api/v3/apis/{api}/specifications/{version}",
    );
    Router::new()
        .route("/api/v3/api-attributes", get(apis::attributes))
        .route("/api/v3/apis", get(apis::list))
        .route(api, get(apis::get))
        .route(&format!("{api}/actions"), get(apis::actions))
        .route(&format!("{api}/applications"), get(apis::applications))
        .route(
            &format!("{api}/images/{{image_type}}/raw"),
            get(images::raw),
        )
        .route(&format!("{api}/documents"), get(documents::list))
        .route(
            &format!("{api}/documents/{{document}}"),
            get(documents::get),
        )
        .route(
            &format!("{api}/versions"),
            get(specifications::list_versions),
        )
        .route(version, get(specifications::version))
        .route(&format!("{version}/raw"), get(specifications::version_raw))
        .route(&format!("{api}/specifications"), get(specifications::list))
        .route(specification, get(specifications::get))
        .route(&format!("{specification}/raw"), get(specifications::raw))
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
