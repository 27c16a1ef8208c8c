//! Ids and names of entities: which one a body or an address means.

use std::str::FromStr;

use serde_json::{Map, Value};

use crate::Error;

/// The id that a body gives.
pub(super) fn given_id<I: FromStr>(map: &Map<String, Value>) -> Option<I> {
    map.get("id")?.as_str()?.parse().ok()
}

/// The id of what is created or replaced by id or by name: that of the `earlier` one, the `key`, or a
/// `fresh` one. A key that is no id is the name, unless the body has another.
pub(super) fn id_for<I: FromStr>(
    map: &mut Map<String, Value>,
    key: &str,
    earlier: Option<I>,
    fresh: impl FnOnce() -> I,
) -> I {
    let by_id = key.parse().ok();
    if by_id.is_none() {
        map.entry("name").or_insert_with(|| key.into());
    }
    earlier.or(by_id).unwrap_or_else(fresh)
}

/// A write's failure, where names must be unique.
pub(super) fn taken(error: storage::Error, noun: &str, name: Option<&String>) -> Error {
    let unique = matches!(error, storage::Error::Unique { .. });
    let error = Error::from(error);
    if !unique {
        return error;
    }
    let name = name.map_or("", String::as_str);
    error.or_conflict(format!(
        "a {noun} with the name `{name}` or the same id exists; names are unique in a control plane"
    ))
}
