//! Use cases: authorise, decide, write, audit. No status codes here.

pub mod accounts;
pub mod administrators;
pub(crate) mod appearance;
pub mod applications;
mod contents;
pub(crate) mod customization;
pub(crate) mod dcr_providers;
pub(crate) mod decisions;
mod deprecation;
pub(crate) mod developers;
pub(crate) mod documents;
pub(crate) mod identity_providers;
pub(crate) mod openapi;
pub mod platform_tokens;
pub(crate) mod products;
pub(crate) mod publications;
pub(crate) mod registrations;
pub(crate) mod sign_on;
pub(crate) mod sites;
pub(crate) mod specifications;
pub(crate) mod strategies;
pub(crate) mod strategy_secrets;
pub(crate) mod system_accounts;
pub(crate) mod team_groups;
pub(crate) mod usage;
pub(crate) mod versions;
