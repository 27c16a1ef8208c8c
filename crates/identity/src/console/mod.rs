//! The tenant's pages of the console: what the Management API does, for people.
//!
//! Every change goes through the same validation and the same services as over the Management API, and
//! is written into the tenant's log with the administrator's address.

mod acting;
mod actions;
mod apis;
mod clients;
mod connections;
mod logs;
mod refusal;
mod roles;
mod search;
mod settings;
mod text;
mod tokens;
mod users;

use axum::Router;
use axum::routing::get;

use web::Input;

use crate::Tenant;
use acting::Acting;
use refusal::{Refused, Told};
use text::text;

/// The tenant's pages, below `/tenant` and `/actions`, to be put behind the console's session.
pub fn router(tenant: &Tenant) -> Router {
    Router::new()
        .route("/tenant", get(clients::to_list))
        .merge(actions::routes())
        .merge(clients::routes())
        .merge(apis::routes())
        .merge(connections::routes())
        .merge(settings::routes())
        .merge(tokens::routes())
        .merge(users::routes())
        .merge(roles::routes())
        .merge(logs::routes())
        .with_state(tenant.clone())
}
