//! An auth strategy, compiled.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use http::HeaderName;
use oauth::Timestamp;
use oauth::jose::KeySet;

use crate::applications::Callers;
use crate::config::{self, OpenidConnect, StrategyKind};

/// An auth strategy with the applications created with it.
#[derive(Debug)]
pub(crate) struct Strategy {
    pub(crate) id: String,
    pub(crate) kind: StrategyKind,
    pub(crate) callers: Arc<Callers>,
    /// Part of every cache key: a strategy with other settings finds nothing that was cached before.
    pub(crate) generation: u64,
    /// Headers that may hold an API key.
    pub(crate) key_headers: Vec<HeaderName>,
    /// The header that takes the token upstream.
    pub(crate) token_header: Option<HeaderName>,
    pub(crate) session: bool,
    pub(crate) bearer: bool,
    pub(crate) client_credentials: bool,
    keys: Keys,
}

/// The issuer's keys as the request path sees them.
#[derive(Debug, Default)]
struct Keys {
    current: ArcSwapOption<KeySet>,
    /// When the issuer's cache was last asked, in milliseconds.
    asked: AtomicI64,
}

/// How long the request path goes on with the keys it has before it asks the issuer's cache again.
const KEYS_HELD: Duration = Duration::from_secs(1);

/// A strategy that cannot be obeyed.
#[derive(Debug, thiserror::Error)]
#[error("strategy {strategy}: {reason}; correct it at the control plane")]
pub struct InvalidStrategy {
    /// The strategy's id.
    pub strategy: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Strategy {
    pub(crate) fn new(
        strategy: &config::Strategy,
        callers: Arc<Callers>,
    ) -> Result<Self, InvalidStrategy> {
        static GENERATIONS: AtomicU64 = AtomicU64::new(0);
        let invalid = |reason: &str| InvalidStrategy {
            strategy: strategy.id.clone(),
            reason: reason.into(),
        };
        let mut key_headers = Vec::new();
        let mut token_header = None;
        let mut methods: &[String] = &[];
        match &strategy.kind {
            StrategyKind::KeyAuth { key_names } => {
                for name in key_names {
                    let name = HeaderName::try_from(name.as_str())
                        .map_err(|_| invalid("a key name is no header name"))?;
                    key_headers.push(name);
                }
            }
            StrategyKind::OpenidConnect(openid) => {
                if openid.credential_claim.is_empty() {
                    return Err(invalid("credential_claim is empty"));
                }
                if !openid.ssl_verify {
                    tracing::warn!(
                        strategy = strategy.id,
                        issuer = openid.issuer,
                        "certificates of this issuer are not verified: the strategy says ssl_verify false"
                    );
                }
                methods = &openid.auth_methods;
                if let Some(name) = &openid.upstream_access_token_header {
                    // Kong writes `authorization:bearer`.
                    let name = name.split(':').next().unwrap_or_default();
                    let name = HeaderName::try_from(name)
                        .map_err(|_| invalid("upstream_access_token_header is no header name"))?;
                    token_header = Some(name);
                }
            }
        }
        let has = |method: &str| methods.iter().any(|known| known == method);
        Ok(Self {
            id: strategy.id.clone(),
            kind: strategy.kind.clone(),
            callers,
            generation: GENERATIONS.fetch_add(1, Ordering::Relaxed),
            key_headers,
            token_header,
            session: has("session"),
            bearer: has("bearer"),
            client_credentials: has("client_credentials"),
            keys: Keys::default(),
        })
    }

    /// The settings, if this is an `openid_connect` strategy.
    pub(crate) fn openid(&self) -> Option<&OpenidConnect> {
        match &self.kind {
            StrategyKind::OpenidConnect(openid) => Some(openid),
            StrategyKind::KeyAuth { .. } => None,
        }
    }

    /// Whether the credential claim holds the client id itself, so that an unknown client id needs
    /// no question to the issuer. (`sub` does not: Auth0 writes `CLIENT_ID@clients`.)
    pub(crate) fn claim_is_client_id(&self) -> bool {
        self.openid().is_some_and(|openid| {
            matches!(&*openid.credential_claim, [claim] if claim == "azp" || claim == "client_id")
        })
    }

    /// The keys to go on with, unless it is time to ask the issuer's cache again. Of many requests
    /// at that time, one asks.
    pub(crate) fn held_keys(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        let asked = self.keys.asked.load(Ordering::Relaxed);
        let due = now.saturating_since(Timestamp::from_millis(asked)) >= KEYS_HELD
            && self
                .keys
                .asked
                .compare_exchange(asked, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if due {
            None
        } else {
            self.keys.current.load_full()
        }
    }

    /// The last keys that the issuer's cache gave.
    pub(crate) fn last_keys(&self) -> Option<Arc<KeySet>> {
        self.keys.current.load_full()
    }

    pub(crate) fn hold_keys(&self, keys: &Arc<KeySet>) {
        self.keys.current.store(Some(Arc::clone(keys)));
    }
}
