//! Applications on both databases, with a provider that can be made to fail.
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod faults;
mod use_cases;
mod world;
