//! Values that a browser keeps for us without being able to read or change them.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Seals small values for cookies: AES-256-GCM-SIV (RFC 8452), bound to a purpose and to an expiry.
#[derive(Debug)]
pub struct Envelope {
    key: LessSafeKey,
}

/// The cookie is not one of ours, was changed, or has expired. Treat it as absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value is not valid any more; sign in again")]
pub struct EnvelopeError;

impl Envelope {
    /// An envelope with this key, which is for nothing else.
    ///
    /// # Panics
    /// Never: the key has the length of the algorithm.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key).expect("the key has 32 bytes");
        Self {
            key: LessSafeKey::new(key),
        }
    }

    /// Seals `plain` for `purpose` until `expires` (milliseconds since the epoch). `random` must be
    /// fresh bytes each time.
    ///
    /// # Panics
    /// Never for values that fit a cookie.
    #[must_use]
    pub fn seal(
        &self,
        purpose: &str,
        plain: &[u8],
        expires: i64,
        random: [u8; NONCE_LEN],
    ) -> String {
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(random),
                Aad::from(bound_to(purpose, expires)),
                &mut sealed,
            )
            .expect("the value is shorter than the algorithm's limit");
        let whole = [&expires.to_be_bytes()[..], &random, &sealed].concat();
        URL_SAFE_NO_PAD.encode(whole)
    }

    /// Opens what [`Envelope::seal`] made for the same purpose, if it has not expired at `now`
    /// (milliseconds since the epoch).
    ///
    /// # Errors
    /// [`EnvelopeError`], without saying more, for anything else.
    pub fn open(&self, purpose: &str, sealed: &str, now: i64) -> Result<Vec<u8>, EnvelopeError> {
        let whole = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| EnvelopeError)?;
        let (expires, rest) = whole.split_first_chunk::<8>().ok_or(EnvelopeError)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>().ok_or(EnvelopeError)?;
        let expires = i64::from_be_bytes(*expires);
        let mut buffer = rest.to_vec();
        let plain = self
            .key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(bound_to(purpose, expires)),
                &mut buffer,
            )
            .map_err(|_| EnvelopeError)?;
        if now < expires {
            Ok(plain.to_vec())
        } else {
            Err(EnvelopeError)
        }
    }
}

fn bound_to(purpose: &str, expires: i64) -> Vec<u8> {
    [purpose.as_bytes(), b"\0", &expires.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::{Envelope, EnvelopeError};

    #[test]
    fn a_sealed_value_opens_for_its_purpose_until_it_expires() {
        let envelope = Envelope::new(&[7; 32]);
        let sealed = envelope.seal("session", b"developer", 1000, [9; 12]);
        assert_eq!(
            envelope.open("session", &sealed, 999).unwrap(),
            b"developer"
        );
        assert_eq!(envelope.open("session", &sealed, 1000), Err(EnvelopeError));
        assert_eq!(envelope.open("other", &sealed, 0), Err(EnvelopeError));
        assert_eq!(
            Envelope::new(&[8; 32]).open("session", &sealed, 0),
            Err(EnvelopeError)
        );
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let envelope = Envelope::new(&[7; 32]);
        let sealed = envelope.seal("session", b"developer", 1000, [9; 12]);
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(envelope.open("session", &changed, 0), Err(EnvelopeError));
        }
        for junk in ["", "AA", "!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(envelope.open("session", junk, 0), Err(EnvelopeError));
        }
    }
}
