//! Where randomness comes from.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use uuid::Uuid;

/// A source of randomness: the system's generator, or a repeatable one for tests.
#[derive(Clone, Debug)]
pub struct Entropy(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Seeded(Arc<Mutex<(u64, u64)>>),
}

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const CONSONANTS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const HEX: &[u8; 16] = b"0123456789abcdef";

impl Entropy {
    /// The system's cryptographic generator.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A generator that repeats itself for the same seed. For tests alone: it is predictable.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new((seed, 0)))))
    }

    /// Fills `buffer` with random bytes.
    ///
    /// # Panics
    /// If the operating system has no randomness to give: nothing can go on safely then.
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            Source::System => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the one place that reads the system's generator"
                )]
                aws_lc_rs::rand::fill(buffer).expect("the operating system gives randomness");
            }
            Source::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in buffer.chunks_mut(32) {
                    let input = [state.0.to_be_bytes(), state.1.to_be_bytes()].concat();
                    chunk.copy_from_slice(
                        &digest::digest(&digest::SHA256, &input).as_ref()[..chunk.len()],
                    );
                    state.1 += 1;
                }
            }
        }
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random (version 4) UUID, RFC 9562 §5.4.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// `len` characters of `A–Z a–z 0–9`, each with 5.95 bits.
    #[must_use]
    pub fn alphanumeric(&self, len: usize) -> String {
        self.text(ALPHANUMERIC, len)
    }

    /// `len` characters of base64url's alphabet, each with 6 bits.
    #[must_use]
    pub fn url_safe(&self, len: usize) -> String {
        self.text(URL_SAFE, len)
    }

    /// `len` capital consonants, each with 4.3 bits: for codes that people type, and that spell nothing.
    ///
    /// Source: RFC 8628 §6.1.
    #[must_use]
    pub fn consonants(&self, len: usize) -> String {
        self.text(CONSONANTS, len)
    }

    /// `len` lower-case hexadecimal digits, each with 4 bits.
    #[must_use]
    pub fn hex(&self, len: usize) -> String {
        self.text(HEX, len)
    }

    fn text(&self, alphabet: &[u8], len: usize) -> String {
        // Bytes past the last whole multiple are drawn again, so that every character is as likely.
        let limit = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(len);
        let mut pool = [0_u8; 64];
        while text.len() < len {
            self.fill(&mut pool);
            let fitting = pool.iter().map(|&b| usize::from(b)).filter(|&b| b < limit);
            text.extend(
                fitting
                    .take(len - text.len())
                    .map(|b| char::from(alphabet[b % alphabet.len()])),
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Entropy;

    #[test]
    fn a_seed_repeats_itself_and_the_system_does_not() {
        assert_eq!(
            Entropy::seeded(7).bytes::<40>(),
            Entropy::seeded(7).bytes::<40>()
        );
        assert_ne!(
            Entropy::system().bytes::<32>(),
            Entropy::system().bytes::<32>()
        );
    }

    #[test]
    fn texts_have_their_length_and_alphabet() {
        let entropy = Entropy::seeded(1);
        let text = entropy.alphanumeric(500);
        assert_eq!(text.len(), 500);
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(entropy.hex(24).bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(entropy.uuid().get_version_num(), 4);
    }
}
