//! How many clients registered themselves, without counting at every registration.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use oauth::Timestamp;

/// How long a count is believed without registrations on this node: others register too.
const STALE: Duration = Duration::from_secs(60);
/// How often a full tenant counts again.
const RECENT: Duration = Duration::from_secs(1);

/// What was counted last, and what came since.
pub(super) struct Census {
    total: AtomicI64,
    since: AtomicI64,
    counted_at: AtomicI64,
    /// Held by whoever counts and sweeps.
    pub(super) sweeping: tokio::sync::Mutex<()>,
}

impl Census {
    pub(super) fn new() -> Self {
        Self {
            total: AtomicI64::new(0),
            since: AtomicI64::new(0),
            counted_at: AtomicI64::new(i64::MIN),
            sweeping: tokio::sync::Mutex::new(()),
        }
    }

    /// Notes a registration; gives whether it is time to count again. That is so often that the bound on
    /// unused clients is overstepped by a twentieth at most, on each node.
    pub(super) fn note(&self, max_unused: u32, now: Timestamp) -> bool {
        let every = i64::from((max_unused / 20).clamp(1, 256));
        let since = self.since.fetch_add(1, Ordering::Relaxed) + 1;
        since >= every || self.is_stale(now)
    }

    fn is_stale(&self, now: Timestamp) -> bool {
        let at = self.counted_at.load(Ordering::Relaxed);
        at == i64::MIN || now.saturating_since(Timestamp::from_millis(at)) >= STALE
    }

    /// Whether the count is so fresh that another would tell nothing.
    pub(super) fn is_recent(&self, now: Timestamp) -> bool {
        let at = self.counted_at.load(Ordering::Relaxed);
        at != i64::MIN && now.saturating_since(Timestamp::from_millis(at)) < RECENT
    }

    /// Notes a count.
    pub(super) fn counted(&self, total: i64, now: Timestamp) {
        self.total.store(total, Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
        self.counted_at.store(now.as_millis(), Ordering::Relaxed);
    }

    /// How many clients there are, as far as this node knows.
    pub(super) fn total(&self) -> i64 {
        self.total.load(Ordering::Relaxed) + self.since.load(Ordering::Relaxed)
    }
}
