//! A job from its writing to its end.

use std::time::Duration;

use oauth::Timestamp;

use crate::{Database, Dialect, Error, Tx, params};

/// A job to be done after the transaction commits.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Which handler does it.
    pub queue: &'a str,
    /// What it is about. A job with the same queue and key that still waits is replaced.
    pub key: &'a str,
    /// What the handler needs to know. Never a secret in the clear: seal it.
    pub payload: serde_json::Value,
    /// Not before this moment.
    pub due: Timestamp,
}

/// A job in the hands of its handler.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its queue.
    pub queue: String,
    /// What it is about.
    pub key: String,
    /// What was written.
    pub payload: serde_json::Value,
    /// 1 for the first run.
    pub attempt: u32,
}

/// A job that was given up, kept to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    /// For [`Outbox::retry`](super::Outbox::retry) and [`Outbox::discard`](super::Outbox::discard).
    pub id: String,
    /// Its queue.
    pub queue: String,
    /// What it is about.
    pub key: String,
    /// When it was given up.
    pub since: Timestamp,
    /// How often it ran.
    pub attempts: u32,
    /// What the handler said last.
    pub reason: String,
}

/// A job that went wrong and is tried again, or was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What the handler said last.
    pub reason: String,
    /// How often it ran.
    pub attempts: u32,
    /// When it is tried again; `None` if it was given up.
    pub next: Option<Timestamp>,
}

/// Why a job was not done. The reason is shown to administrators: no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may work later.
    #[error("{reason}")]
    Retry {
        /// Not before this much time has passed (`Retry-After`); otherwise after a growing delay.
        after: Option<Duration>,
        /// What went wrong.
        reason: String,
    },
    /// It will never work.
    #[error("{reason}")]
    Permanent {
        /// What went wrong, and what somebody should do.
        reason: String,
    },
}

impl From<Error> for JobError {
    /// The database's own troubles pass.
    fn from(error: Error) -> Self {
        Self::Retry {
            after: None,
            reason: error.to_string(),
        }
    }
}

impl Tx {
    /// Writes a job that runs after this transaction commits; workers wake then.
    ///
    /// # Errors
    /// Those of [`Tx::execute`].
    pub async fn enqueue(&mut self, job: NewJob<'_>) -> Result<(), Error> {
        let sql = format!(
            "INSERT INTO storage_job (id, queue, key, payload, state, due, attempts) \
             VALUES ({}, $1, $2, $3, 'pending', $4, 0) \
             ON CONFLICT (queue, key) WHERE state = 'pending' \
             DO UPDATE SET payload = excluded.payload, due = excluded.due, attempts = 0, reason = NULL",
            random_id(self.database())
        );
        let params = params![job.queue, job.key, job.payload, job.due];
        self.execute(&sql, params).await?;
        self.wake_workers();
        Ok(())
    }
}

/// The identifier only has to be unique: the database makes it, each in its own words.
fn random_id(db: &Database) -> &'static str {
    match db.dialect() {
        Dialect::Sqlite => "lower(hex(randomblob(16)))",
        Dialect::Postgres => "replace(gen_random_uuid()::text, '-', '')",
    }
}
