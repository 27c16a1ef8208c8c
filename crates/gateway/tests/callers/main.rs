//! Who may call: credentials of every kind, what takes them away, and what is noted of their use.

mod credentials;
mod ends;
#[path = "../support/mod.rs"]
mod support;
mod uses;

const BASIC: (&str, &str) = ("authorization", "Basic app:s3cret");
