//! The Management API v2: one file a resource.

mod access;
mod body;
mod client_credentials;
mod client_grants;
mod clients;
mod keys;
mod operations;
mod page;
mod problem;
mod query;
mod resource_servers;
mod schema;
mod tenant_settings;
pub(crate) mod unserved;

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
/// [`UNSERVED`](unserved::UNSERVED) among them.
#[must_use]
pub fn operations(tenant: &Tenant) -> Vec<Operation> {
    all(tenant).list().to_vec()
}

fn all(tenant: &Tenant) -> Operations {
    let mut operations = Operations::new(tenant);
    clients::add(&mut operations);
    client_credentials::add(&mut operations);
    client_grants::add(&mut operations);
    resource_servers::add(&mut operations);
    tenant_settings::add(&mut operations);
    keys::add(&mut operations);
    unserved::add(&mut operations);
    operations
}
