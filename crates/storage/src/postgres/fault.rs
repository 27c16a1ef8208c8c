//! PostgreSQL's errors by kind.

use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

use super::connect::Server;
use crate::Error;

pub(super) fn of(server: &Server, error: &sqlx::Error) -> Error {
    let address = server.address();
    match error {
        sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
            Some(database) => of_state(server, database),
            None => Error::Other(database.message().to_owned()),
        },
        sqlx::Error::Io(error) => Error::Unavailable(format!(
            "cannot reach PostgreSQL at {address} ({error}): check that it runs and accepts connections \
             from here"
        )),
        sqlx::Error::Tls(error) => Error::Unavailable(format!(
            "PostgreSQL at {address} and this program found no common TLS ({error}): check sslmode and \
             sslrootcert in the database URL"
        )),
        sqlx::Error::PoolTimedOut => Error::Busy,
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Error::Unavailable("the database is closed".into())
        }
        sqlx::Error::Protocol(text) => Error::Unavailable(format!(
            "the connection to PostgreSQL at {address} broke ({text}); try again"
        )),
        other => Error::Other(other.to_string()),
    }
}

/// PostgreSQL Appendix A, "PostgreSQL Error Codes".
fn of_state(server: &Server, error: &PgDatabaseError) -> Error {
    let (address, database, user) = (server.address(), server.database(), server.user());
    let unavailable = |next: &str| {
        Error::Unavailable(format!(
            "PostgreSQL at {address}: {}: {next}",
            error.message()
        ))
    };
    match error.code() {
        "23505" => Error::Unique {
            constraint: unique_columns(error),
        },
        "23503" | "23001" => Error::ForeignKey,
        "40001" | "40P01" | "55P03" => Error::Busy,
        "53300" => unavailable("raise max_connections there, or lower it here"),
        "53100" | "53200" => unavailable("free some space or memory there"),
        "3D000" => Error::Unavailable(format!(
            "PostgreSQL at {address} has no database \"{database}\": create it (createdb {database}), \
             or correct the database URL"
        )),
        "28P01" | "28000" => Error::Unavailable(format!(
            "PostgreSQL at {address} refused the user \"{user}\": correct the user and the password in \
             the database URL, or pg_hba.conf there"
        )),
        "42501" => unavailable("grant this user the right to create tables in the database"),
        "57P01" | "57P02" | "57P03" | "57P05" => unavailable("try again when it is up"),
        "25006" => unavailable("point the database URL at the primary, not at a replica"),
        "XX001" | "XX002" => Error::Corrupt(format!(
            "PostgreSQL at {address}: {}: restore a backup",
            error.message()
        )),
        _ => match error.position() {
            Some(PgErrorPosition::Original(at)) => Error::Other(format!(
                "{} (at character {at} of the statement)",
                error.message()
            )),
            _ => Error::Other(error.message().to_owned()),
        },
    }
}

/// As SQLite names it: the columns with their table, or the index if it is over an expression.
fn unique_columns(error: &PgDatabaseError) -> String {
    let name = error.constraint().unwrap_or_default().to_owned();
    // `Key (a, b)=(1, 2) already exists.`, in the server's language; the values are not ours to tell.
    let columns = error
        .detail()
        .and_then(|detail| detail.split_once('('))
        .and_then(|(_, rest)| rest.split_once(")=("))
        .map(|(columns, _)| columns);
    match (error.table(), columns) {
        (Some(table), Some(columns)) if !columns.contains('(') => columns
            .split(", ")
            .map(|column| format!("{table}.{}", column.trim_matches('"')))
            .collect::<Vec<_>>()
            .join(", "),
        _ => name,
    }
}
