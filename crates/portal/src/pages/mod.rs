//! The portal's pages for developers, on the same services as the client API.

mod account;
mod applications;
mod catalogue;
pub(crate) mod counts;
mod keys;
pub(crate) mod markdown;
pub(crate) mod mdc;
mod reader;
mod reference;
mod references;
mod refusal;
mod registrations;
mod sharing;
mod source;
mod specification;
mod text;
mod try_it;
mod usage;
mod view;
mod written;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::StatusCode;
use tower_http::compression::CompressionLayer;
use web::Site;
use web::assets::{Assets, serve_generated};

use crate::Portal;
use crate::service::applications::Applications;
use reader::Reader;
use source::Source;
use text::CATALOG;

/// What the API reference has beside every page's stylesheet and script.
#[derive(rust_embed::RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The pages' own files.
pub(crate) fn assets() -> &'static Assets {
    static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::of::<Files>);
    &ASSETS
}

/// What an instance says about its pages.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where developers reach the gateway, such as `https://api.example.com`.
    pub gateway_url: String,
}

/// What every handler needs.
#[derive(Clone)]
pub(crate) struct Pages {
    source: Arc<Source>,
}

/// Every page of every portal of this instance.
pub fn router(portal: Portal, applications: Applications, settings: Settings) -> Router {
    let site = Site::new(web::Settings {
        name: "portal",
        key: portal.form_key("portal.pages.forms"),
        secure: is_secure(&portal),
        random: web::random(portal.entropy()),
        catalog: &CATALOG,
    });
    let pages = Pages {
        source: Arc::new(Source::new(portal, applications, settings)),
    };
    let routes = routes()
        .fallback(written::show)
        .layer(from_fn_with_state(pages.clone(), reader::settle))
        .with_state(pages)
        .merge(assets().router().layer(CompressionLayer::new()));
    site.wrap(routes)
}

/// Whether developers come over TLS.
fn is_secure(portal: &Portal) -> bool {
    portal.portal_url().starts_with("https://")
}

fn routes() -> Router<Pages> {
    Router::new()
        .route("/", get(catalogue::start))
        .route(catalogue::PATH, get(catalogue::list))
        .route("/products/{product}", get(catalogue::overview))
        .route("/products/{product}/docs/{slug}", get(catalogue::document))
        .route(
            "/products/{product}/versions/{version}/reference",
            get(references::overview),
        )
        .route(
            "/products/{product}/versions/{version}/reference/operations/{operation}",
            get(references::operation),
        )
        .route(
            "/products/{product}/versions/{version}/reference/schemas/{schema}",
            get(references::schema),
        )
        .route(
            "/products/{product}/versions/{version}/openapi.json",
            get(references::json),
        )
        .route(
            "/products/{product}/versions/{version}/openapi.yaml",
            get(references::yaml),
        )
        .route(
            "/products/{product}/versions/{version}/register",
            get(registrations::register_page).post(registrations::register),
        )
        .route("/try/{version}/{base}", any(references::try_it))
        .route("/try/{version}/{base}/", any(references::try_it))
        .route(
            "/try/{version}/{base}/{*rest}",
            any(references::try_it_below),
        )
        .route(
            "/register",
            get(account::sign_up_page).post(account::sign_up),
        )
        .route("/check-mail", get(account::check_mail))
        .route("/login", get(account::sign_in_page).post(account::sign_in))
        .route("/logout", post(account::sign_out))
        .route("/verify-email", post(account::verify))
        .route(
            "/forgot-password",
            get(account::forgotten_page).post(account::forgotten),
        )
        .route(
            "/reset-password",
            get(account::password_page).post(account::set_password),
        )
        .route("/my-apps", get(applications::list))
        .route(
            "/my-apps/new",
            get(applications::new_page).post(applications::create),
        )
        .route(view::usage::PATH, get(usage::show))
        .route("/my-apps/{id}", get(applications::show))
        .route(
            "/my-apps/{id}/edit",
            get(applications::edit_page).post(applications::edit),
        )
        .route(
            "/my-apps/{id}/delete",
            get(applications::delete_page).post(applications::delete),
        )
        .route(
            "/my-apps/{id}/share",
            get(sharing::page).post(sharing::share),
        )
        .route(
            "/my-apps/{id}/rotate-secret",
            get(applications::rotate_page).post(applications::rotate),
        )
        .route(
            "/my-apps/{id}/keys/new",
            get(keys::new_page).post(keys::create),
        )
        .route(
            "/my-apps/{id}/credentials/{credential}/retire",
            get(applications::retire_page).post(applications::retire),
        )
        .route(
            "/my-apps/{id}/keys/{key}/delete",
            get(keys::delete_page).post(keys::delete),
        )
        .route(
            "/my-apps/{id}/keys/{key}/rotate",
            get(keys::rotate_page).post(keys::rotate),
        )
        .route(
            "/my-apps/{id}/registrations/{registration}/delete",
            get(registrations::unregister_page).post(registrations::unregister),
        )
        .route("/assets/{hash}/theme.css", get(theme))
}

async fn theme(State(_): State<Pages>, Reader(reader): Reader, hash: Path<String>) -> Response {
    match &reader.portal.stylesheet {
        Some(css) => serve_generated(
            hash,
            "theme.css",
            "text/css; charset=utf-8",
            css.to_string(),
        ),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
