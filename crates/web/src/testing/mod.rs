//! What tests of pages share.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests too")]

mod browser;
mod markup;

pub use browser::{Browser, Shown};
pub use markup::well_formed;
