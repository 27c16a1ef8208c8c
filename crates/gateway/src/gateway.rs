//! The gateway as its owner sees it: publish to it, serve with it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use egress::Egress;
use ipnet::IpNet;
use oauth::{Clock, Entropy};
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::applications::Applications;
use crate::authn::Authenticator;
use crate::authn::session::SessionKeys;
use crate::config::{Config, Update};
use crate::proxy::tls::Trust;
use crate::snapshot::{InvalidConfig, Snapshot};
use crate::traffic::{Ledger, Report, Tally};
use crate::uses::UntoldUses;

/// What an operator decides about a gateway. [`Settings::default`] suits one machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Worker threads; `None` starts one per core.
    pub workers: Option<usize>,
    /// Certificates of private authorities that upstreams may use, beside the public ones.
    pub upstream_roots: Vec<CertificateDer<'static>>,
    /// Proxies in front of the gateway, whose `X-Forwarded-*` and `X-Request-Id` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest request body, in bytes; `None` takes any, as Kong does.
    pub max_body_bytes: Option<u64>,
    /// The largest header block of a request, in bytes; beyond it the answer is 431.
    pub max_header_bytes: usize,
    /// How long a caller may take for the headers, and keep an idle connection open.
    pub header_timeout: Duration,
    /// How long a caller may pause within a body.
    pub body_timeout: Duration,
    /// How long running requests may take to end when the gateway stops.
    pub drain: Duration,
    /// Verified and exchanged tokens kept, each.
    pub cached_tokens: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: None,
            upstream_roots: Vec::new(),
            trusted_proxies: Vec::new(),
            max_body_bytes: None,
            max_header_bytes: 64 * 1024,
            header_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(60),
            drain: Duration::from_secs(10),
            cached_tokens: 50_000,
        }
    }
}

/// A data plane: holds one configuration, serves any number of listeners. Copies are the same one.
#[derive(Clone)]
pub struct Gateway(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) authenticator: Authenticator,
    pub(crate) applications: Applications,
    trust: Trust,
    revision: AtomicI64,
    /// One publication at a time.
    publishing: Mutex<()>,
    /// The ways to the workers, to ask for what they counted.
    workers: Mutex<Vec<mpsc::UnboundedSender<oneshot::Sender<Tally>>>>,
    /// What was counted and is not told. Never touched on a request's way.
    ledger: Mutex<Ledger>,
}

/// Why an [`Update`] was not applied. The gateway goes on with what it has.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The update starts from another revision; ask for everything.
    #[error("the update starts from revision {from}, this gateway is at {at}; ask for everything")]
    OutOfOrder {
        /// Where the update starts.
        from: i64,
        /// Where the gateway is.
        at: i64,
    },
    /// The configuration cannot be obeyed.
    #[error(transparent)]
    Invalid(#[from] InvalidConfig),
}

impl Gateway {
    /// A gateway without configuration: it answers 503 until the first [`Gateway::publish`].
    ///
    /// `session_keys` seal session cookies; nodes that share them accept each other's sessions.
    #[must_use]
    pub fn new(
        settings: Settings,
        egress: Egress,
        clock: Clock,
        entropy: Entropy,
        session_keys: SessionKeys,
    ) -> Self {
        let authenticator = Authenticator::new(
            egress,
            entropy.clone(),
            session_keys,
            settings.cached_tokens,
        );
        Self(Arc::new(Inner {
            trust: Trust::new(&settings.upstream_roots),
            settings,
            clock,
            entropy,
            snapshot: ArcSwap::default(),
            authenticator,
            applications: Applications::new(),
            revision: AtomicI64::new(-1),
            publishing: Mutex::new(()),
            workers: Mutex::default(),
            ledger: Mutex::default(),
        }))
    }

    /// Obeys a configuration from now on. When it returns, every request that starts is served by
    /// it, and nothing that an earlier one allowed is allowed by a cache.
    ///
    /// # Errors
    /// [`InvalidConfig`]; the gateway then keeps the configuration that it has.
    pub fn publish(&self, config: &Config) -> Result<(), InvalidConfig> {
        let inner = &*self.0;
        let _one = inner.lock();
        let snapshot = inner.compile(config)?;
        inner.applications.replace(&config.applications);
        inner.snapshot.store(Arc::new(snapshot));
        inner.settle(config.revision);
        Ok(())
    }

