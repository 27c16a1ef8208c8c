//! The authorization endpoint and what is beside it: sessions, pending requests, consent, logout.

mod answer;
pub(crate) mod browser;
pub(crate) mod session;
pub(crate) mod transaction;
