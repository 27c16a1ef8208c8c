//! What `q=` asks for: the part of Lucene's query language that the vendor documents.
//!
//! `email:"jane@example.com" AND -blocked:true`, `name:jane*`, `logins_count:[100 TO *]`,
//! `_exists_:phone_number`, `user_metadata.team:(red OR blue)`. Terms without an operator between
//! them are alternatives, as Lucene has it; `+` asks for one and `-` excludes it.
//!
//! Source: the vendor's "User Search Query Syntax".

mod parse;

pub(crate) use parse::parse;

/// What entries must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// Everything (`*:*`).
    All,
    /// Each of these.
    And(Vec<Search>),
    /// One of these.
    Or(Vec<Search>),
    /// Not this.
    Not(Box<Search>),
    /// A field's value; without a field, any of the usual ones.
    Term { field: Option<String>, test: Test },
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// This text.
    Is(String),
    /// Text of this shape.
    Like(Vec<Piece>),
    /// In a range.
    Between {
        low: Option<Bound>,
        high: Option<Bound>,
    },
    /// There at all.
    Exists,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// These characters.
    Text(String),
    /// `*`: any characters, or none.
    Any,
    /// `?`: one character.
    One,
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) value: String,
    /// Whether the value itself is in the range.
    pub(crate) inclusive: bool,
}

/// Why a query cannot be read, with the character where it stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query cannot be read at character {at}: {reason}")]
pub(crate) struct Unreadable {
    /// Counted from 1.
    pub(crate) at: usize,
    pub(crate) reason: &'static str,
}
