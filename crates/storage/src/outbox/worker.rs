//! Running the jobs of a queue.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::lease::{LEASE, Leased};
use super::{Job, JobError, Outbox};
use crate::Error;

/// How many jobs of a queue one process runs at a time.
const AT_A_TIME: usize = 4;

/// How long to sleep at most: another process may have enqueued something unheard.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

impl Outbox {
    /// Runs the jobs of a queue as they fall due, until `shutdown`; what runs then is finished first.
    pub async fn run<F, R>(&self, queue: &str, handler: F, shutdown: CancellationToken)
    where
        F: Fn(Job) -> R,
        R: Future<Output = Result<(), JobError>>,
    {
        let (handler, shutdown) = (&handler, &shutdown);
        join_all((0..AT_A_TIME).map(|_| self.work(queue, handler, shutdown))).await;
    }

    /// Runs everything in a queue that is due now, one after the other, and gives how many there were.
    /// A job that fails counts, and waits for its next turn.
    ///
    /// # Panics
    /// If the database fails: this is for tests.
    pub async fn run_due<F, R>(&self, queue: &str, handler: &F) -> usize
    where
        F: Fn(Job) -> R,
        R: Future<Output = Result<(), JobError>>,
    {
        let mut jobs = 0;
        while let Some(leased) = self.claim(queue).await.expect("jobs can be taken") {
            self.handle(&leased, handler)
                .await
                .expect("a job's end can be kept");
            jobs += 1;
        }
        jobs
    }

    async fn work<F, R>(&self, queue: &str, handler: &F, shutdown: &CancellationToken)
    where
        F: Fn(Job) -> R,
        R: Future<Output = Result<(), JobError>>,
    {
        let mut enqueued = self.db.hub().jobs();
        let mut troubles = 0;
        while !shutdown.is_cancelled() {
            enqueued.mark_unchanged();
            let sleep = match self.take_turn(queue, handler).await {
                Ok(sleep) => {
                    troubles = 0;
                    sleep
                }
                Err(error) => {
                    tracing::warn!(queue, %error, "jobs cannot be taken; trying again");
                    troubles += 1;
                    super::backoff::delay(troubles, &self.entropy).min(Duration::from_secs(30))
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(sleep) => {}
                _ = enqueued.changed() => {}
            }
        }
    }

    /// Does one job if one is due, and says how long to sleep then.
    async fn take_turn<F, R>(&self, queue: &str, handler: &F) -> Result<Duration, Error>
    where
        F: Fn(Job) -> R,
        R: Future<Output = Result<(), JobError>>,
    {
        let now = self.clock.now();
        match self.next_due(queue).await? {
            None => return Ok(LONGEST_SLEEP),
            Some(due) if due > now => return Ok(due.saturating_since(now).min(LONGEST_SLEEP)),
            Some(_) => {}
        }
        match self.claim(queue).await? {
            Some(leased) => {
                self.handle(&leased, handler).await?;
                Ok(Duration::ZERO)
            }
            // Due, but another worker has it, or one with its key is running.
            None => Ok(Duration::from_millis(200)),
        }
    }

    async fn handle<F, R>(&self, leased: &Leased, handler: &F) -> Result<(), Error>
    where
        F: Fn(Job) -> R,
        R: Future<Output = Result<(), JobError>>,
    {
        let running = AssertUnwindSafe(async { handler(leased.job.clone()).await }).catch_unwind();
        let outcome = tokio::select! {
            outcome = running => outcome,
            // Another worker has it now: whatever we would write down is refused.
            () = self.keep(leased) => return Ok(()),
        };
        let outcome = outcome.unwrap_or_else(|_| {
            let reason = "the handler panicked; its message is in the log".to_owned();
            Err(JobError::Retry {
                after: None,
                reason,
            })
        });
        self.settle(leased, outcome).await
    }

    /// Renews the lease while the handler runs. Returns when the job is ours no more.
    async fn keep(&self, leased: &Leased) {
        loop {
            tokio::time::sleep(LEASE / 3).await;
            match self.renew(leased).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "a job's lease was not renewed"),
            }
        }
    }
}
