//! The pages that a user sees, and the classic login endpoints beside them.
//!
//! `view/` holds what pages look like. The authorization endpoint answers with some of them too, so its
//! routes stand with ours.

mod applicant;
mod classic;
mod consent;
mod custom;
pub(crate) mod deferred;
mod device;
mod directories;
mod frame;
mod going;
mod password;
mod policy;
mod sign_in;
mod sign_up;
mod text;
pub(crate) mod ticket;
pub(crate) mod trouble;
mod verification;
pub(crate) mod view;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use web::{Settings, Site, random};

pub(crate) use applicant::{applicant, destination};
pub(crate) use classic::redeem;
pub(crate) use policy::policy;
pub(crate) use text::CATALOG;

use crate::Tenant;

/// The pages, those of `more` among them, and what scripts on login pages call.
pub(crate) fn routes(tenant: &Tenant, more: Router<Tenant>) -> Router<Tenant> {
    let pages = pages()
        .route("/assets/{hash}/theme.css", get(frame::stylesheet))
        .merge(classic::page_routes())
        .merge(more);
    wrap(tenant, pages).merge(classic::routes())
}

fn pages() -> Router<Tenant> {
    Router::new()
        .route("/u/login", get(sign_in::page).post(sign_in::submit))
        .route("/login", get(sign_in::page))
        .route("/u/signup", get(sign_up::page).post(sign_up::submit))
        .route(
            "/u/reset-password/request",
            get(password::request_page).post(password::request),
        )
        .route("/u/reset-verify", get(password::page))
        .route(
            "/u/reset-password",
            get(password::page).post(password::submit),
        )
        .route(
            "/u/email-verification",
            get(verification::page).post(verification::submit),
        )
        .route("/u/consent", get(consent::page).post(consent::submit))
        .route("/activate", get(device::page).post(device::enter))
        .route("/activate/sign-in", post(device::submit_sign_in))
        .route("/activate/confirm", post(device::decide))
}

/// Puts the tenant's pages around `routes`: language, form protection, security headers, the frame.
fn wrap(tenant: &Tenant, routes: Router<Tenant>) -> Router<Tenant> {
    site(tenant).wrap(routes.layer(from_fn_with_state(tenant.clone(), frame::put)))
}

fn site(tenant: &Tenant) -> Site {
    Site::new(Settings {
        name: "login",
        key: form_key(tenant),
        secure: tenant.settings().canonical.scheme() == "https",
        random: random(tenant.entropy()),
        catalog: &CATALOG,
    })
}

/// The key of form tokens: the same on every replica, and for nothing else.
fn form_key(tenant: &Tenant) -> [u8; 32] {
    let digest = tenant.sealer().digest("identity.login.forms", b"key");
    let mut key = [0; 32];
    // The digest's 43 characters of base64url hold 32 bytes; hashing them keeps all their randomness.
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, digest.as_bytes());
    key.copy_from_slice(hash.as_ref());
    key
}
