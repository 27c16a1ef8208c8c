//! Passwords: what may be one, and how they are kept.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use oauth::Entropy;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Fewest characters of a password. NIST SP 800-63B-4 §3.1.1.2 asks for length, not for composition.
pub const MIN_LENGTH: usize = 12;
/// Most characters: more than anybody types, and few enough that hashing stays cheap.
pub const MAX_LENGTH: usize = 256;

/// How many may wait for their turn before newcomers are sent away.
const MAX_WAITING: usize = 128;

/// Why a password is refused. The text follows the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than [`MIN_LENGTH`] characters.
    #[error("must have at least {MIN_LENGTH} characters")]
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    #[error("must not have more than {MAX_LENGTH} characters")]
    TooLong,
    /// One character, or a short run of them, again and again.
    #[error("must not repeat the same few characters; put several words together")]
    Repetitive,
    /// The account's address or its owner's name.
    #[error("must not be made of your name or email address; put several other words together")]
    Personal,
}

/// Checks a new password of the developer with this address and name.
///
/// # Errors
/// The first rule that it breaks.
///
/// Source: NIST SP 800-63B-4 §3.1.1.2 (length; no composition rules; words of the context refused).
pub fn check(password: &str, email: &str, full_name: &str) -> Result<(), Weakness> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Err(Weakness::TooShort);
    }
    if length > MAX_LENGTH {
        return Err(Weakness::TooLong);
    }
    if is_repetitive(password) {
        return Err(Weakness::Repetitive);
    }
    let lower = password.to_lowercase();
    let local = email.split('@').next().unwrap_or(email);
    let personal = [email, local, full_name];
    let rest = personal.iter().fold(lower, |rest, word| {
        if word.chars().count() >= 4 {
            rest.replace(&word.to_lowercase(), "")
        } else {
            rest
        }
    });
    if rest.chars().count() < 4 {
        return Err(Weakness::Personal);
    }
    Ok(())
}

/// Whether a run of at most four characters, repeated, is the whole of it.
fn is_repetitive(password: &str) -> bool {
    let characters: Vec<char> = password.chars().collect();
    (1..=4).any(|period| {
        characters
            .iter()
            .zip(characters.iter().skip(period))
            .all(|(one, next)| one == next)
    })
}

/// Hashes and verifies passwords on threads of their own, a few at a time: each takes 19 MiB.
#[derive(Clone, Debug)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    entropy: Entropy,
}

/// Too many sign-ins wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many sign-ins at this moment; try again in a few seconds")]
pub struct Overloaded;

impl Hasher {
    /// A hasher that computes as many hashes at once as the machine has processors.
    #[must_use]
    pub fn new(entropy: Entropy) -> Self {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            turns: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once + MAX_WAITING)),
            entropy,
        }
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// [`Overloaded`].
    pub async fn hash(&self, password: SecretString) -> Result<String, Overloaded> {
        let salt: [u8; 16] = self.entropy.bytes();
        self.run(move || hash_with(&password, &salt)).await
    }

    /// Whether the password belongs to the PHC string. Without one the same work is done for nothing,
    /// so that the time tells nobody which accounts exist.
    ///
    /// # Errors
    /// [`Overloaded`].
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<bool, Overloaded> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODYS.clone());
            let parsed = PasswordHash::new(&hash);
            let holds = parsed.is_ok_and(|parsed| {
                argon2()
                    .verify_password(password.expose_secret().as_bytes(), &parsed)
                    .is_ok()
            });
            known && holds
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let _place = self.places.try_acquire().map_err(|_| Overloaded)?;
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Overloaded)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the thread: a caller that goes away does not make room for another hash.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| Overloaded)
    }
}

/// The hash that unknown accounts are compared with.
static NOBODYS: LazyLock<String> =
    LazyLock::new(|| hash_with(&SecretString::from("nobody"), b"no such account."));

/// Argon2id with 19 MiB, two passes, one lane.
///
/// Source: OWASP Password Storage Cheat Sheet, "Argon2id"; RFC 9106 §4.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_with(password: &SecretString, salt: &[u8]) -> String {
    let hash: PasswordHash = argon2()
        .hash_password_with_salt(password.expose_secret().as_bytes(), salt)
        .expect("the salt's and the password's lengths are within argon2's limits");
    hash.to_string()
}

#[cfg(test)]
mod tests {
    use oauth::Entropy;

    use super::{Hasher, Weakness, check};

    #[test]
    fn a_weak_password_is_refused_with_its_rule() {
        let check = |password: &str| check(password, "jane.doe@example.com", "Jane Doe");
        assert_eq!(check("elevenchars"), Err(Weakness::TooShort));
        assert_eq!(check(&"é".repeat(257)), Err(Weakness::TooLong));
        assert_eq!(check("aaaaaaaaaaaaaa"), Err(Weakness::Repetitive));
        assert_eq!(check("1234123412341234"), Err(Weakness::Repetitive));
        assert_eq!(check("Jane.Doe@example.com"), Err(Weakness::Personal));
        assert_eq!(check("jane doejane.doe1!"), Err(Weakness::Personal));
        assert_eq!(check("correct horse battery"), Ok(()));
        assert_eq!(check("正しい馬の電池とホチキスの針"), Ok(()));
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let hasher = Hasher::new(Entropy::seeded(1));
        let hash = hasher.hash("correct horse".into()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            hasher
                .verify("correct horse".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify("correct hors".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(!hasher.verify("nobody".into(), None).await.unwrap());
    }
}
