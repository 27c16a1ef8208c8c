//! Services and routes of the gateway, in Kong's shapes.
//!
//! Source: the vendor's "Control Planes Configuration" specification, v2.

mod fields;
mod identity;
pub(crate) mod route;
pub(crate) mod routes;
pub(crate) mod service;
pub(crate) mod services;
