//! The identity provider, wire-compatible with Auth0.
//!
//! A [`Tenant`] issues tokens (`token`), publishes what clients discover (`discovery`) and is
//! administered over the Management API (`management`). [`router`] serves all of it.

mod authentication;
mod discovery;
mod error;
mod keys;
mod management;
mod model;
mod service;
mod settings;
mod store;
mod tenant;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod visit;

pub use error::Error;
pub use management::unserved::{UNSERVED, Unserved};
pub use management::{Operation, operations};
pub use model::registration_policy::{RegistrationPolicy, SoftwareIssuer};
pub use settings::{InvalidOrigin, Origin, Settings};
pub use store::MIGRATIONS;
pub use tenant::{Dependencies, Tenant};

/// Everything that the tenant serves, on one listener.
pub fn router(tenant: Tenant) -> axum::Router {
    axum::Router::new()
        .merge(discovery::routes())
        .merge(token::routes())
        .nest("/api/v2", management::routes(&tenant))
        .fallback(management::unknown)
        .with_state(tenant)
}
