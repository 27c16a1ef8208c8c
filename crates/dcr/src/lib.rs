//! The identity-provider port and its adapters.
//!
//! [`DcrProvider`] is what a portal asks of an identity provider; [`connect`] gives the adapter for
//! a provider's settings. An adapter speaks its vendor's own management API, keeps no secret beyond
//! its management token, and gives errors that tell an administrator what to change.

mod auth0;
mod azure_ad;
mod call;
mod client;
mod config;
mod connect;
#[cfg(feature = "testing")]
pub mod contract;
mod curity;
mod findings;
mod http_bridge;
mod kept;
mod life;
mod okta;
mod port;
mod registration;
mod rfc7591;
mod state;
mod survey;
#[cfg(feature = "testing")]
pub mod testing;
mod token;

pub use auth0::Auth0;
pub use azure_ad::AzureAd;
pub use client::NOBODY;
pub use config::{
    Access, Auth0Config, Connection, HttpConfig, InitialClientConfig, OktaConfig, ProviderConfig,
    Rfc7591Config,
};
pub use connect::{Settings, connect};
pub use curity::Curity;
pub use http_bridge::HttpBridge;
pub use kept::{Attempt, ClientStates, KeptClient};
pub use okta::Okta;
pub use port::{
    Abilities, AddedSecret, Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding,
    Metadata, NewClient, Overlap, Probe, RegisteredClient, RegistrationChange, RegistrationEvent,
    Scope,
};
pub use rfc7591::Rfc7591;
pub use state::{ANY_AUDIENCE, ClientState, Field};
pub use survey::{Changes, Mark, Pages, Sight, Survey};
