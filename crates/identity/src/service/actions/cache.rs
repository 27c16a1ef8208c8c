//! `api.cache`: what Actions of a trigger remember from one run to the next, on this node.
//!
//! Source: the vendor's "Actions Limitations": 20 entries, keys of 64 bytes, values of 4 kB, 8 kB
//! together, 24 hours at most.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oauth::{Clock, Timestamp};

use crate::model::action::Trigger;

const ENTRIES: usize = 20;
const KEY: usize = 64;
const VALUE: usize = 4096;
const TOTAL: usize = 8192;
const USUAL: Duration = Duration::from_secs(15 * 60);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cached {
    pub(crate) value: String,
    pub(crate) expires_at: Timestamp,
}

type Entries = BTreeMap<String, Cached>;

/// The caches of all triggers.
pub(super) struct Cache {
    clock: Clock,
    by_trigger: [Mutex<Entries>; Trigger::ALL.len()],
}

impl Cache {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            by_trigger: Default::default(),
        }
    }

    fn with<T>(&self, trigger: Trigger, work: impl FnOnce(&mut Entries, Timestamp) -> T) -> T {
        let entries = &self.by_trigger[trigger.index()];
        let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        entries.retain(|_, cached| now < cached.expires_at);
        work(&mut entries, now)
    }

    /// What is remembered now.
    pub(super) fn entries(&self, trigger: Trigger) -> Entries {
        self.with(trigger, |entries, _| entries.clone())
    }

    /// Remembers a value until a time (milliseconds since the epoch); 15 minutes where none is said.
    /// What does not fit is not remembered: an Action never counts on its cache.
    pub(super) fn set(&self, trigger: Trigger, key: &str, value: &str, expires_at: Option<i64>) {
        if key.len() > KEY || value.len() > VALUE {
            return;
        }
        self.with(trigger, |entries, now| {
            entries.remove(key);
            let used: usize = entries
                .iter()
                .map(|(key, cached)| key.len() + cached.value.len())
                .sum();
            if entries.len() >= ENTRIES || used + key.len() + value.len() > TOTAL {
                return;
            }
            let latest = now + LONGEST;
            let expires_at = match expires_at {
                Some(millis) => Timestamp::from_millis(millis).min(latest),
                None => now + USUAL,
            };
            let value = value.to_owned();
            entries.insert(key.to_owned(), Cached { value, expires_at });
        });
    }

    pub(super) fn delete(&self, trigger: Trigger, key: &str) {
        self.with(trigger, |entries, _| entries.remove(key));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use oauth::{Clock, Timestamp};

    use super::Cache;
    use crate::model::action::Trigger;

    #[test]
    fn the_cache_forgets_in_time_and_keeps_within_its_bounds() {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1000));
        let cache = Cache::new(clock.clone());
        let trigger = Trigger::PostLogin;
        cache.set(trigger, "a", "1", None);
        cache.set(trigger, "b", "2", Some(1_005_000));
        cache.set(trigger, "c", &"x".repeat(5000), None);
        let keys = |cache: &Cache| cache.entries(trigger).into_keys().collect::<Vec<_>>();
        assert_eq!(keys(&cache), ["a", "b"]);
        assert!(cache.entries(Trigger::CredentialsExchange).is_empty());
        clock.advance(Duration::from_secs(5));
        assert_eq!(keys(&cache), ["a"]);
        for number in 0..30 {
            cache.set(trigger, &number.to_string(), "v", None);
        }
        assert_eq!(keys(&cache).len(), 20);
        cache.delete(trigger, "a");
        assert_eq!(keys(&cache).len(), 19);
    }
}
