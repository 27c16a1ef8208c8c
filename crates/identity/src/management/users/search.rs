//! Which users a list holds, and in which order.

use crate::Error;
use crate::management::query::Query;
use crate::model::search::{self, Search};
use crate::store::users::{Filter, Sort};

/// Reads `q`, `connection` and `sort`.
///
/// # Errors
/// `invalid_query_string`.
pub(super) fn filter(query: &Query) -> Result<Filter, Error> {
    let search = match query.text("q") {
        None => Search::All,
        Some(text) => search::parse(text).map_err(|fault| query.fault("q", &fault.to_string()))?,
    };
    let filter = Filter::new(&search, query.text("connection"), sort(query)?);
    filter.map_err(|field| {
        let field: String = field.chars().take(100).collect();
        query.fault("q", &format!("There is no field {field} to search for"))
    })
}

/// `sort=last_login:-1`: a field, and `1` or `-1`.
fn sort(query: &Query) -> Result<Option<Sort>, Error> {
    let Some(text) = query.text("sort") else {
        return Ok(None);
    };
    let read = text.split_once(':').and_then(|(field, direction)| {
        let descending = match direction {
            "1" => false,
            "-1" => true,
            _ => return None,
        };
        Sort::by(field, descending)
    });
    let wrong = || query.fault("sort", "Write a field and 1 or -1, like last_login:-1");
    read.map(Some).ok_or_else(wrong)
}
