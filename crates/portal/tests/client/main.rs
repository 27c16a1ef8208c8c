//! The portal client API over HTTP, on both databases, against the vendor's specification.
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod contract;
mod generations;
mod images;
mod overlap;
mod provider;
mod refusals;
mod sign_on;
mod story;
mod story_v3;
mod teams;
mod usage;
mod walk;
mod world;
