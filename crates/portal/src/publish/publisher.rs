//! Follows the feed and brings every change to every gateway.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use gateway::config::{Update, Use};
use gateway::traffic::Report;
use http::{HeaderName, HeaderValue};
use oauth::{Clock, Entropy};
use storage::{Database, Error};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::change::update;
use super::nodes::Nodes;
use super::recent::{Line, Recent};
use super::{LaggingNode, NodeState, compile};
use crate::store::{credential_uses, refusals, usage};

/// The header that names gateways which do not obey a change yet.
pub const LAGGING_NODES: HeaderName = HeaderName::from_static("gatehouse-lagging-nodes");

/// Most changes taken from the feed at a time.
const BATCH: u32 = 1000;

/// Uses that are written in one transaction.
const USES: usize = 500;

/// How long to wait before the database is asked again after a failure.
const AGAIN: Duration = Duration::from_millis(500);

/// How the publisher works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a write waits for gateways before it names the ones that lag.
    pub settle: Duration,
    /// How often a silent stream says that it is alive.
    pub heartbeat: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(2),
            heartbeat: Duration::from_secs(15),
        }
    }
}

type Applying = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
type Apply = Box<dyn Fn(Arc<Update>) -> Applying + Send + Sync>;

/// A gateway in this process.
struct Local {
    name: String,
    apply: Apply,
    /// The revision that it obeys; `None` until it has everything, and after it refused something.
    revision: Mutex<Option<i64>>,
}

/// Brings changes to gateways. Copies are the same one.
#[derive(Clone)]
pub struct Publisher(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) db: Database,
    pub(super) settings: Settings,
    clock: Clock,
    pub(super) nodes: Nodes,
    pub(super) recent: Recent,
    locals: Mutex<Vec<Arc<Local>>>,
    /// The revision that local gateways obey and that streams may send; -1 before the first.
    pub(super) published: watch::Sender<i64>,
    /// Asks the loop to look again: a local gateway was attached.
    attached: tokio::sync::Notify,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher")
            .field("published", &*self.0.published.borrow())
            .finish_non_exhaustive()
    }
}

