//! Group commit: transactions that end together share one durable commit.

use std::time::Instant;

use rusqlite::Connection;

use super::{Reply, fault};
use crate::signal::{Hub, Signals};
use crate::{Error, Limits};

/// An outer transaction with the finished ones in it.
#[derive(Debug)]
pub(super) struct Group {
    started: Instant,
    done: Vec<Done>,
}

/// A caller that waits for the group to be durable.
#[derive(Debug)]
pub(super) enum Done {
    Committed { signals: Signals, reply: Reply<()> },
    Applied { affected: u64, reply: Reply<u64> },
}

impl Group {
    pub(super) fn begin(connection: &Connection) -> Result<Self, Error> {
        run(connection, "BEGIN IMMEDIATE")?;
        Ok(Self {
            started: Instant::now(),
            done: Vec::new(),
        })
    }

    pub(super) fn add(&mut self, done: Done) {
        self.done.push(done);
    }

    /// Whether those who wait have waited for others long enough.
    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        !self.done.is_empty()
            && (self.done.len() >= limits.group || self.started.elapsed() >= limits.group_wait)
    }

    /// Makes it durable and tells everybody.
    pub(super) fn commit(self, connection: &Connection, hub: &Hub) {
        match run(connection, "COMMIT") {
            Ok(()) => {
                for done in self.done {
                    match done {
                        Done::Committed { signals, reply } => {
                            hub.committed(signals);
                            let _ = reply.send(Ok(()));
                        }
                        Done::Applied { affected, reply } => {
                            let _ = reply.send(Ok(affected));
                        }
                    }
                }
            }
            Err(error) => {
                if !connection.is_autocommit()
                    && let Err(error) = run(connection, "ROLLBACK")
                {
                    tracing::error!(%error, "a failed commit could not be rolled back");
                }
                self.fail(&error);
            }
        }
    }

    /// Tells everybody that nothing was kept.
    pub(super) fn fail(self, error: &Error) {
        tracing::error!(%error, transactions = self.done.len(), "a commit failed");
        for done in self.done {
            match done {
                Done::Committed { reply, .. } => drop(reply.send(Err(error.clone()))),
                Done::Applied { reply, .. } => drop(reply.send(Err(error.clone()))),
            }
        }
    }
}

pub(super) fn run(connection: &Connection, sql: &str) -> Result<(), Error> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute())
        .map(drop)
        .map_err(|error| fault::of_statement(&error))
}
