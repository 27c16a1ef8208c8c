//! Applications on both databases, with a provider that can be made to fail.

mod adapters;
mod adopt;
mod at_one_moment;
mod companions;
mod drift;
mod faults;
mod fleet;
mod hands;
mod matrix;
mod overlap;
mod proof;
mod scopes;
mod use_cases;
mod vendor_drift;
mod vendors;
mod world;

/// The vendors that the adapters themselves are tried against.
#[path = "../../../dcr/tests/vendors/server/mod.rs"]
#[expect(dead_code, reason = "the adapters' own tests use all of it")]
mod server;

/// The way to them, which can be spoiled.
#[path = "../../../dcr/tests/vendors/server/way.rs"]
mod way;
