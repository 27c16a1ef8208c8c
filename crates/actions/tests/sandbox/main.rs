//! The sandbox from outside.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod documentation;
mod globals;
mod limits;
mod modules;
mod node;
mod packages;
mod programs;
mod registry;
mod support;
