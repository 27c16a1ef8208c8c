//! Secrets that leave once.

use secrecy::SecretString;

/// A client secret (RFC 6749 §2.3.1). Wiped from memory when dropped, never printed.
pub type ClientSecret = SecretString;

/// A value for exactly one response: it can be revealed, once, and nothing else.
///
/// It has no `Clone`, `Debug` or `Serialize`, so a log line or a second response cannot hold it.
#[must_use = "a secret that is not revealed is lost"]
pub struct ShownOnce<T>(T);

impl<T> ShownOnce<T> {
    /// Wraps a value that was just made.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Gives the value up to the one response that shows it.
    pub fn reveal(self) -> T {
        self.0
    }
}
