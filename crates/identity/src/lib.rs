//! The identity provider, wire-compatible with Auth0.
//!
//! A [`Tenant`] issues tokens (`token`), publishes what clients discover (`discovery`) and is
//! administered over the Management API (`management`). [`router`] serves all of it.

use std::collections::BTreeSet;

mod authentication;
mod bounds;
mod bridge;
pub mod console;
mod discovery;
mod error;
mod keys;
mod login;
mod management;
mod model;
mod registration;
mod service;
mod settings;
#[cfg(test)]
mod stage;
mod store;
mod tenant;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod visit;

pub use bridge::BridgeSettings;
pub use error::Error;
pub use management::unserved::unserved_operations;
pub use management::{Operation, operations};
pub use model::registration_policy::{RegistrationPolicy, SoftwareIssuer};
pub use settings::{ActionsSettings, InvalidOrigin, Origin, Settings};
pub use store::MIGRATIONS;
pub use tenant::{Dependencies, Tenant};

/// [`router`] for requests that the tenant's own Actions make, to be mounted in [`Tenant::actions_egress`]
/// under each of the tenant's origins. Such requests run no Actions: one that asks for a token would never
/// end otherwise.
pub fn router_for_actions(tenant: Tenant) -> axum::Router {
    router(tenant).layer(axum::Extension(visit::FromAction))
}

/// Everything that the tenant serves, on one listener.
pub fn router(tenant: Tenant) -> axum::Router {
    let management = management::routes(&tenant);
    let mut router = axum::Router::new();
    // Compat: the vendor's Python samples write the host in front of the path.
    let origins = tenant.settings().origins();
    let hosts: BTreeSet<String> = origins
        .map(|origin| origin.authority().to_owned())
        .collect();
    for host in hosts {
        let sampled = axum::Router::new()
            .merge(registration::routes())
            .nest("/api/v2", management.clone());
        router = router.nest(&format!("/{host}"), sampled);
    }
    let random = web::random(tenant.entropy());
    let router = router
        .merge(discovery::routes())
        .merge(registration::routes())
        .merge(bridge::routes(&tenant))
        .merge(token::routes())
        .merge(management::jobs::routes())
        .merge(login::routes(&tenant, authentication::routes()))
        .nest("/api/v2", management)
        .fallback(management::unknown);
    web::identify(router, random).with_state(tenant)
}
