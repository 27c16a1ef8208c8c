//! Hashing passwords for many visitors at once.

use std::sync::Arc;

use oauth::{Entropy, password};
use secrecy::SecretString;
use tokio::sync::Semaphore;

/// How many may wait for their turn before newcomers are sent away.
const MAX_WAITING: usize = 128;

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

    /// The PHC string of a password ([`password::hash`]).
    ///
    /// # Errors
    /// [`Overloaded`].
    pub async fn hash(&self, password: SecretString) -> Result<String, Overloaded> {
        let salt = self.entropy.bytes();
        self.run(move || password::hash(&password, &salt)).await
    }

    /// Whether the password belongs to the PHC string ([`password::verify`]). Without one the same
    /// work is done for nothing.
    ///
    /// # Errors
    /// [`Overloaded`].
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<bool, Overloaded> {
        self.run(move || password::verify(&password, hash.as_deref()))
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

#[cfg(test)]
mod tests {
    use oauth::Entropy;

    use super::{Hasher, MAX_WAITING, Overloaded};

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let hasher = Hasher::new(Entropy::seeded(1));
        let hash = hasher.hash("correct horse".into()).await.unwrap();
        let verify = |password: &str, hash: Option<&String>| {
            hasher.verify(password.to_owned().into(), hash.cloned())
        };
        assert_eq!(verify("correct horse", Some(&hash)).await, Ok(true));
        assert_eq!(verify("correct hors", Some(&hash)).await, Ok(false));
        assert_eq!(verify("nobody", None).await, Ok(false));
    }

    #[tokio::test]
    async fn who_comes_when_every_place_is_taken_is_sent_away_at_once() {
        let hasher = Hasher::new(Entropy::seeded(1));
        let all = u32::try_from(hasher.places.available_permits()).unwrap();
        assert!(all as usize > MAX_WAITING);
        let _taken = hasher.places.acquire_many(all).await.unwrap();
        assert_eq!(hasher.hash("x".into()).await, Err(Overloaded));
    }
}
