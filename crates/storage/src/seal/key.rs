//! One key of 32 bytes.

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use oauth::Entropy;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Error;

pub(super) const NONCE: usize = 12;

/// AES-256-GCM-SIV (RFC 8452): a nonce that repeats by accident does not give the key away.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Key(Box<[u8; 32]>);

impl Key {
    pub(super) fn generate(entropy: &Entropy) -> Self {
        let mut key = Self(Box::new([0; 32]));
        entropy.fill(key.0.as_mut_slice());
        key
    }

    /// From base64, of either alphabet, with or without padding.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('=');
        let alphabet = if text.contains(['-', '_']) {
            URL_SAFE_NO_PAD
        } else {
            STANDARD_NO_PAD
        };
        Self::from_slice(&Zeroizing::new(alphabet.decode(text).ok()?))
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Box::new([0; 32]));
        (bytes.len() == 32).then(|| {
            key.0.copy_from_slice(bytes);
            key
        })
    }

    pub(super) fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD_NO_PAD.encode(self.0.as_slice()))
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Names the key without telling anything of it.
    pub(super) fn id(&self) -> String {
        let tag = self.derive(b"gatehouse/key-id");
        tag.as_ref()[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    pub(super) fn derive(&self, label: &[u8]) -> hmac::Tag {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.bytes()), label)
    }

    /// The nonce, then the ciphertext with its tag.
    pub(super) fn encrypt(&self, context: &[u8], plain: &[u8], entropy: &Entropy) -> Vec<u8> {
        let nonce: [u8; NONCE] = entropy.bytes();
        let payload = Payload {
            msg: plain,
            aad: context,
        };
        let encrypted = self
            .cipher()
            .encrypt(&Nonce::from(nonce), payload)
            .expect("a secret is far shorter than the 64 GiB that the cipher takes");
        [nonce.as_slice(), &encrypted].concat()
    }

    pub(super) fn decrypt(
        &self,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (nonce, encrypted) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or(Error::Malformed)?;
        let payload = Payload {
            msg: encrypted,
            aad: context,
        };
        self.cipher()
            .decrypt(&Nonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| Error::Refused)
    }

    fn cipher(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new(self.bytes().into())
    }
}
