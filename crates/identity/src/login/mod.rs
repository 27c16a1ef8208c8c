//! The pages that a user sees, and the classic login endpoints beside them.
//!
//! `view/` holds what pages look like. The authorization endpoint answers with some of them too, so its
//! routes stand behind [`wrap`] with ours.

mod applicant;
mod frame;
mod policy;
mod text;
pub(crate) mod view;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use web::{Settings, Site};

pub(crate) use applicant::{applicant, destination};
pub(crate) use frame::tenant_name;
pub(crate) use policy::policy;
pub(crate) use text::CATALOG;

use crate::Tenant;

/// Puts the tenant's pages around `routes`: language, form protection, security headers, the frame.
pub(crate) fn wrap(tenant: &Tenant, routes: Router<Tenant>) -> Router<Tenant> {
    site(tenant).wrap(routes.layer(from_fn_with_state(tenant.clone(), frame::put)))
}

fn site(tenant: &Tenant) -> Site {
    let entropy = tenant.entropy().clone();
    Site::new(Settings {
        name: "login",
        key: form_key(tenant),
        secure: tenant.settings().canonical.scheme() == "https",
        random: Arc::new(move |bytes| entropy.fill(bytes)),
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
