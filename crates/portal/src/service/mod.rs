//! Use cases: authorise, decide, write, audit. No status codes here.

pub mod accounts;
pub mod administrators;
pub(crate) mod appearance;
pub mod applications;
pub mod platform_tokens;
pub(crate) mod sites;
pub(crate) mod strategy_secrets;
