//! What can go wrong with a database, by kind.

/// Why the database did not do what it was asked.
///
/// The texts say what to do next. They hold no SQL, no stored value and no password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A row with the same key exists.
    ///
    /// Inside a transaction nothing further can be done: drop it.
    #[error("an entry with the same {constraint} exists already")]
    Unique {
        /// The columns, `table.column` separated by `, `; the index's name if it is over an expression.
        /// The same text on both databases, unless a row violates several constraints at once.
        constraint: String,
    },
    /// A row refers to one that does not exist, or one that others refer to was to be removed.
    #[error("an entry this one refers to does not exist, or others still refer to it")]
    ForeignKey,
    /// No row matches.
    #[error("no such entry")]
    NotFound,
    /// The lock or the connection was not free in time, or PostgreSQL broke a deadlock.
    #[error("the database is busy; try again")]
    Busy,
    /// The transaction was kept open longer than [`Limits::transaction`](crate::Limits::transaction)
    /// and was rolled back.
    #[error(
        "the transaction was kept open longer than {seconds} s and was rolled back; \
         commit sooner, and wait for nothing else while it is open"
    )]
    HeldTooLong {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The database cannot be reached, opened or written.
    #[error("{0}")]
    Unavailable(String),
    /// A newer version of this program has changed the schema.
    #[error(
        "the schema of `{component}` is at version {found}, this program knows versions up to {known}: \
         start the newer program that upgraded it, or restore the backup made before the upgrade"
    )]
    NewerSchema {
        /// The component whose schema it is.
        component: String,
        /// The database's version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// Changes after the asked revision are gone from the feed: take the whole state instead.
    #[error("the feed starts after revision {oldest}; take the whole state and follow from there")]
    Pruned {
        /// The oldest revision from which the feed can be followed.
        oldest: i64,
    },
    /// Text with a NUL character, which PostgreSQL cannot hold.
    #[error("text must not hold the NUL character (U+0000)")]
    NulInText,
    /// What is stored is damaged or was changed by hand.
    #[error("{0}")]
    Corrupt(String),
    /// A mistake in a statement, or something no caller can settle.
    #[error("{0}")]
    Other(String),
}
