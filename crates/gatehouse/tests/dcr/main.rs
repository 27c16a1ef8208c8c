//! Dynamic client registration at this house's own tenant.

mod administrator;
mod contract;
mod registration;
