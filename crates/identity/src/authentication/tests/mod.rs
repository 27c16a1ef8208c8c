//! The authorization endpoint over HTTP, with users who sign in through the service.

mod administration;
mod attacks;
mod consents;
mod flood;
mod logouts;
mod parameters;
mod request_objects;
mod responses;
mod rfc9700;
mod sessions;
mod silent;
mod world;
