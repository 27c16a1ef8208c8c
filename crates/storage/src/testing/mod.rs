//! Fresh databases for tests: a SQLite file, and a database on a PostgreSQL server that all test
//! processes of a user share.
//!
//! The server is started by the first that needs one and stops by itself a minute after the last. Set `GATEHOUSE_TEST_POSTGRES` to the URL of a server, with a user that may create
//! databases, to use that one instead.

mod admin;
mod server;

use tempfile::TempDir;

use crate::{Config, Database, Limits, Migrations};

/// An empty database of one kind, with its schema. Removed when it is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// `sqlite` or `postgres`, for the message of a failing assertion.
    pub name: &'static str,
    /// The open database.
    pub db: Database,
    /// To open it once more, as another node would.
    pub config: Config,
    _keep: Keep,
}

#[derive(Debug)]
enum Keep {
    File { _directory: TempDir },
    Server { _database: admin::Fresh },
}

/// One fresh database of each kind. A test loops over them.
///
/// # Panics
/// If there is no PostgreSQL to start: the message says how to install it. Tests are never skipped.
pub async fn databases(migrations: &[Migrations]) -> Vec<TestDatabase> {
    vec![sqlite(migrations).await, postgres(migrations).await]
}

/// A fresh SQLite database, for tests that have nothing to do with SQL.
///
/// # Panics
/// If the file cannot be made.
pub async fn sqlite(migrations: &[Migrations]) -> TestDatabase {
    sqlite_with(migrations, Limits::default()).await
}

/// A fresh SQLite database with other bounds.
///
/// # Panics
/// If the file cannot be made.
pub async fn sqlite_with(migrations: &[Migrations], limits: Limits) -> TestDatabase {
    let directory = TempDir::with_prefix("gatehouse-test-").expect("a temporary directory");
    let path = directory.path().join("gatehouse.db");
    let keep = Keep::File {
        _directory: directory,
    };
    open("sqlite", Config::Sqlite { path }, migrations, limits, keep).await
}

/// A fresh PostgreSQL database.
///
/// # Panics
/// If there is no server to use or to start.
pub async fn postgres(migrations: &[Migrations]) -> TestDatabase {
    postgres_with(migrations, Limits::default()).await
}

/// A fresh PostgreSQL database with other bounds.
///
/// # Panics
/// If there is no server to use or to start.
pub async fn postgres_with(migrations: &[Migrations], limits: Limits) -> TestDatabase {
    let database = admin::create().await;
    let url = database.url().into();
    let config = Config::Postgres {
        url,
        max_connections: 4,
    };
    let keep = Keep::Server {
        _database: database,
    };
    open("postgres", config, migrations, limits, keep).await
}

async fn open(
    name: &'static str,
    config: Config,
    migrations: &[Migrations],
    limits: Limits,
    keep: Keep,
) -> TestDatabase {
    let opened = Database::open_with(&config, migrations, limits).await;
    let db = opened.unwrap_or_else(|error| panic!("{name}: {error}"));
    TestDatabase {
        name,
        db,
        config,
        _keep: keep,
    }
}
