//! The Management API v2: one file a resource.

mod access;
mod actions;
mod anomaly_blocks;
mod body;
mod client_credentials;
mod client_grants;
pub(crate) mod clients;
pub(crate) mod connections;
mod device_credentials;
mod documents;
mod emails;
mod empty;
mod grants;
mod guardian;
pub(crate) mod initial_access_tokens;
pub(crate) mod jobs;
mod keys;
mod log_streams;
mod logs;
mod operations;
mod page;
mod permissions;
mod problem;
mod query;
mod refresh_tokens;
pub(crate) mod resource_servers;
pub(crate) mod roles;
pub(crate) mod schema;
mod sessions;
mod stats;
pub(crate) mod tenant_settings;
mod themes;
mod tickets;
pub(crate) mod unserved;
mod user_blocks;
mod users;

use axum::Router;

use crate::Tenant;
pub use operations::Operation;
use operations::Operations;
pub(crate) use operations::unknown;

/// Everything beneath `/api/v2`.
pub(crate) fn routes(tenant: &Tenant) -> Router<Tenant> {
    all(tenant).into_router()
}

/// Every operation of the Management API with the scopes that it asks for, those of
/// [`unserved_operations`](unserved::unserved_operations) among them.
#[must_use]
pub fn operations(tenant: &Tenant) -> Vec<Operation> {
    all(tenant).list().to_vec()
}

fn all(tenant: &Tenant) -> Operations {
    let mut operations = Operations::new(tenant);
    actions::add(&mut operations);
    clients::add(&mut operations);
    client_credentials::add(&mut operations);
    client_grants::add(&mut operations);
    resource_servers::add(&mut operations);
    tenant_settings::add(&mut operations);
    initial_access_tokens::add(&mut operations);
    keys::add(&mut operations);
    connections::add(&mut operations);
    users::add(&mut operations);
    roles::add(&mut operations);
    permissions::add(&mut operations);
    tickets::add(&mut operations);
    jobs::add(&mut operations);
    logs::add(&mut operations);
    log_streams::add(&mut operations);
    stats::add(&mut operations);
    user_blocks::add(&mut operations);
    anomaly_blocks::add(&mut operations);
    device_credentials::add(&mut operations);
    documents::add(&mut operations);
    emails::add(&mut operations);
    themes::add(&mut operations);
    guardian::add(&mut operations);
    empty::add(&mut operations);
    grants::add(&mut operations);
    sessions::add(&mut operations);
    refresh_tokens::add(&mut operations);
    unserved::add(&mut operations);
    operations
}
