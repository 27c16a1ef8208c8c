//! What every part of this crate promises, on both databases.
#![expect(
    clippy::unwrap_used,
    reason = "what a test calls panics as the test itself does"
)]

mod faults;
mod feed;
mod limits;
mod migrations;
mod outbox;
mod recovery;
mod rotation;
mod sequences;
mod statements;
mod transactions;

use storage::Migrations;

/// A little shop, so that the tests have something to write.
const SHOP: Migrations = Migrations {
    component: "shop",
    steps: &[
        "CREATE TABLE shelf (id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT);
         CREATE UNIQUE INDEX shelf_name ON shelf (lower(name));
         CREATE TABLE item (
             id TEXT PRIMARY KEY,
             shelf TEXT NOT NULL REFERENCES shelf (id),
             place BIGINT,
             fresh BOOLEAN NOT NULL DEFAULT TRUE,
             UNIQUE (shelf, place)
         )",
    ],
};
