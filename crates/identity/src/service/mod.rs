//! What administrators and users do at a tenant. The Management API, the login pages and commands call
//! these.

pub(crate) mod actions;
pub(crate) mod bootstrap;
pub(crate) mod client_grants;
pub(crate) mod clients;
pub(crate) mod connections;
pub(crate) mod credentials;
pub(crate) mod device;
pub(crate) mod documents;
pub(crate) mod grants;
pub(crate) mod jobs;
pub(crate) mod log;
pub(crate) mod log_streams;
pub(crate) mod mail;
pub(crate) mod resource_servers;
pub(crate) mod revocation;
pub(crate) mod roles;
pub(crate) mod tenant_settings;
pub(crate) mod tickets;
pub(crate) mod users;
