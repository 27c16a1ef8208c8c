//! SQLite or PostgreSQL behind one [`Database`], secrets at rest, durable jobs, the revision feed.
//!
//! One SQL text serves both databases: `$1` placeholders, `TEXT`, `BIGINT` (milliseconds for times)
//! and `BOOLEAN` columns, JSON as `TEXT`. `ON CONFLICT` and `RETURNING` work on both. `LIKE` tells
//! upper from lower case on both; give it an escape character (`ESCAPE '\'`) and [`escape_like`]
//! what a person typed. Constraints are never `DEFERRABLE`: SQLite would learn of the violation
//! only when the whole group of transactions commits.
//!
//! ```
//! use storage::{Config, Database, Error, Migrations, params};
//!
//! const MIGRATIONS: Migrations = Migrations {
//!     component: "example",
//!     steps: &["CREATE TABLE pet (id TEXT PRIMARY KEY, name TEXT NOT NULL, chipped BOOLEAN NOT NULL)"],
//! };
//!
//! async fn adopt(path: std::path::PathBuf) -> Result<String, Error> {
//!     let db = Database::open(&Config::Sqlite { path }, &[MIGRATIONS]).await?;
//!     let mut tx = db.begin().await?;
//!     let sql = "INSERT INTO pet (id, name, chipped) VALUES ($1, $2, $3)";
//!     tx.execute(sql, params!["p1", "Ada", true]).await?;
//!     tx.record_change("pet", "p1").await?;
//!     tx.commit().await?;
//!     db.query_one("SELECT name FROM pet WHERE id = $1", params!["p1"]).await?.get("name")
//! }
//! # let directory = tempfile::tempdir().expect("a directory");
//! # let runtime = tokio::runtime::Runtime::new().expect("a runtime");
//! # let name = runtime.block_on(adopt(directory.path().join("pets.db")));
//! # assert_eq!(name, Ok("Ada".to_owned()));
//! ```
//!
//! No network call belongs inside a [`Tx`]: it holds SQLite's only writer, or row locks.

mod config;
mod database;
mod error;
mod feed;
mod migrate;
pub mod outbox;
mod postgres;
mod row;
pub mod seal;
mod signal;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod totals;
mod transaction;
mod value;

pub use config::{Config, Limits};
pub use database::{Database, Dialect};
pub use error::Error;
pub use feed::{Change, Feed};
pub use migrate::Migrations;
pub use row::{FromValue, Row};
pub use transaction::Tx;
pub use value::{Bind, Json, Kind, Value, escape_like};
