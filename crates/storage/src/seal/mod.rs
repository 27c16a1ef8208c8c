//! Secrets at rest: envelope encryption under a ring of keys, and keyed digests.
//!
//! Every value gets a data key of its own, sealed under the current key-encryption key (KEK). To
//! rotate, put a new KEK first: older ones still open, and [`Sealer::rewrap`] seals a value's data key
//! under the new one without touching the value. Digests are made under a key of their own, so that
//! they survive a rotation.

mod digest;
mod envelope;
mod key;
mod ring;
mod rotation;

use std::sync::Arc;

use oauth::Entropy;
use secrecy::{ExposeSecret, SecretString};

use envelope::Envelope;
pub use ring::KeyRing;
pub use rotation::SealedColumn;

/// Why a secret was not opened, or a key not read. Holds no key and no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key it was sealed under is not in the ring.
    #[error(
        "it was sealed under the key {key_id}, which is not in the ring: add that key after the first one"
    )]
    UnknownKey {
        /// The key's identifier, as [`KeyRing::current_key_id`] shows it.
        key_id: String,
    },
    /// It was sealed for another context, or was changed.
    #[error("it does not open: it was changed, or belongs to another entry")]
    Refused,
    /// The text is not one that [`Sealer::seal`] made.
    #[error("it is not a sealed value")]
    Malformed,
    /// The keys cannot be read; the text says which and what to do.
    #[error("{0}")]
    Keys(String),
}

/// Seals and opens. Copies share the keys.
#[derive(Clone)]
pub struct Sealer {
    ring: Arc<KeyRing>,
    entropy: Entropy,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sealer")
            .field(&self.ring.current_key_id())
            .finish()
    }
}

impl Sealer {
    /// A sealer under the keys of a ring.
    #[must_use]
    pub fn new(ring: KeyRing, entropy: Entropy) -> Self {
        Self {
            ring: Arc::new(ring),
            entropy,
        }
    }

    /// Seals a secret for one place: `context` names table, column and row
    /// (`dcr_provider/3f…/initial_client_secret`), and only it opens the result. Sealing twice gives
    /// two texts.
    #[must_use]
    pub fn seal(&self, context: &str, plaintext: &SecretString) -> String {
        let secret = plaintext.expose_secret().as_bytes();
        Envelope::seal(self.ring.current(), context, secret, &self.entropy).to_string()
    }

    /// Opens what [`Sealer::seal`] made for the same context.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], [`Error::Refused`], [`Error::Malformed`].
    pub fn open(&self, context: &str, sealed: &str) -> Result<SecretString, Error> {
        let envelope: Envelope = sealed.parse()?;
        envelope.open(self.ring.key(&envelope.key_id)?, context)
    }

    /// Whether it is sealed under another key than the current one.
    #[must_use]
    pub fn needs_rewrap(&self, sealed: &str) -> bool {
        let envelope = sealed.parse::<Envelope>();
        envelope.is_ok_and(|envelope| envelope.key_id != self.ring.current_key_id())
    }

    /// Seals the data key under the current key. The secret itself is not opened.
    ///
    /// # Errors
    /// Those of [`Sealer::open`].
    pub fn rewrap(&self, sealed: &str) -> Result<String, Error> {
        let envelope: Envelope = sealed.parse()?;
        let old = self.ring.key(&envelope.key_id)?;
        Ok(envelope
            .rewrap(old, self.ring.current(), &self.entropy)?
            .to_string())
    }

    /// A keyed digest (HMAC-SHA256, base64url) under a key of `purpose` alone: to look up a secret or
    /// a token without storing it.
    #[must_use]
    pub fn digest(&self, purpose: &str, data: &[u8]) -> String {
        digest::make(self.ring.digest_key(), purpose, data)
    }

    /// Whether `digest` is that of `data`, in time that does not depend on where they differ.
    #[must_use]
    pub fn verify_digest(&self, purpose: &str, data: &[u8], digest: &str) -> bool {
        digest::verify(self.ring.digest_key(), purpose, data, digest)
    }
}
