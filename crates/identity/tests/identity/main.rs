//! The tenant over HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod attacks;
mod clients;
mod codes;
mod credentials;
mod devices;
mod discovery;
mod flows;
mod grants;
mod keys;
mod management;
mod nodes;
mod passwords;
mod possession;
mod pushed;
mod refresh;
mod resource_servers;
mod revocation;
mod support;
mod token;
mod userinfo;
