//! The tenant over HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod actions;
mod attacks;
mod clients;
mod codes;
mod conformance;
mod connections;
mod console;
mod console_people;
mod credentials;
mod devices;
mod discovery;
mod documents;
mod flows;
mod grants;
mod jobs;
mod keys;
mod linking;
mod log_streams;
mod login;
mod management;
mod management_log;
mod nodes;
mod passwords;
mod possession;
mod pushed;
mod refresh;
mod registration;
mod request_ids;
mod resource_servers;
mod revocation;
mod rfc9700;
mod support;
mod token;
mod userinfo;
mod users;
