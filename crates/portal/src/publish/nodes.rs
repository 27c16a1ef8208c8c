//! Who follows, and how far each has come.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oauth::{Clock, Timestamp};
use serde::Serialize;
use tokio::sync::watch;

/// A node that is gone for longer than this is not spoken of any more.
const FORGET_AFTER: Duration = Duration::from_secs(3600);

/// A gateway, as the list of nodes shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeState {
    /// The name it gave itself.
    pub id: String,
    /// The version of its program; empty if it did not say.
    pub version: String,
    /// The revision that it obeys.
    pub revision: i64,
    /// Whether its stream is open.
    pub connected: bool,
    /// Since when, in RFC 3339; or since when not.
    pub since: String,
    /// When it was last heard of, in RFC 3339.
    pub seen_at: String,
    /// Whether it obeys the newest revision.
    pub current: bool,
}

/// A gateway that does not obey a change yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaggingNode {
    /// The name it gave itself.
    pub node: String,
    /// The revision that it obeys.
    pub revision: i64,
}

#[derive(Clone, Debug)]
struct Node {
    version: String,
    revision: i64,
    streams: u32,
    since: Timestamp,
    seen_at: Timestamp,
}

/// The remote gateways of this process.
pub(super) struct Nodes {
    clock: Clock,
    all: Mutex<BTreeMap<String, Node>>,
    /// Moves whenever something here does.
    moved: watch::Sender<u64>,
}

impl Nodes {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            all: Mutex::default(),
            moved: watch::Sender::new(0),
        }
    }

    /// A node opened a stream, at this revision. It counts until the guard is dropped.
    pub(super) fn connect(&self, id: &str, version: &str, revision: i64) {
        self.change(id, |node, now| {
            version.clone_into(&mut node.version);
            node.revision = revision;
            node.streams += 1;
            node.since = now;
        });
    }

    /// A stream of the node ended.
    pub(super) fn disconnect(&self, id: &str) {
        self.change(id, |node, now| {
            node.streams = node.streams.saturating_sub(1);
            if node.streams == 0 {
                node.since = now;
            }
        });
    }

    /// Forgets a node unless it is connected. Gives whether it is not.
    pub(super) fn forget(&self, id: &str) -> bool {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let away = all.get(id).is_none_or(|node| node.streams == 0);
        if away {
            all.remove(id);
        }
        away
    }

    /// The node obeys this revision now.
    pub(super) fn acknowledge(&self, id: &str, revision: i64) {
        self.change(id, |node, _| node.revision = revision);
    }

    /// Wakes at every change of any node.
    pub(super) fn moved(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// Nodes that do not obey this revision. Of those that are connected an acknowledgement may come.
    pub(super) fn behind(&self, revision: i64) -> (Vec<LaggingNode>, bool) {
        let now = self.clock.now();
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut may_come = false;
        let mut lagging = Vec::new();
        for (id, node) in &*all {
            let spoken_of = node.streams > 0 || now.saturating_since(node.since) < FORGET_AFTER;
            if node.revision < revision && spoken_of {
                may_come |= node.streams > 0;
                lagging.push(LaggingNode {
                    node: id.clone(),
                    revision: node.revision,
                });
            }
        }
        (lagging, may_come)
    }

    /// Whether none is away that was here within the last hour.
    pub(super) fn all_connected(&self) -> bool {
        let now = self.clock.now();
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = all.values();
        all.all(|node| node.streams > 0 || now.saturating_since(node.since) >= FORGET_AFTER)
    }

    /// Whether somebody listens.
    pub(super) fn is_any_connected(&self) -> bool {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().any(|node| node.streams > 0)
    }

    pub(super) fn list(&self, newest: i64) -> Vec<NodeState> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .map(|(id, node)| NodeState {
                id: id.clone(),
                version: node.version.clone(),
                revision: node.revision,
                connected: node.streams > 0,
                since: node.since.to_rfc3339(),
                seen_at: node.seen_at.to_rfc3339(),
                current: node.revision >= newest,
            })
            .collect()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Node, Timestamp)) {
        let now = self.clock.now();
        {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|_, node| {
                node.streams > 0 || now.saturating_since(node.since) < FORGET_AFTER
            });
            let node = all.entry(id.to_owned()).or_insert(Node {
                version: String::new(),
                revision: -1,
                streams: 0,
                since: now,
                seen_at: now,
            });
            node.seen_at = now;
            change(node, now);
        }
        self.moved.send_modify(|moved| *moved += 1);
    }
}
