//! How many rows there are, without counting at every new one.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use oauth::Timestamp;
use tokio::sync::{Mutex, MutexGuard};

/// How long a count is believed while few rows come on this node: others make some too.
const STALE: Duration = Duration::from_secs(60);
/// How soon another count would tell nothing.
const RECENT: Duration = Duration::from_secs(1);

/// What was counted last, and what came since.
pub(crate) struct Census {
    total: AtomicI64,
    since: AtomicI64,
    counted_at: AtomicI64,
    /// Held by whoever counts and sweeps.
    pub(crate) sweeping: Mutex<()>,
}

impl Census {
    pub(crate) fn new() -> Self {
        Self {
            total: AtomicI64::new(0),
            since: AtomicI64::new(0),
            counted_at: AtomicI64::new(i64::MIN),
            sweeping: Mutex::new(()),
        }
    }

    /// Notes a new row; gives the turn to count and sweep, if it is time to.
    ///
    /// While one sweeps, a few more may come. Then they wait, or a flood would be faster than the broom.
    pub(crate) async fn turn(&self, bound: u32, now: Timestamp) -> Option<MutexGuard<'_, ()>> {
        self.since.fetch_add(1, Ordering::Relaxed);
        if !self.is_due(bound, now) {
            return None;
        }
        let turn = match self.sweeping.try_lock() {
            Err(_) if self.is_behind(bound) => Some(self.sweeping.lock().await),
            tried => tried.ok(),
        };
        // Whoever had the turn before has counted meanwhile.
        turn.filter(|_| self.is_due(bound, now))
    }

    /// Whether it is time to count again: so often that `bound` is overstepped by a twentieth at most
    /// while nobody sweeps, on each node.
    fn is_due(&self, bound: u32, now: Timestamp) -> bool {
        self.since.load(Ordering::Relaxed) >= every(bound) || self.is_stale(now)
    }

    /// Whether so many came during a sweep that the next had better wait for its end.
    fn is_behind(&self, bound: u32) -> bool {
        self.since.load(Ordering::Relaxed) >= 2 * every(bound)
    }

    fn is_stale(&self, now: Timestamp) -> bool {
        let at = self.counted_at.load(Ordering::Relaxed);
        at == i64::MIN || now.saturating_since(Timestamp::from_millis(at)) >= STALE
    }

    /// Whether the count is so fresh that another would tell nothing.
    pub(crate) fn is_recent(&self, now: Timestamp) -> bool {
        let at = self.counted_at.load(Ordering::Relaxed);
        at != i64::MIN && now.saturating_since(Timestamp::from_millis(at)) < RECENT
    }

    /// Notes a count.
    pub(crate) fn counted(&self, total: i64, now: Timestamp) {
        self.total.store(total, Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
        self.counted_at.store(now.as_millis(), Ordering::Relaxed);
    }

    /// How many rows there are, as far as this node knows.
    pub(crate) fn total(&self) -> i64 {
        self.total.load(Ordering::Relaxed) + self.since.load(Ordering::Relaxed)
    }
}

/// After how many rows to count again.
fn every(bound: u32) -> i64 {
    i64::from((bound / 20).clamp(1, 256))
}
