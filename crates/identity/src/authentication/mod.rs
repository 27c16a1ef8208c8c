//! The authorization endpoint and what is beside it: sessions, pending requests, consent, logout.

mod answer;
mod authorize;
pub(crate) mod back_channel;
pub(crate) mod browser;
mod client_keys;
pub(crate) mod consent;
mod hint;
mod logout;
pub(crate) mod session;
pub(crate) mod transaction;
pub(crate) mod trouble;

#[cfg(test)]
mod tests;

use axum::Router;

pub(crate) use authorize::{BY_REFERENCE, UNSIGNED};

use crate::Tenant;

/// The authorization endpoint and the ends of sessions.
pub(crate) fn routes() -> Router<Tenant> {
    Router::new()
        .merge(authorize::routes())
        .merge(logout::routes())
}
