//! The identity-provider port and its adapters.
//!
//! [`DcrProvider`] is what a portal asks of an identity provider; [`connect`] gives the adapter for
//! a provider's settings. An adapter speaks its vendor's own management API, keeps no secret beyond
//! its management token, and gives errors that tell an administrator what to change.

mod auth0;
mod config;
mod connect;
#[cfg(feature = "testing")]
pub mod contract;
mod port;
#[cfg(feature = "testing")]
pub mod testing;

pub use auth0::Auth0;
pub use config::{Auth0Config, ProviderConfig};
pub use connect::connect;
pub use port::{
    Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding, Metadata, NewClient, Probe,
    RegisteredClient, Scope,
};
