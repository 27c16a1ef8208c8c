//! How long to wait before the next attempt.

use std::time::Duration;

use oauth::Entropy;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// After so many attempts, about a day, a job is given up.
pub(super) const ATTEMPTS: u32 = 100;

/// Twice as long after each attempt, from half of it to all of it, so that jobs that failed together
/// do not come back together.
pub(super) fn delay(attempt: u32, entropy: &Entropy) -> Duration {
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
    let longest = FIRST.saturating_mul(doubled).min(LONGEST);
    let share = f64::from(u32::from_be_bytes(entropy.bytes())) / f64::from(u32::MAX);
    longest.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use oauth::Entropy;

    use super::{LONGEST, delay};

    #[test]
    fn delays_grow_to_a_quarter_of_an_hour_and_differ() {
        let entropy = Entropy::seeded(1);
        for attempt in 1..200 {
            let delay = delay(attempt, &entropy);
            assert!(delay >= Duration::from_secs(1) && delay <= LONGEST);
        }
        assert!(delay(1, &entropy) <= Duration::from_secs(2));
        assert!(delay(50, &entropy) >= LONGEST / 2);
        assert_ne!(delay(50, &entropy), delay(50, &entropy));
    }
}
