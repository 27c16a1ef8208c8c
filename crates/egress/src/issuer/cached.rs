//! A document that is fetched once however many wait, and outlives a failing server.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use oauth::Timestamp;
use tokio::sync::Mutex;

use crate::Error;

/// How soon after a failure it is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// A fetched value and how long it may be kept.
pub(super) struct Fetched<T> {
    pub(super) value: T,
    pub(super) lifetime: Duration,
}

/// One cached document.
pub(super) struct Cached<T> {
    known: ArcSwapOption<Known<T>>,
    /// Held while one caller fetches for all.
    gate: Mutex<Gate>,
}

struct Known<T> {
    value: Arc<T>,
    fresh_until: Timestamp,
}

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
    /// The value while it is fresh; else fetched, or the stale one if that fails.
    pub(super) async fn get<F>(
        &self,
        now: Timestamp,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<Fetched<T>, Error>>,
    {
        if let Some(fresh) = self.fresh(now) {
            return Ok(fresh);
        }
        let mut gate = self.gate.lock().await;
        match self.fresh(now) {
            Some(fresh) => Ok(fresh),
            None => self.fetch(&mut gate, now, fetch).await,
        }
    }

    /// Fetched anew, unless that happened less than `interval` ago.
    pub(super) async fn refresh<F>(
        &self,
        now: Timestamp,
        interval: Duration,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<Fetched<T>, Error>>,
    {
        let mut gate = self.gate.lock().await;
        let recent = gate
            .fetched
            .is_some_and(|at| now.saturating_since(at) < interval);
        match self.known.load_full().filter(|_| recent) {
            Some(known) => Ok(known.value.clone()),
            None => self.fetch(&mut gate, now, fetch).await,
        }
    }

    fn fresh(&self, now: Timestamp) -> Option<Arc<T>> {
        let known = self.known.load();
        known
            .as_ref()
            .filter(|known| now < known.fresh_until)
            .map(|known| known.value.clone())
    }

    async fn fetch<F>(
        &self,
        gate: &mut Gate,
        now: Timestamp,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<Fetched<T>, Error>>,
    {
        let stale = self.known.load_full();
        if let Some((at, error)) = &gate.failed
            && now.saturating_since(*at) < AFTER_FAILURE
        {
            return stale
                .map(|known| known.value.clone())
                .ok_or_else(|| error.clone());
        }
        match fetch().await {
            Ok(Fetched { value, lifetime }) => {
                (gate.failed, gate.fetched) = (None, Some(now));
                let value = Arc::new(value);
                self.known.store(Some(Arc::new(Known {
                    value: value.clone(),
                    fresh_until: now + lifetime,
                })));
                Ok(value)
            }
            Err(error) => {
                tracing::warn!(error = %error, stale = stale.is_some(), "an issuer's document cannot be fetched");
                gate.failed = Some((now, error.clone()));
                stale.map(|known| known.value.clone()).ok_or(error)
            }
        }
    }
}
