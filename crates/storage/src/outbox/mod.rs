//! Durable jobs: what must happen after a commit, at a mail server or an identity provider.
//!
//! A job is written in the transaction that makes it necessary ([`Tx::enqueue`](crate::Tx::enqueue))
//! and runs at least once after that commits: its work must bear being done twice. While one with the
//! same queue and key waits, a new one takes its place; while one runs, the new one waits for it.

mod backoff;
mod job;
mod lease;
mod worker;

use std::collections::HashMap;

use oauth::{Clock, Entropy, Timestamp};

use crate::seal::SealedColumn;
use crate::{Database, Error, Row, params};
pub use job::{DeadJob, Job, JobError, NewJob, Trouble};

/// Where jobs keep what they seal in their payloads, for [`Sealer::rewrap_all`](crate::seal::Sealer::rewrap_all).
pub const PAYLOADS: SealedColumn = SealedColumn {
    table: "storage_job",
    key: "id",
    column: "payload",
};

/// The jobs of a database, for those who run them and those who look after them.
#[derive(Clone, Debug)]
pub struct Outbox {
    db: Database,
    clock: Clock,
    entropy: Entropy,
}

impl Outbox {
    /// The jobs of `db`.
    #[must_use]
    pub const fn new(db: Database, clock: Clock, entropy: Entropy) -> Self {
        Self { db, clock, entropy }
    }

    /// How many jobs of a queue wait or run.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    pub async fn waiting(&self, queue: &str) -> Result<i64, Error> {
        let sql = "SELECT COUNT(*) AS jobs FROM storage_job \
                   WHERE queue = $1 AND state IN ('pending', 'running')";
        self.db.query_one(sql, params![queue]).await?.get("jobs")
    }

    /// The jobs that were given up, of every queue, the oldest first.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    pub async fn dead(&self, limit: u32) -> Result<Vec<DeadJob>, Error> {
        let sql = "SELECT id, queue, key, due, attempts, reason FROM storage_job \
                   WHERE state = 'dead' ORDER BY due, id LIMIT $1";
        let rows = self.db.query(sql, params![limit]).await?;
        rows.iter().map(dead).collect()
    }

    /// Why jobs of a queue are not done, by their keys.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    pub async fn troubles(&self, queue: &str) -> Result<HashMap<String, Trouble>, Error> {
        let sql = "SELECT key, due, attempts, reason, state FROM storage_job \
                   WHERE queue = $1 AND reason IS NOT NULL ORDER BY due";
        let rows = self.db.query(sql, params![queue]).await?;
        let trouble = |row: &Row| {
            let (due, state): (Timestamp, String) = (row.get("due")?, row.get("state")?);
            let trouble = Trouble {
                reason: row.get("reason")?,
                attempts: row.get("attempts")?,
                next: (state != "dead").then_some(due),
            };
            Ok((row.get("key")?, trouble))
        };
        rows.iter().map(trouble).collect()
    }

    /// Lets a job that was given up run again, now. If a newer one with its key waits, that one is
    /// enough and the old one goes.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no such job was given up.
    pub async fn retry(&self, id: &str) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let sql = "UPDATE storage_job SET state = 'pending', attempts = 0, due = $2 \
                   WHERE id = $1 AND state = 'dead' AND NOT EXISTS (SELECT 1 FROM storage_job AS newer \
                   WHERE newer.queue = storage_job.queue AND newer.key = storage_job.key \
                   AND newer.state = 'pending')";
        if tx.execute(sql, params![id, self.clock.now()]).await? == 0 {
            let sql = "DELETE FROM storage_job WHERE id = $1 AND state = 'dead'";
            if tx.execute(sql, params![id]).await? == 0 {
                return Err(Error::NotFound);
            }
        }
        tx.wake_workers();
        tx.commit().await
    }

    /// Forgets a job that was given up.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no such job was given up.
    pub async fn discard(&self, id: &str) -> Result<(), Error> {
        let sql = "DELETE FROM storage_job WHERE id = $1 AND state = 'dead'";
        match self.db.execute(sql, params![id]).await? {
            0 => Err(Error::NotFound),
            _ => Ok(()),
        }
    }
}

fn dead(row: &Row) -> Result<DeadJob, Error> {
    Ok(DeadJob {
        id: row.get("id")?,
        queue: row.get("queue")?,
        key: row.get("key")?,
        since: row.get("due")?,
        attempts: row.get("attempts")?,
        reason: row.get::<Option<String>>("reason")?.unwrap_or_default(),
    })
}
