//! The tenant over HTTP, on both databases.

mod discovery;
mod support;
mod token;
