//! Every outbound request: SSRF guard, DNS pinning, time-outs, size limits, retries.
//!
//! [`Egress::send`] is the one way out of the control plane. A request goes to a public address, to
//! a network that the [`Policy`] allows, or to a service of this process ([`Egress::mount`]), and
//! nowhere else. Redirects are never followed: an answer that redirects is an answer.
//!
//! [`mail`] is the way out for mails: to the SMTP server that the operator names, or into files.

mod client;
mod error;
pub mod issuer;
pub mod mail;
mod mount;
mod policy;
mod request;
mod resolve;
mod response;
pub mod tls;

pub use client::{Egress, Overrides};
pub use error::{Error, ErrorKind};
pub use policy::Policy;
pub use request::Request;
pub use resolve::addresses;
pub use response::{Response, StreamingResponse};
