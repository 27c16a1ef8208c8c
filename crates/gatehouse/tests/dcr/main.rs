//! Dynamic client registration at this house's own tenant.

mod administrator;
mod bridge;
mod contract;
mod drift;
mod faults;
mod registration;
mod rotation;
mod world;
