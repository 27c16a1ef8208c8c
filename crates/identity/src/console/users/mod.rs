//! The tenant's users.

mod identities;
mod list;
mod one;

use axum::Router;
use axum::routing::get;
use web::query_value;

use crate::Tenant;

const LIST: &str = "/tenant/users";

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(LIST, get(list::page))
        .route("/tenant/users/{id}", get(one::page).post(one::act))
        .route(
            "/tenant/users/{id}/delete",
            get(one::delete_page).post(one::delete),
        )
}

/// The address of a user's page, or of one `below` it.
pub(super) fn address(user_id: &str, below: &str) -> String {
    format!("{LIST}/{}{below}", query_value(user_id))
}
