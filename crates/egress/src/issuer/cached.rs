//! A document that is fetched once however many wait, and outlives a failing server.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use oauth::{Clock, Timestamp};
use tokio::sync::Mutex;

use crate::Error;

/// How soon after a failure it is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// A fetched value and how long it may be kept.
pub(super) struct Fetched<T> {
    pub(super) value: T,
    /// The document as it came. If it comes again unchanged, the value that is known stays the same one,
    /// so that whatever hangs on it (tokens verified with these keys) stays good.
    pub(super) document: Bytes,
    pub(super) lifetime: Duration,
}

/// One cached document.
///
/// If the caller that fetches is dropped, the next one that waits takes over.
pub(super) struct Cached<T> {
    known: ArcSwapOption<Known<T>>,
    /// Held while one caller fetches for all.
    gate: Mutex<Gate>,
}

struct Known<T> {
    value: Arc<T>,
    document: Bytes,
    fresh_until: Timestamp,
}

/// When the last attempts ended. Not when they began: a server that is slow to fail would be asked by
/// each of those who waited for it, one after another.
#[derive(Default)]
struct Gate {
    failed: Option<(Timestamp, Error)>,
    fetched: Option<Timestamp>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self {
            known: ArcSwapOption::empty(),
            gate: Mutex::default(),
        }
    }
}

impl<T> Cached<T> {
    /// The value while it is fresh; else fetched, or the stale one if that fails. While another caller
    /// fetches, a stale value is the answer at once: a slow issuer holds up nobody who need not wait.
    pub(super) async fn get<F>(
        &self,
        clock: &Clock,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<Fetched<T>, Error>>,
    {
        if let Some(fresh) = self.fresh(clock.now()) {
            return Ok(fresh);
        }
        let mut gate = match (self.gate.try_lock(), self.stale()) {
            (Ok(gate), _) => gate,
            (Err(_), Some(stale)) => return Ok(stale),
            (Err(_), None) => self.gate.lock().await,
        };
        match self.fresh(clock.now()) {
            Some(fresh) => Ok(fresh),
            None => self.fetch(&mut gate, clock, fetch).await,
        }
    }

    /// Fetched anew, unless that happened less than `interval` ago.
    pub(super) async fn refresh<F>(
        &self,
        clock: &Clock,
        interval: Duration,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<Fetched<T>, Error>>,
    {
        let mut gate = self.gate.lock().await;
        let now = clock.now();
        let recent = gate
            .fetched
            .is_some_and(|at| now.saturating_since(at) < interval);
        match self.stale().filter(|_| recent) {
            Some(known) => Ok(known),
            None => self.fetch(&mut gate, clock, fetch).await,
        }
    }

    fn fresh(&self, now: Timestamp) -> Option<Arc<T>> {
        let known = self.known.load();
        known
            .as_ref()
            .filter(|known| now < known.fresh_until)
            .map(|known| known.value.clone())
    }

    /// What is known, however old.
    fn stale(&self) -> Option<Arc<T>> {
        self.known.load().as_ref().map(|known| known.value.clone())
    }

    async fn fetch<F>(
        &self,
        gate: &mut Gate,
        clock: &Clock,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<Fetched<T>, Error>>,
    {
        if let Some((at, error)) = &gate.failed
            && clock.now().saturating_since(*at) < AFTER_FAILURE
        {
            return self.stale().ok_or_else(|| error.clone());
        }
        let outcome = fetch().await;
        let now = clock.now();
        match outcome {
            Ok(fetched) => {
                (gate.failed, gate.fetched) = (None, Some(now));
                let known = self.known.load_full();
                let unchanged = known.filter(|known| known.document == fetched.document);
                let value = match unchanged {
                    Some(known) => known.value.clone(),
                    None => Arc::new(fetched.value),
                };
                self.known.store(Some(Arc::new(Known {
                    value: value.clone(),
                    document: fetched.document,
                    fresh_until: now + fetched.lifetime,
                })));
                Ok(value)
            }
            Err(error) => {
                let stale = self.stale();
                tracing::warn!(error = %error, stale = stale.is_some(), "an issuer's document cannot be fetched");
                gate.failed = Some((now, error.clone()));
                stale.ok_or(error)
            }
        }
    }
}
