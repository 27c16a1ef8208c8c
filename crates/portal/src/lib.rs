//! The Konnect-compatible control plane and the developer portal.

mod client;
pub mod console;
mod ctx;
mod error;
pub mod mail;
pub mod model;
pub mod pages;
mod platform;
mod portal;
pub mod publish;
mod rest;
pub mod service;
pub(crate) mod store;

pub use client::router as client_router;
pub use ctx::{Actor, Ctx};
pub use error::{Bound, Error, Source, Violation};
pub use platform::platform_router;
pub use portal::{Dependencies, Portal};
pub use store::MIGRATIONS;
