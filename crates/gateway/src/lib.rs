//! The data plane: routes, authenticates, authorises and proxies each request.
//!
//! A control plane publishes a [`config::Config`]; [`Gateway::publish`] compiles it, and from then
//! on every request is answered by it. [`Gateway::serve`] listens. [`sync::follow`] keeps a gateway
//! in another process up to date.

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

pub use authn::session::SessionKeys;
pub use gateway::{ApplyError, Gateway, Settings};
pub use proxy::upstream::InvalidService;
pub use route::InvalidRoute;
pub use snapshot::InvalidConfig;
pub use strategy::InvalidStrategy;
