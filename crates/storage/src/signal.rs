//! Wake-ups inside this process. They shorten a wait and are never the truth.

use tokio::sync::watch;

/// Whom a committed transaction wakes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signals {
    /// The newest revision it made.
    pub(crate) revision: Option<i64>,
    /// Whether it enqueued a job.
    pub(crate) jobs: bool,
}

/// Where followers of the feed and workers wait.
#[derive(Debug)]
pub(crate) struct Hub {
    revision: watch::Sender<i64>,
    jobs: watch::Sender<u64>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            revision: watch::Sender::new(0),
            jobs: watch::Sender::new(0),
        }
    }

    pub(crate) fn committed(&self, signals: Signals) {
        if let Some(revision) = signals.revision {
            self.reached(revision);
        }
        if signals.jobs {
            self.jobs_waiting();
        }
    }

    /// The feed stands at `revision` or later.
    pub(crate) fn reached(&self, revision: i64) {
        self.revision.send_if_modified(|known| {
            let newer = revision > *known;
            *known = revision.max(*known);
            newer
        });
    }

    pub(crate) fn jobs_waiting(&self) {
        self.jobs
            .send_modify(|times| *times = times.wrapping_add(1));
    }

    pub(crate) fn revisions(&self) -> watch::Receiver<i64> {
        self.revision.subscribe()
    }

    pub(crate) fn jobs(&self) -> watch::Receiver<u64> {
        self.jobs.subscribe()
    }
}
