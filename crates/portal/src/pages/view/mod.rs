//! What the pages look like: pure functions from what a handler found to a page.

pub(crate) mod account;
pub(crate) mod application;
pub(crate) mod application_form;
pub(crate) mod catalogue;
pub(crate) mod credentials;
pub(crate) mod keys;
pub(crate) mod product;
pub(crate) mod reference;
pub(crate) mod registration;
pub(crate) mod secrets;
pub(crate) mod sharing;
#[cfg(test)]
mod tests;
pub(crate) mod usage;
pub(crate) mod written;
