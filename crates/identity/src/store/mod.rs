//! Every SQL statement of the tenant, by noun.

pub(crate) mod access_tokens;
pub(crate) mod action_bindings;
pub(crate) mod action_executions;
pub(crate) mod action_versions;
pub(crate) mod actions;
pub(crate) mod assertions;
pub(crate) mod authorization_codes;
pub(crate) mod begun;
pub(crate) mod client_grants;
pub(crate) mod clients;
pub(crate) mod connections;
pub(crate) mod credentials;
pub(crate) mod device_codes;
pub(crate) mod documents;
pub(crate) mod grants;
pub(crate) mod initial_access_tokens;
pub(crate) mod jobs;
pub(crate) mod log_streams;
pub(crate) mod login_failures;
pub(crate) mod login_tickets;
pub(crate) mod logs;
pub(crate) mod page;
pub(crate) mod pruned_clients;
pub(crate) mod published_keys;
pub(crate) mod pushed_requests;
pub(crate) mod refresh_tokens;
pub(crate) mod registrations;
pub(crate) mod resource_servers;
pub(crate) mod roles;
mod schema;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
pub(crate) mod tenant_settings;
pub(crate) mod tickets;
pub(crate) mod transactions;
pub(crate) mod users;
mod which;

pub use schema::MIGRATIONS;
pub(crate) use schema::SEALED;
pub(crate) use which::Which;

/// Topics of the feed: what other nodes forget when it changes.
pub(crate) mod topic {
    /// A client, its credentials or its grants; the key is its client id, or `*`.
    pub(crate) const CLIENT: &str = "identity.client";
    /// A resource server; the key is its identifier.
    pub(crate) const RESOURCE_SERVER: &str = "identity.resource_server";
    /// A document; the key is its id.
    pub(crate) const DOCUMENT: &str = "identity.document";
    /// A connection or the clients that it is enabled for; the key is its id.
    pub(crate) const CONNECTION: &str = "identity.connection";
    /// The tenant's settings.
    pub(crate) const TENANT_SETTINGS: &str = "identity.tenant_settings";
    /// What runs at the triggers: bindings, deployed versions.
    pub(crate) const ACTIONS: &str = "identity.actions";
    /// The signing keys.
    pub(crate) const SIGNING_KEYS: &str = "identity.signing_keys";
}
