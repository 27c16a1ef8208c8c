//! The identity-provider port and its adapters.

mod port;

pub use port::{
    Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding, Metadata, NewClient, Probe,
    RegisteredClient, Scope,
};
