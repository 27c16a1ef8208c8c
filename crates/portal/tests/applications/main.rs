//! Applications on both databases, with a provider that can be made to fail.

mod adapters;
mod drift;
mod faults;
mod hands;
mod overlap;
mod use_cases;
mod vendor_drift;
mod world;

/// The vendors that the adapters themselves are tried against.
#[path = "../../../dcr/tests/vendors/server/mod.rs"]
#[expect(dead_code, reason = "the adapters' own tests use all of it")]
mod server;
