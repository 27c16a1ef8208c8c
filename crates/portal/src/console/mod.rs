//! The portal's pages of the console: what the platform API does, for people.
//!
//! Every change goes through the same checks and the same services as over the platform API, and is
//! written into the audit with the administrator's address. Who may open which page, and change what it shows, the
//! same table decides as over the API (`needs`).

mod acting;
mod auth;
mod finding;
mod gateway;
mod images;
mod labels;
mod lists;
mod needs;
mod organization;
mod people;
mod portals;
mod products;
mod reach;
pub mod refusal;
mod sheet;
mod teams;
mod tree;
mod undo;
mod written;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::Portal;

use acting::Acting;
use reach::Reach;
pub use reach::is_open;
use refusal::Refused;
use sheet::{Told, sheet};

/// The portal's pages, to be put behind the console's session.
pub fn router(portal: &Portal) -> Router {
    Router::new()
        .merge(portals::routes())
        .merge(people::routes())
        .merge(teams::routes())
        .merge(organization::routes())
        .merge(written::routes())
        .merge(products::routes())
        .merge(gateway::routes())
        .merge(auth::routes())
        .merge(undo::routes())
        .layer(from_fn_with_state(portal.clone(), reach::settle))
        .with_state(portal.clone())
}