impl Publisher {
    /// A publisher of what is in this database. It works while [`Publisher::run`] does.
    #[must_use]
    pub fn new(db: Database, clock: Clock, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            db,
            settings,
            nodes: Nodes::new(clock.clone()),
            clock,
            recent: Recent::default(),
            locals: Mutex::default(),
            published: watch::Sender::new(-1),
            attached: tokio::sync::Notify::new(),
        }))
    }

    /// Adds a gateway of this process. `apply` returns when the update is effective; after an error it
    /// is given the whole configuration.
    pub fn attach<F, R>(&self, name: &str, apply: F)
    where
        F: Fn(Arc<Update>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        let local = Local {
            name: name.to_owned(),
            apply: Box::new(move |update| Box::pin(apply(update))),
            revision: Mutex::new(None),
        };
        self.locals().push(Arc::new(local));
        self.0.attached.notify_one();
    }

    /// Publishes until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut newest = self.0.db.feed().subscribe();
        while !shutdown.is_cancelled() {
            newest.mark_unchanged();
            if let Err(error) = self.publish().await {
                tracing::error!(%error, "a change could not be published; trying again");
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(AGAIN) => continue,
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.0.attached.notified() => {}
                changed = newest.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Publishes what there is to publish now.
    ///
    /// # Errors
    /// Those of the database. What was published before stays in force.
    pub async fn publish(&self) -> Result<(), Error> {
        self.bring_up_newcomers().await?;
        loop {
            let at = *self.0.published.borrow();
            if at < 0 {
                // Nobody to tell yet: remote nodes ask for everything when they come.
                let revision = self.0.db.feed().revision().await?;
                self.0.published.send_replace(revision);
                continue;
            }
            let changes = match self.0.db.feed().changes_since(at, BATCH).await {
                Ok(changes) if changes.is_empty() => return Ok(()),
                Ok(changes) => changes,
                Err(Error::Pruned { .. }) => {
                    self.publish_everything().await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let update = Arc::new(update(&self.0.db, at, &changes).await?);
            let to = update.revision();
            self.apply(&update).await?;
            self.remember(at, &update);
            self.0.published.send_replace(to);
        }
    }

    /// Keeps an update as it travels to nodes that are at `from`.
    fn remember(&self, from: i64, update: &Update) {
        let recent = &self.0.recent;
        let applications_alone = match update {
            Update::Applications { .. } => true,
            Update::Configuration { .. } if self.0.nodes.is_any_connected() => false,
            // Large: who comes later asks for its own.
            Update::Configuration { .. } | Update::Full(_) => return recent.clear(),
        };
        recent.push(Line {
            from,
            to: update.revision(),
            applications_alone,
            text: line(update),
        });
    }

    /// Waits until every gateway obeys `revision`, for a bounded time, and names those that do not.
    pub async fn settle(&self, revision: i64) -> Vec<LaggingNode> {
        if self.locals().is_empty() && self.0.nodes.behind(revision).0.is_empty() {
            return Vec::new();
        }
        let deadline = tokio::time::Instant::now() + self.0.settings.settle;
        let mut published = self.0.published.subscribe();
        let local = tokio::time::timeout_at(deadline, published.wait_for(|at| *at >= revision));
        let late = local.await.is_err();
        let mut moved = self.0.nodes.moved();
        loop {
            moved.mark_unchanged();
            let (mut lagging, may_come) = self.0.nodes.behind(revision);
            let over = tokio::time::Instant::now() >= deadline;
            if lagging.is_empty() && !late || !may_come || over {
                lagging.extend(self.locals_behind(revision));
                return lagging;
            }
            if tokio::time::timeout_at(deadline, moved.changed())
                .await
                .is_err()
            {
                lagging.extend(self.locals_behind(revision));
                return lagging;
            }
        }
    }

    /// The remote gateways that follow, or did within the last hour.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeState> {
        self.0.nodes.list(*self.0.published.borrow())
    }

    /// Forgets a remote gateway that is away. Gives whether it is not connected.
    #[must_use]
    pub fn forget(&self, node: &str) -> bool {
        self.0.nodes.forget(node)
    }

    /// Whether every remote gateway that followed within the last hour is connected, so that what they
    /// see is told.
    #[must_use]
    pub fn hears_all(&self) -> bool {
        self.0.nodes.all_connected()
    }

    /// Writes down when credentials were last used.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn note_uses(&self, uses: &[Use]) -> Result<(), Error> {
        for uses in uses.chunks(USES) {
            let mut tx = self.0.db.begin().await?;
            let now = self.0.clock.now();
            for used in uses {
                credential_uses::note(&mut tx, used, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Writes down what passed at a gateway. A report that comes again counts once.
    ///
    /// # Errors
    /// Those of the database: nothing is written then.
    pub async fn note_traffic(&self, node: &str, report: &Report) -> Result<(), Error> {
        let now = self.0.clock.now();
        let mut tx = self.0.db.begin().await?;
        if usage::is_new(&mut tx, node, report.number, now).await? {
            usage::add(&mut tx, &report.calls, now).await?;
            for refused in &report.refusals {
                refusals::insert(&mut tx, &Entropy::system(), node, refused, now).await?;
            }
        }
        tx.commit().await
    }

    /// The revision that local gateways obey; -1 before the first.
    #[must_use]
    pub fn revision(&self) -> i64 {
        *self.0.published.borrow()
    }

    /// Gives everything to gateways of this process that have nothing.
    async fn bring_up_newcomers(&self) -> Result<(), Error> {
        let newcomers = self.locals().iter().any(|local| local.at().is_none());
        if newcomers {
            self.publish_everything().await?;
        }
        Ok(())
    }

    async fn publish_everything(&self) -> Result<(), Error> {
        let update = Arc::new(Update::Full(compile(&self.0.db).await?));
        self.apply(&update).await?;
        self.0.recent.clear();
        self.0.published.send_replace(update.revision());
        Ok(())
    }

    /// Applies an update to the gateways of this process.
    async fn apply(&self, update: &Arc<Update>) -> Result<(), Error> {
        let locals = self.locals().clone();
        let to = update.revision();
        for local in locals {
            if let Err(reason) = (local.apply)(update.clone()).await {
                tracing::error!(
                    gateway = local.name,
                    revision = to,
                    reason,
                    "the gateway refused an update and keeps what it has"
                );
                local.set(None);
                if !matches!(**update, Update::Full(_)) {
                    let whole = Arc::new(Update::Full(compile(&self.0.db).await?));
                    if (local.apply)(whole).await.is_ok() {
                        local.set(Some(to));
                    }
                }
            } else {
                local.set(Some(to));
            }
        }
        Ok(())
    }

    fn locals(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Local>>> {
        self.0.locals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn locals_behind(&self, revision: i64) -> Vec<LaggingNode> {
        let locals = self.locals();
        let behind = locals.iter().filter_map(|local| {
            let at = local.at().unwrap_or(-1);
            (at < revision).then(|| LaggingNode {
                node: local.name.clone(),
                revision: at,
            })
        });
        behind.collect()
    }
}

impl Local {
    fn at(&self) -> Option<i64> {
        *self.revision.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, revision: Option<i64>) {
        *self.revision.lock().unwrap_or_else(PoisonError::into_inner) = revision;
    }
}

/// The header of an answer while gateways lag; none if all obey.
#[must_use]
pub fn lagging_nodes(lagging: &[LaggingNode]) -> Option<(HeaderName, HeaderValue)> {
    if lagging.is_empty() {
        return None;
    }
    let text: Vec<String> = lagging
        .iter()
        .map(|lagging| format!("{} (revision {})", lagging.node, lagging.revision))
        .collect();
    let value = HeaderValue::try_from(text.join(", ")).ok()?;
    Some((LAGGING_NODES, value))
}

/// An update as one line of the stream.
pub(super) fn line(update: &Update) -> Bytes {
    let mut text = serde_json::to_vec(update).unwrap_or_default();
    text.push(b'\n');
    text.into()
}
