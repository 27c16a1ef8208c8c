//! Lists that are gone through with a cursor: the id of the last entry that was seen.

use serde_json::{Value, json};

use super::check::kind;
use super::query::Query;
use crate::error::{Error, Source};

/// The most entries on a page.
const MOST: usize = 100;
/// How many there are if nothing is said.
const USUAL: usize = 10;

/// The part of a list that is asked for.
#[derive(Debug)]
pub(crate) struct Cursor {
    size: usize,
    after: Option<String>,
    before: Option<String>,
}

impl Cursor {
    /// Reads `page[size]`, `page[after]` and `page[before]`.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the size is no number from 1 to 100.
    pub(crate) fn of(query: &Query) -> Result<Self, Error> {
        let text = |name: &str| query.get(name).filter(|text| !text.is_empty());
        let size = match text("page[size]") {
            None => Some(USUAL),
            Some(size) => size.parse().ok().filter(|size| (1..=MOST).contains(size)),
        };
        let size = size.ok_or_else(|| {
            let mut wrong = kind("page[size]", "is_number", "a number from 1 to 100");
            wrong.source = Source::Query;
            Error::invalid(wrong)
        })?;
        Ok(Self {
            size,
            after: text("page[after]").map(str::to_owned),
            before: text("page[before]").map(str::to_owned),
        })
    }

    /// The entries of the part, and the members of `meta.page`. `path` is the list's address.
    pub(crate) fn cut<T>(
        &self,
        all: Vec<T>,
        path: &str,
        id: impl Fn(&T) -> String,
    ) -> (Vec<T>, Value) {
        let at = |wanted: &Option<String>| {
            let wanted = wanted.as_ref()?;
            all.iter().position(|one| id(one) == *wanted)
        };
        let start = match (at(&self.after), at(&self.before)) {
            (Some(after), _) => after + 1,
            (None, Some(before)) => before.saturating_sub(self.size),
            (None, None) => 0,
        };
        let end = match at(&self.before) {
            Some(before) if self.after.is_none() => before,
            _ => (start + self.size).min(all.len()),
        };
        let start = start.min(end);
        let link = |name: &str, at: Option<&T>| {
            let id = id(at?);
            let more = if path.contains('?') { '&' } else { '?' };
            Some(format!(
                "{path}{more}page[{name}]={id}&page[size]={}",
                self.size
            ))
        };
        let meta = json!({
            "size": self.size,
            "next": link("after", all.get(end.wrapping_sub(1)).filter(|_| end < all.len())),
            "previous": link("before", all.get(start).filter(|_| start > 0)),
        });
        let part = all.into_iter().skip(start).take(end - start).collect();
        (part, meta)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Cursor;
    use crate::rest::query::Query;

    fn part(query: &[(&str, &str)]) -> (String, Value) {
        let query = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let cursor = Cursor::of(&Query::of(query.collect())).unwrap();
        let (part, meta) = cursor.cut("abcde".chars().collect(), "/x", char::to_string);
        (part.into_iter().collect(), meta)
    }

    #[test]
    fn one_goes_forth_and_back() {
        let (part_1, meta) = part(&[("page[size]", "2")]);
        assert_eq!((part_1.as_str(), &meta["previous"]), ("ab", &Value::Null));
        assert_eq!(meta["next"], "/x?page[after]=b&page[size]=2");
        let (part_2, meta) = part(&[("page[size]", "2"), ("page[after]", "b")]);
        assert_eq!(part_2, "cd");
        assert_eq!(meta["previous"], "/x?page[before]=c&page[size]=2");
        let (part_3, meta) = part(&[("page[size]", "2"), ("page[after]", "d")]);
        assert_eq!((part_3.as_str(), &meta["next"]), ("e", &Value::Null));
        assert_eq!(part(&[("page[size]", "2"), ("page[before]", "c")]).0, "ab");
        assert_eq!(part(&[("page[after]", "e")]).0, "");
        let wrong = Query::of(vec![("page[size]".to_owned(), "0".to_owned())]);
        assert!(Cursor::of(&wrong).is_err());
    }
}
