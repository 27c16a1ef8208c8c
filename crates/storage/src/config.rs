//! Where the database is, and how long it may take.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Which database to open.
#[derive(Clone, Debug)]
pub enum Config {
    /// A file, made with its directory if it is missing.
    Sqlite {
        /// The file. `-wal` and `-shm` files stand beside it while it is open.
        path: PathBuf,
    },
    /// A PostgreSQL server, version 13 or newer.
    Postgres {
        /// `postgres://user:password@host:5432/database?sslmode=verify-full`.
        url: SecretString,
        /// How many connections this process may keep; one more listens for notifications.
        max_connections: u32,
    },
}

/// Bounds that nobody needs to set, except tests.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long one transaction may be kept open.
    pub transaction: Duration,
    /// How long to wait for a lock or a connection.
    pub wait: Duration,
    /// How often the feed's revision is read in case a wake-up was lost or another process wrote.
    pub poll: Duration,
    /// How many transactions may share one durable commit of SQLite.
    pub group: usize,
    /// How long the first of them may wait for the others.
    pub group_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            transaction: Duration::from_secs(10),
            wait: Duration::from_secs(10),
            poll: Duration::from_secs(2),
            group: 128,
            group_wait: Duration::from_millis(4),
        }
    }
}
