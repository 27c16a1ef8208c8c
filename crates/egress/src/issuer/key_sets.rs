//! Key sets by their own address: those that clients publish at their `jwks_uri`.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use oauth::jose::KeySet;

use super::cached::Cached;
use super::{KEY_REFRESH, fetch_keys};
use crate::{Egress, Error};

/// How many key sets are remembered; each is a few kilobytes at most. Anybody may register an address,
/// so the oldest memory is not worth an attacker's trouble: when it is full, it starts over.
const MAX_SETS: usize = 4096;

/// Key sets by address, fetched once however many wait, kept while they are fresh, and kept when they
/// cannot be fetched anew. Copies share them.
#[derive(Clone)]
pub struct KeySets {
    egress: Egress,
    max_bytes: usize,
    known: Arc<RwLock<HashMap<String, Arc<Cached<KeySet>>>>>,
}

impl KeySets {
    /// Nothing is fetched until it is asked for. A document larger than `max_bytes` is refused.
    #[must_use]
    pub fn new(egress: Egress, max_bytes: usize) -> Self {
        Self {
            egress,
            max_bytes,
            known: Arc::default(),
        }
    }

    /// The keys at an address (RFC 7517 §5), parsed.
    ///
    /// # Errors
    /// If they cannot be fetched, and no earlier ones are known.
    pub async fn keys(&self, url: &str) -> Result<Arc<KeySet>, Error> {
        let fetch = || fetch_keys(&self.egress, url, self.max_bytes);
        self.entry(url).get(self.egress.clock(), fetch).await
    }

    /// The keys fetched anew, because a token names one that is not among them. Within 30 seconds of the
    /// last such fetch (5 of a failed one) the known ones are the answer.
    ///
    /// # Errors
    /// As [`KeySets::keys`].
    pub async fn refresh(&self, url: &str) -> Result<Arc<KeySet>, Error> {
        let fetch = || fetch_keys(&self.egress, url, self.max_bytes);
        let clock = self.egress.clock();
        self.entry(url).refresh(clock, KEY_REFRESH, fetch).await
    }

    fn entry(&self, url: &str) -> Arc<Cached<KeySet>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.get(url) {
            return entry.clone();
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_SETS {
            known.clear();
        }
        known.entry(url.to_owned()).or_default().clone()
    }
}
