//! The Konnect-compatible control plane and the developer portal.
#[expect(dead_code, reason = "the routes come with the services they stand on")]
mod pages;
