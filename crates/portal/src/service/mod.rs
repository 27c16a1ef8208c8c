//! Use cases: authorise, decide, write, audit. No status codes here.

pub mod accounts;
pub mod administrators;
pub(crate) mod appearance;
pub mod applications;
pub(crate) mod decisions;
pub(crate) mod developers;
pub mod platform_tokens;
pub(crate) mod registrations;
pub(crate) mod sites;
pub(crate) mod strategy_secrets;
