//! The sandbox from outside.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod limits;
mod programs;
mod support;
