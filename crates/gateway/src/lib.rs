//! The data plane: routes, authenticates, authorises and proxies each request.
//!
//! A control plane publishes a [`config::Config`]; [`Gateway::publish`] compiles it, and from then
//! on every request is answered by it. [`Gateway::serve`] listens. [`sync::follow`] keeps a gateway
//! in another process up to date.
//!
//! # What is decided here
//! - The first credential present decides: session, bearer token, API key, client credentials. A
//!   cookie that opens no live session counts as absent.
//! - 401 for a credential that is missing, wrong, or of no application (any more); 403 for an
//!   application without approved registration and for a token without the required audience or
//!   scope; 503 with `Retry-After` while the issuer cannot be asked: the caller did nothing wrong.
//! - Applications and registrations are looked up at every request and never cached, so a deletion
//!   or revocation is effective for every request that starts after [`Gateway::publish`] or
//!   [`Gateway::apply`] returned. A rotated secret ends the exchanges and sessions made before it; a
//!   bearer token that the client itself fetched from the issuer lives until it expires.
//! - A refused exchange is remembered by nobody: a corrected secret works at once.
//! - A connection that was upgraded (a websocket) and a response that is being streamed were
//!   admitted when they began, and go on.
//! - A service that no published API guards is open, as in Kong.
//! - Credentials are looked for in bodies of announced size up to 64 KiB alone.

mod applications;
mod authn;
pub mod config;
mod gateway;
mod proxy;
mod rescue;
pub mod route;
mod snapshot;
mod strategy;
pub mod sync;
pub mod traffic;
mod uses;

pub use authn::session::SessionKeys;
pub use gateway::{ApplyError, Gateway, Settings};
pub use proxy::upstream::InvalidService;
pub use route::InvalidRoute;
pub use snapshot::InvalidConfig;
pub use strategy::InvalidStrategy;
pub use uses::UntoldUses;
