//! Opening the file.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault;
use crate::migrate::{self, Applied};
use crate::{Error, Limits, Migrations};

/// How many prepared statements one connection keeps.
const STATEMENTS: usize = 256;

/// Opens the file for writing, making it and its directory if they are missing.
pub(super) fn open_writer(path: &Path, limits: Limits) -> Result<Connection, Error> {
    make(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags, limits).map_err(|error| fault::of_opening(path, &error))
}

/// Opens the file for reading alone.
pub(super) fn open_reader(path: &Path, limits: Limits) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags, limits).map_err(|error| fault::of_opening(path, &error))
}

fn open(path: &Path, flags: OpenFlags, limits: Limits) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(limits.wait)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        // Readers never wait for the writer, and a commit is one append and one sync.
        connection.pragma_update(None, "journal_mode", "wal")?;
        // FULL: the log is synced before a commit is acknowledged.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    }
    // As in PostgreSQL.
    connection.pragma_update(None, "case_sensitive_like", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Makes an empty file that its owner alone can read: it holds password hashes and sealed secrets.
fn make(path: &Path) -> Result<(), Error> {
    if let Some(directory) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(|error| {
            Error::Unavailable(format!(
                "cannot make the directory {} for the database ({error}): choose another data directory, \
                 or give this user write access",
                directory.display()
            ))
        })?;
    }
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| {
        Error::Unavailable(format!(
            "cannot write the database {} ({error}): give this user write access to the file and its \
             directory, or choose another data directory",
            path.display()
        ))
    })
}

/// Forgets what was once counted of the tables, which an earlier version did when it stopped. Plans that were
/// right for the few rows of that moment stay in force while there come to be millions; without such numbers
/// SQLite takes every table for a large one, and an index for what it is.
pub(super) fn forget_statistics(connection: &Connection) -> Result<(), Error> {
    let fault = |error: rusqlite::Error| fault::of_statement(&error);
    for table in ["sqlite_stat1", "sqlite_stat4"] {
        let sql = format!("DROP TABLE IF EXISTS {table}");
        connection.execute_batch(&sql).map_err(fault)?;
    }
    Ok(())
}

/// Brings the schema up to date; another process that does so too waits here.
pub(super) fn migrate(connection: &mut Connection, migrations: &[Migrations]) -> Result<(), Error> {
    let fault = |error: rusqlite::Error| fault::of_statement(&error);
    // SQLite changes a table by building a new one; references are checked before the commit instead.
    connection
        .pragma_update(None, "foreign_keys", false)
        .map_err(fault)?;
    loop {
        let tx = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(fault)?;
        tx.execute_batch(migrate::TABLE).map_err(fault)?;
        let Some(step) = migrate::pending(&applied(&tx).map_err(fault)?, migrations)?
            .into_iter()
            .next()
        else {
            tx.commit().map_err(fault)?;
            break;
        };
        tx.execute_batch(&migrate::statements(step.sql, "sqlite"))
            .map_err(|error| step.failed(fault(error)))?;
        let dangling = tx
            .prepare("PRAGMA foreign_key_check")
            .and_then(|mut check| check.exists([]))
            .map_err(fault)?;
        if dangling {
            return Err(step.failed(Error::ForeignKey));
        }
        tx.execute(
            migrate::RECORD,
            (step.component, step.version, &step.checksum),
        )
        .and_then(|_| tx.commit())
        .map_err(|error| step.failed(fault(error)))?;
        tracing::info!(step.component, step.version, "schema upgraded");
    }
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(fault)
}

fn applied(connection: &Connection) -> Result<Vec<Applied>, rusqlite::Error> {
    connection
        .prepare(migrate::APPLIED)?
        .query_map([], |row| {
            Ok(Applied {
                component: row.get(0)?,
                version: row.get(1)?,
                checksum: row.get(2)?,
            })
        })?
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{forget_statistics, open_writer};
    use crate::Limits;

    #[test]
    fn numbers_that_were_counted_once_decide_no_plan() {
        let directory = tempfile::tempdir().unwrap();
        let connection = open_writer(&directory.path().join("a.db"), Limits::default()).unwrap();
        let made =
            "CREATE TABLE a (x); CREATE INDEX a_x ON a (x); INSERT INTO a VALUES (1); ANALYZE";
        connection.execute_batch(made).unwrap();
        let has_any = || {
            let sql = "SELECT COUNT(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'";
            connection
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .unwrap()
                > 0
        };
        assert!(has_any());
        forget_statistics(&connection).unwrap();
        assert!(!has_any());
        forget_statistics(&connection).unwrap();
    }
}
