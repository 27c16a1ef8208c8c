//! Brakes on guessing: failures are counted per account and per address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use oauth::{Clock, Timestamp};

/// How many failures an allowance holds, and how long until one is forgotten.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Failures in a row before one must wait.
    pub burst: u32,
    /// Every such while, one more attempt is allowed.
    pub refill: Duration,
}

/// Most keys kept. Beyond it the ones that have recovered are dropped, then all.
const MAX_KEYS: usize = 100_000;

/// Counts attempts by key in memory. A restart forgives, and each process counts for itself.
///
/// A guesser slows down; the account itself is never locked, so nobody can lock its owner out for
/// longer than one refill.
#[derive(Clone, Debug)]
pub struct Throttle {
    clock: Clock,
    allowance: Allowance,
    /// When the allowance of a key is whole again ("generic cell rate algorithm").
    whole_at: Arc<Mutex<HashMap<String, Timestamp>>>,
}

impl Throttle {
    /// A throttle in which nobody has failed yet.
    #[must_use]
    pub fn new(clock: Clock, allowance: Allowance) -> Self {
        Self {
            clock,
            allowance,
            whole_at: Arc::default(),
        }
    }

    /// Counts an attempt of `key`.
    ///
    /// # Errors
    /// How long to wait, if the allowance is used up; the attempt is not counted then.
    pub fn take(&self, key: &str) -> Result<(), Duration> {
        let now = self.clock.now();
        let capacity = self.allowance.refill * self.allowance.burst;
        let mut kept = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEYS {
            kept.retain(|_, whole_at| *whole_at > now);
            if kept.len() >= MAX_KEYS {
                kept.clear();
            }
        }
        let whole_at = kept.get(key).copied().unwrap_or(now).max(now);
        let next = whole_at + self.allowance.refill;
        let over = next.saturating_since(now).saturating_sub(capacity);
        if over.is_zero() {
            kept.insert(key.to_owned(), next);
            Ok(())
        } else {
            Err(over)
        }
    }

    /// Whether the next attempt of `key` would be refused.
    #[must_use]
    pub fn is_used_up(&self, key: &str) -> bool {
        let now = self.clock.now();
        let capacity = self.allowance.refill * self.allowance.burst;
        let kept = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        let whole_at = kept.get(key).copied().unwrap_or(now).max(now);
        (whole_at + self.allowance.refill).saturating_since(now) > capacity
    }

    /// Takes back what the last attempt of `key` cost: it was an honest one.
    pub fn give_back(&self, key: &str) {
        let mut kept = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(whole_at) = kept.get_mut(key) {
            *whole_at = *whole_at - self.allowance.refill;
        }
    }

    /// Forgives `key`: it has shown who it is.
    pub fn forgive(&self, key: &str) {
        let mut kept = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use oauth::{Clock, Timestamp};

    use super::{Allowance, Throttle};

    #[test]
    fn after_the_burst_one_attempt_is_allowed_at_a_time() {
        let clock = Clock::manual(Timestamp::from_unix_seconds(0));
        let refill = Duration::from_secs(60);
        let throttle = Throttle::new(clock.clone(), Allowance { burst: 3, refill });
        for _ in 0..3 {
            assert_eq!(throttle.take("a"), Ok(()));
        }
        assert_eq!(throttle.take("a"), Err(refill));
        assert!(throttle.is_used_up("a") && !throttle.is_used_up("b"));
        assert_eq!(throttle.take("b"), Ok(()), "others are not concerned");
        clock.advance(Duration::from_secs(45));
        assert_eq!(throttle.take("a"), Err(Duration::from_secs(15)));
        clock.advance(Duration::from_secs(15));
        assert_eq!(throttle.take("a"), Ok(()));
        assert!(throttle.take("a").is_err());
        throttle.give_back("a");
        assert_eq!(throttle.take("a"), Ok(()));
        assert!(throttle.take("a").is_err());
        throttle.forgive("a");
        assert_eq!(throttle.take("a"), Ok(()));
    }
}
