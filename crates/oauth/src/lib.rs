//! The vocabulary of the OAuth RFCs: pure functions and types.
//!
//! Nothing here performs I/O. Time and randomness come in as [`Clock`] and [`Entropy`], so that a
//! caller (and a test) decides what "now" and "random" are.

pub mod challenge;
pub mod client_auth;
pub mod client_metadata;
mod clock;
pub mod dpop;
mod entropy;
pub mod error;
pub mod jose;
pub mod pairwise;
pub mod password;
pub mod pkce;
pub mod redirect_uri;
pub mod scope;
pub mod secret;
mod shown_once;

pub use clock::{Clock, ParseTimestampError, Timestamp};
pub use entropy::Entropy;
pub use error::{ErrorCode, OAuthError};
pub use scope::Scopes;
pub use shown_once::{ClientSecret, ShownOnce};
