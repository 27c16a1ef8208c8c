//! Every adapter against a server that behaves as its vendor documents, faults and delays included.

mod auth0;
mod azure_ad;
mod connection;
mod curity;
mod http_bridge;
mod oidc_provider;
mod okta;
mod rfc7591;
mod server;
