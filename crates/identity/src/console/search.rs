//! What a list's search and filters ask the tenant's own search for.

use crate::model::search::{Piece, Search, Test};

/// A field that is exactly this.
pub(super) fn is(field: &str, value: &str) -> Search {
    Search::Term {
        field: Some(field.to_owned()),
        test: Test::Is(value.to_owned()),
    }
}

/// A field, or any of the usual ones, that holds this text.
pub(super) fn holds(field: Option<&str>, text: &str) -> Search {
    let part = vec![Piece::Any, Piece::Text(text.to_owned()), Piece::Any];
    Search::Term {
        field: field.map(str::to_owned),
        test: Test::Like(part),
    }
}

/// Each of these; everything, if there is none.
pub(super) fn each(all: Vec<Search>) -> Search {
    match all.is_empty() {
        true => Search::All,
        false => Search::And(all),
    }
}
