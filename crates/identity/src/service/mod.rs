//! What administrators do to a tenant. The Management API and commands call these.

pub(crate) mod bootstrap;
pub(crate) mod client_grants;
pub(crate) mod clients;
pub(crate) mod credentials;
pub(crate) mod resource_servers;
pub(crate) mod tenant_settings;
