//! The tenant's pages in the console: the same services as the Management API, for administrators.

mod actions;

use axum::Router;

use crate::Tenant;

/// The pages under `/actions`. Who is signed in, and what is around every page, is the console's to
/// settle: [`web::Administrator`] refuses outsiders.
pub fn router(tenant: &Tenant) -> Router {
    Router::new()
        .merge(actions::routes())
        .with_state(tenant.clone())
}
