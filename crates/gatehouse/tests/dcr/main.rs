//! Dynamic client registration at this house's own tenant.

mod administrator;
mod bridge;
mod bridged;
mod console;
mod contract;
mod drift;
mod faults;
mod published;
mod registration;
mod rotation;
mod world;

/// The way between portal and provider, as the portal's own tests spoil it.
#[path = "../../../dcr/tests/vendors/server/way.rs"]
#[expect(dead_code, reason = "those tests use all of it")]
mod way;

#[path = "../../../portal/src/platform/tests/schema.rs"]
mod schema;