    /// Applies what changed. Costs what the change holds, not what the configuration holds. When it
    /// returns, the change is effective, as with [`Gateway::publish`].
    ///
    /// # Errors
    /// [`ApplyError`]; nothing is applied then.
    pub fn apply(&self, update: &Update) -> Result<(), ApplyError> {
        match update {
            Update::Full(config) => self.publish(config)?,
            Update::Applications {
                from,
                revision,
                changed,
                removed,
            } => {
                let inner = &*self.0;
                let _one = inner.lock();
                self.follows(*from)?;
                inner.applications.change(changed, removed);
                inner.settle(*revision);
            }
            Update::Configuration {
                from,
                config,
                changed,
                removed,
            } => {
                let inner = &*self.0;
                let _one = inner.lock();
                self.follows(*from)?;
                let snapshot = inner.compile(config)?;
                inner.applications.change(changed, removed);
                inner.snapshot.store(Arc::new(snapshot));
                inner.settle(config.revision);
            }
        }
        Ok(())
    }

    /// Whether an update that starts from this revision may be applied.
    fn follows(&self, from: i64) -> Result<(), ApplyError> {
        match self.revision() {
            at if at == from => Ok(()),
            at => Err(ApplyError::OutOfOrder { from, at }),
        }
    }

    /// The revision that the gateway obeys; -1 before the first publication.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.0.revision.load(Ordering::SeqCst)
    }

    /// When credentials were last used, as far as nobody was told. Walks over all of them.
    #[must_use]
    pub fn untold_uses(&self) -> UntoldUses {
        self.0.applications.untold_uses()
    }

    /// What was counted since the last report that was heard, or that report again if it was not; nothing if
    /// there is nothing to tell. Without `all`, only refusals.
    pub async fn untold_traffic(&self, all: bool) -> Option<Report> {
        let inner = &*self.0;
        let workers = {
            let mut workers = held(&inner.workers);
            workers.retain(|worker| !worker.is_closed());
            workers.clone()
        };
        for worker in workers {
            let (answer, tally) = oneshot::channel();
            if worker.send(answer).is_ok()
                && let Ok(tally) = tally.await
            {
                inner.keep(tally);
            }
        }
        held(&inner.ledger).report(all, inner.clock.now())
    }

    /// The report was heard.
    pub fn heard(&self, report: &Report) {
        held(&self.0.ledger).heard(report.number);
    }

    /// How many applications the gateway knows.
    #[must_use]
    pub fn applications(&self) -> usize {
        self.0.applications.len()
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    /// A worker begins; gives it the way on which it is asked.
    pub(crate) fn new_worker(&self) -> mpsc::UnboundedReceiver<oneshot::Sender<Tally>> {
        let (asker, asked) = mpsc::unbounded_channel();
        held(&self.workers).push(asker);
        asked
    }

    /// Keeps what a worker counted until it is told.
    pub(crate) fn keep(&self, tally: Tally) {
        held(&self.ledger).add(tally, self.clock.now());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, ()> {
        held(&self.publishing)
    }

    /// What does not change in the configuration is taken over from the one in force.
    fn compile(&self, config: &Config) -> Result<Snapshot, InvalidConfig> {
        let before = self.snapshot.load_full();
        Snapshot::compile(config, &before, &self.applications, &self.trust)
    }

    fn settle(&self, revision: i64) {
        self.revision.store(revision, Ordering::SeqCst);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("gateway_revision").set(revision as f64);
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.revision.load(Ordering::Relaxed) >= 0
    }

    pub(crate) fn trusts(&self, peer: IpAddr) -> bool {
        let proxies = &self.settings.trusted_proxies;
        !proxies.is_empty() && proxies.iter().any(|net| net.contains(&peer))
    }

    /// See [`Applications::epoch`].
    pub(crate) fn epoch(&self) -> u64 {
        self.applications.epoch()
    }
}
