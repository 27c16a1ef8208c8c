//! SQLite's errors by kind.

use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::Error;

/// An error of a statement.
pub(super) fn of_statement(error: &rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            of_code(failure, message.as_deref().unwrap_or_default())
        }
        // Its text would repeat the SQL.
        rusqlite::Error::SqlInputError { error, msg, .. } => of_code(error, msg),
        rusqlite::Error::InvalidColumnType(_, name, kind) => Error::Corrupt(format!(
            "column `{name}` holds {kind}, which is neither text nor a whole number"
        )),
        other => Error::Other(other.to_string()),
    }
}

fn of_code(failure: &ffi::Error, message: &str) -> Error {
    match (failure.code, failure.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Error::Unique {
            constraint: unique_columns(message),
        },
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Error::ForeignKey,
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::Busy,
        (ErrorCode::DiskFull, _) => Error::Unavailable(
            "the disk with the database is full: free some space; nothing was lost".into(),
        ),
        (ErrorCode::ReadOnly, _) => Error::Unavailable(
            "the database file cannot be written: give this user write access to it and its directory"
                .into(),
        ),
        (ErrorCode::SystemIoFailure | ErrorCode::CannotOpen, _) => Error::Unavailable(format!(
            "the disk failed while the database was used ({message}): check the disk and the system's log"
        )),
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Error::Corrupt(format!(
            "the database file is damaged ({message}): restore a backup"
        )),
        _ => Error::Other(message.to_owned()),
    }
}

/// `UNIQUE constraint failed: t.a, t.b` or `UNIQUE constraint failed: index 'name'`.
fn unique_columns(message: &str) -> String {
    let text = message
        .split_once(": ")
        .map_or(message, |(_, columns)| columns);
    let index = text
        .strip_prefix("index '")
        .and_then(|name| name.strip_suffix('\''));
    index.unwrap_or(text).to_owned()
}

/// An error of opening the file.
pub(super) fn of_opening(path: &Path, error: &rusqlite::Error) -> Error {
    let path = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Error::Unavailable(format!(
            "cannot open the database {path}: give this user read and write access to the file and its \
             directory, or choose another data directory"
        )),
        Some(ErrorCode::ReadOnly) => Error::Unavailable(format!(
            "cannot write the database {path}: give this user write access to the file and its directory"
        )),
        Some(ErrorCode::NotADatabase) => Error::Corrupt(format!(
            "{path} is not a SQLite database: choose another data directory, or move the file away"
        )),
        _ => of_statement(error),
    }
}
