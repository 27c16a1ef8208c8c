//! Taking a job so that nobody else does, and giving it back.

use std::time::Duration;

use oauth::Timestamp;

use super::backoff::{self, ATTEMPTS};
use super::{Job, JobError, Outbox};
use crate::{Dialect, Error, Json, params};

/// How long a job stays taken if whoever took it is not heard of again.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A job that is ours for a while.
#[derive(Clone, Debug)]
pub(super) struct Leased {
    pub(super) job: Job,
    id: String,
    lease: String,
}

impl Outbox {
    /// When something is to be done next in a queue, if ever.
    pub(super) async fn next_due(&self, queue: &str) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT MIN(CASE WHEN state = 'pending' THEN due ELSE leased_until END) AS next \
                   FROM storage_job WHERE queue = $1 AND state IN ('pending', 'running')";
        self.db.query_one(sql, params![queue]).await?.get("next")
    }

    /// Takes the job that has been due for longest.
    pub(super) async fn claim(&self, queue: &str) -> Result<Option<Leased>, Error> {
        let now = self.clock.now();
        let lease = self.entropy.hex(32);
        // The one spot where the databases differ: SQLite has one writer, PostgreSQL must pass over
        // what another worker is taking at this moment.
        let skip = match self.db.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        };
        let claim = format!(
            "UPDATE storage_job SET state = 'running', attempts = attempts + 1, lease = $1, \
             leased_until = $2 WHERE id = (SELECT job.id FROM storage_job AS job WHERE job.queue = $3 \
             AND job.state = 'pending' AND job.due <= $4 AND NOT EXISTS (SELECT 1 FROM storage_job AS other \
             WHERE other.queue = job.queue AND other.key = job.key AND other.state = 'running') \
             ORDER BY job.due, job.id LIMIT 1 {skip}) RETURNING id, key, payload, attempts"
        );
        let mut tx = self.db.begin().await?;
        // Whoever had these is gone. A newer job with the same key does their work.
        let superseded = "DELETE FROM storage_job WHERE queue = $1 AND state = 'running' \
             AND leased_until <= $2 AND EXISTS (SELECT 1 FROM storage_job AS newer \
             WHERE newer.queue = $1 AND newer.key = storage_job.key AND newer.state = 'pending')";
        tx.execute(superseded, params![queue, now]).await?;
        let abandoned = "UPDATE storage_job SET state = 'pending', lease = NULL, leased_until = NULL \
             WHERE queue = $1 AND state = 'running' AND leased_until <= $2";
        tx.execute(abandoned, params![queue, now]).await?;
        let row = tx
            .query_optional(&claim, params![&lease, now + LEASE, queue, now])
            .await?;
        tx.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let Json(payload) = row.get("payload")?;
        Ok(Some(Leased {
            job: Job {
                queue: queue.to_owned(),
                key: row.get("key")?,
                payload,
                attempt: row.get("attempts")?,
            },
            id: row.get("id")?,
            lease,
        }))
    }

    /// Keeps the job for longer. Gives whether it is still ours.
    pub(super) async fn renew(&self, leased: &Leased) -> Result<bool, Error> {
        let sql = "UPDATE storage_job SET leased_until = $3 WHERE id = $1 AND lease = $2";
        let until = self.clock.now() + LEASE;
        Ok(self
            .db
            .execute(sql, params![&leased.id, &leased.lease, until])
            .await?
            == 1)
    }

    /// Writes down how it went.
    pub(super) async fn settle(
        &self,
        leased: &Leased,
        outcome: Result<(), JobError>,
    ) -> Result<(), Error> {
        let Job {
            queue,
            key,
            attempt,
            ..
        } = &leased.job;
        match outcome {
            Ok(()) => self.remove(leased).await,
            Err(JobError::Retry { after, reason }) if *attempt < ATTEMPTS => {
                tracing::warn!(queue, key, attempt, reason, "job failed; it will run again");
                self.put_back(leased, after, &reason).await
            }
            Err(JobError::Retry { reason, .. } | JobError::Permanent { reason }) => {
                tracing::error!(queue, key, attempt, reason, "job failed and was given up");
                let sql = "UPDATE storage_job SET state = 'dead', reason = $3, due = $4, lease = NULL, \
                           leased_until = NULL WHERE id = $1 AND lease = $2";
                let params = params![&leased.id, &leased.lease, reason, self.clock.now()];
                self.db.execute(sql, params).await.map(drop)
            }
        }
    }

    async fn put_back(
        &self,
        leased: &Leased,
        after: Option<Duration>,
        reason: &str,
    ) -> Result<(), Error> {
        let delay = after.unwrap_or_else(|| backoff::delay(leased.job.attempt, &self.entropy));
        let due = self.clock.now() + delay.max(Duration::from_millis(1));
        let sql = "UPDATE storage_job SET state = 'pending', reason = $3, due = $4, lease = NULL, \
                   leased_until = NULL WHERE id = $1 AND lease = $2 AND NOT EXISTS (SELECT 1 \
                   FROM storage_job AS newer WHERE newer.queue = storage_job.queue \
                   AND newer.key = storage_job.key AND newer.state = 'pending')";
        let params = params![&leased.id, &leased.lease, reason, due];
        match self.db.execute(sql, params).await {
            // A newer job with the same key was enqueued meanwhile, perhaps at this very moment.
            Ok(0) | Err(Error::Unique { .. }) => self.remove(leased).await,
            outcome => outcome.map(drop),
        }
    }

    async fn remove(&self, leased: &Leased) -> Result<(), Error> {
        let sql = "DELETE FROM storage_job WHERE id = $1 AND lease = $2";
        self.db
            .execute(sql, params![&leased.id, &leased.lease])
            .await
            .map(drop)
    }
}
