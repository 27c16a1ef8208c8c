//! SQLite or PostgreSQL behind one [`Database`], secrets at rest, durable jobs, the revision feed.
//!
//! One SQL text serves both databases: `$1` placeholders, `TEXT`, `BIGINT` (milliseconds for times)
//! and `BOOLEAN` columns, JSON as `TEXT`. `ON CONFLICT` and `RETURNING` work on both. `LIKE` tells
//! upper from lower case on both; give it an escape character (`ESCAPE '\'`) and [`escape_like`]
//! what a person typed. Constraints are never `DEFERRABLE`: SQLite would learn of the violation
//! only when the whole group of transactions commits.
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
