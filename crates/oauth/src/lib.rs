//! The vocabulary of the OAuth RFCs: pure functions and types.
//!
//! Nothing here performs I/O. Time and randomness come in as [`Clock`] and [`Entropy`], so that a
//! caller (and a test) decides what "now" and "random" are.

mod clock;
mod entropy;
mod shown_once;

pub use clock::{Clock, ParseTimestampError, Timestamp};
pub use entropy::Entropy;
pub use shown_once::{ClientSecret, ShownOnce};
