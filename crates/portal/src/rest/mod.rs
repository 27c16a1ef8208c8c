//! What every JSON API in Konnect's manner shares: problems, bodies and their rules, lists.

mod body;
pub(crate) mod check;
pub(crate) mod credentials;
mod cursor;
pub(crate) mod icon;
mod named;
pub(crate) mod nodes;
mod page;
mod problem;
pub(crate) mod query;
mod trace;

pub(crate) use body::{Body, OptionalBody, apply, input, merge, without_nulls};
pub(crate) use cursor::Cursor;
pub(crate) use named::renamed;
pub(crate) use page::Page;
pub(crate) use problem::Problem;
pub(crate) use trace::trace;

/// An id in the path. One that is not a UUID names nothing.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub(crate) fn path_id<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, crate::Error> {
    text.parse()
        .map_err(|_| crate::Error::NotFound(format!("{what} not found: its id must be a UUID")))
}
