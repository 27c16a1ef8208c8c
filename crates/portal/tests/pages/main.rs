//! The portal's pages as a browser without scripts uses them, on real services and both databases.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests too")]

mod journeys;
mod refusals;
mod stage;
mod teams;
mod usage;
mod written;
