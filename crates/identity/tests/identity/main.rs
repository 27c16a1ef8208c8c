//! The tenant over HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod clients;
mod credentials;
mod discovery;
mod grants;
mod keys;
mod management;
mod nodes;
mod resource_servers;
mod support;
mod token;
