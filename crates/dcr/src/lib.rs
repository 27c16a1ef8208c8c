//! The identity-provider port and its adapters.

mod config;
mod port;

pub use config::{Auth0Config, ProviderConfig};
pub use port::{
    Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding, Metadata, NewClient, Probe,
    RegisteredClient, Scope,
};
