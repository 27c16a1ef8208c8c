//! `page[size]`, `page[number]`, `sort` and `filter[…]` of lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use oauth::Timestamp;
use storage::Value;
use uuid::Uuid;

use super::Problem;
use crate::error::{Bound, Error, Violation};
use crate::store::listing::{Filter, Listing, Sort, Test};

/// Entries on a page, if nothing is said; and the most there can be.
const SIZE: u32 = 10;
const MAX_SIZE: u32 = 100;

/// What a list can be sorted and filtered by.
#[derive(Debug)]
pub(crate) struct Column {
    /// The name in the query.
    pub(crate) name: &'static str,
    /// The SQL expression.
    pub(crate) sql: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Whether it can be sorted by.
    pub(crate) sort: bool,
    /// Whether it can be filtered by.
    pub(crate) filter: bool,
}

/// What a column holds; it decides how it can be filtered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Text: `eq neq oeq contains ocontains`.
    Text,
    /// An id: `eq neq oeq`.
    Uuid,
    /// `eq`.
    Boolean,
    /// A moment: `eq lt lte gt gte`.
    Time,
    /// One of a closed set: `eq neq oeq contains ocontains`.
    Word(&'static [&'static str]),
    /// Labels, as a JSON object; a field is `NAME.KEY`. `eq neq oeq`, and without a value that the key is there.
    Labels,
    /// The same of attributes, as a JSON list of `key=word`.
    Attributes,
}

/// A column to sort and to filter by.
pub(crate) const fn column(name: &'static str, sql: &'static str, kind: Kind) -> Column {
    Column {
        name,
        sql,
        kind,
        sort: true,
        filter: true,
    }
}

impl Column {
    /// Only to filter by.
    pub(crate) const fn filter_only(self) -> Self {
        Self {
            sort: false,
            ..self
        }
    }

    /// Only to sort by.
    pub(crate) const fn sort_only(self) -> Self {
        Self {
            filter: false,
            ..self
        }
    }
}

/// The query's pairs, decoded, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    /// The pairs.
    pub(crate) pairs: Vec<(String, String)>,
    /// What the caller may see of the list, if that is not all.
    within: Option<Within>,
}

/// The entities that the caller may see of a list of entities: an extension of the request, which every
/// listing obeys.
#[derive(Clone, Debug)]
pub(crate) struct Within(pub(crate) Arc<BTreeSet<Uuid>>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Ok(Self {
            pairs: pairs.into_owned().collect(),
            within: parts.extensions.get().cloned(),
        })
    }
}

impl Query {
    /// These pairs, in a list that is seen whole.
    #[cfg(test)]
    pub(crate) fn of(pairs: Vec<(String, String)>) -> Self {
        Self {
            pairs,
            within: None,
        }
    }

    /// The value of the first pair of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(key, _)| key == name)?;
        Some(&pair.1)
    }

    /// What `?labels=key:value,key` asks of the labels in a column of JSON: all of it must hold.
    pub(crate) fn labels(&self, name: &str, column: &'static str) -> Vec<Filter> {
        let asked = self.get(name).unwrap_or_default().split(',');
        let asked = asked.map(str::trim).filter(|part| !part.is_empty());
        let part = |part: &str| match part.split_once(':') {
            Some((key, value)) => format!("{}:{}", quoted(key), quoted(value)),
            None => format!("{}:", quoted(part)),
        };
        let filter = |asked| Filter {
            column,
            test: Test::Holds(vec![part(asked)]),
        };
        asked.map(filter).collect()
    }

    /// The list that is asked for. Without `sort` it is newest first, by `default`.
    ///
    /// # Errors
    /// [`Error::Invalid`], with every violation.
    pub(crate) fn listing(
        &self,
        columns: &[Column],
        default: &'static str,
    ) -> Result<Listing, Error> {
        let mut listing = Listing {
            filters: Vec::new(),
            sort: Vec::new(),
            size: SIZE,
            number: 1,
        };
        if let Some(Within(ids)) = &self.within {
            let ids = ids.iter().map(|id| Value::Text(id.to_string()));
            listing.filters.push(Filter {
                column: "t.id",
                test: Test::OneOf(ids.collect()),
            });
        }
        let mut found = Vec::new();
        for (name, value) in &self.pairs {
            match name.as_str() {
                "page[size]" => number(name, value, MAX_SIZE, &mut listing.size, &mut found),
                "page[number]" => number(name, value, u32::MAX, &mut listing.number, &mut found),
                "sort" => sort(value, columns, &mut listing.sort, &mut found),
                _ => {
                    if let Some(path) = name.strip_prefix("filter[") {
                        filter(name, path, value, columns, &mut listing.filters, &mut found);
                    }
                }
            }
        }
        if !found.is_empty() {
            return Err(Error::Invalid(found));
        }
        if listing.sort.is_empty() {
            listing.sort.push(Sort {
                column: default,
                descending: true,
            });
        }
        Ok(listing)
    }
}

impl Query {
    /// Everything that is asked for, by `default` or as `sort` says: for trees, which have no pages.
    ///
    /// # Errors
    /// Those of [`Query::listing`].
    pub(crate) fn unpaged(
        &self,
        columns: &[Column],
        default: &'static str,
    ) -> Result<Listing, Error> {
        let asked = self.listing(columns, default)?;
        let all = Listing::all(default);
        let sort = match self.get("sort") {
            Some(_) => asked.sort,
            None => all.sort.clone(),
        };
        Ok(Listing {
            filters: asked.filters,
            sort,
            ..all
        })
    }
}

impl Query {
    /// Whether a text fits what is asked of a field, in a list that no statement makes. Whether the field can
    /// be asked about, [`Query::listing`] says.
    pub(crate) fn holds(&self, name: &str, text: &str) -> bool {
        let asked = format!("filter[{name}]");
        let contains = |part: &str| text.to_lowercase().contains(&part.to_lowercase());
        self.pairs.iter().all(|(key, wanted)| {
            let mut parts = wanted.split(',').map(str::trim);
            match key.strip_prefix(&asked) {
                Some("" | "[eq]") => text == wanted,
                Some("[neq]") => text != wanted,
                Some("[oeq]") => parts.any(|part| part == text),
                Some("[contains]") => contains(wanted),
                Some("[ocontains]") => parts.any(contains),
                _ => true,
            }
        })
    }
}

/// As it stands in JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn number(name: &str, value: &str, max: u32, into: &mut u32, found: &mut Vec<Violation>) {
    match value.parse::<u32>() {
        Ok(0) => found.push(
            Violation::query(name, "min", format!("\"{name}\" must be at least 1"))
                .with(Bound::Minimum(1)),
        ),
        Ok(number) if number > max => found.push(
            Violation::query(name, "max", format!("\"{name}\" must be at most {max}"))
                .with(Bound::Maximum(max.into())),
        ),
        Ok(number) => *into = number,
        Err(_) => found.push(Violation::query(
            name,
            "is_number",
            format!("\"{name}\" must be a number"),
        )),
    }
}

fn sort(value: &str, columns: &[Column], into: &mut Vec<Sort>, found: &mut Vec<Violation>) {
    for part in value.split(',') {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default();
        let column = columns.iter().find(|c| c.sort && c.name == name);
        let descending = match (words.next(), words.next()) {
            (None | Some("asc"), None) => Some(false),
            (Some("desc"), None) => Some(true),
            _ => None,
        };
        match (column, descending) {
            (Some(column), Some(descending)) => into.push(Sort {
                column: column.sql,
                descending,
            }),
            _ => {
                let names = columns.iter().filter(|c| c.sort).map(|c| c.name.to_owned());
                let names: Vec<String> = names.collect();
                let reason = format!(
                    "\"sort\" must be one of [{}], each with \" asc\" or \" desc\" after it",
                    names.join(", ")
                );
                let violation = Violation::query("sort", "enum", reason);
                found.push(violation.with(Bound::Choices(names)));
            }
        }
    }
}

fn filter(
    name: &str,
    path: &str,
    value: &str,
    columns: &[Column],
    into: &mut Vec<Filter>,
    found: &mut Vec<Violation>,
) {
    let unknown = || {
        Violation::query(
            name,
            "unknown_property",
            format!("\"{name}\" is not allowed"),
        )
    };
    let (field, operator) = match path.split_once("][") {
        Some((field, operator)) => (field, operator.strip_suffix(']')),
        None => (path.strip_suffix(']').unwrap_or_default(), Some("eq")),
    };
    let (whole, member) = match field.split_once('.') {
        Some((whole, member)) => (whole, Some(member)),
        None => (field, None),
    };
    let column = columns.iter().find(|c| {
        c.filter
            && c.name == whole
            && member.is_some() == matches!(c.kind, Kind::Labels | Kind::Attributes)
    });
    let (Some(column), Some(operator)) = (column, operator) else {
        found.push(unknown());
        return;
    };
    if let Some(member) = member {
        let held = |word: &str| held(column.kind, member, word);
        let test = match operator {
            "eq" => Test::Holds(vec![held(value)]),
            "oeq" => Test::Holds(value.split(',').map(str::trim).map(held).collect()),
            "neq" => Test::Lacks(held(value)),
            _ => return found.push(unknown()),
        };
        into.push(Filter {
            column: column.sql,
            test,
        });
        return;
    }
    let one = |text: &str| parse(name, text, column.kind);
    let many = || value.split(',').map(|part| one(part.trim())).collect();
    let contains = |parts: &mut dyn Iterator<Item = &str>| {
        Ok(Test::Contains(parts.map(str::to_owned).collect()))
    };
    let test = match (operator, column.kind) {
        ("eq", _) => one(value).map(|value| Test::OneOf(vec![value])),
        ("neq", Kind::Text | Kind::Uuid | Kind::Word(_)) => one(value).map(Test::Not),
        ("oeq", Kind::Text | Kind::Uuid | Kind::Word(_)) => {
            let values: Result<Vec<Value>, Violation> = many();
            values.map(Test::OneOf)
        }
        ("contains", Kind::Text | Kind::Uuid | Kind::Word(_)) => {
            contains(&mut std::iter::once(value))
        }
        ("ocontains", Kind::Text | Kind::Word(_)) => contains(&mut value.split(',').map(str::trim)),
        ("lt", Kind::Time) => one(value).map(Test::Less),
        ("lte", Kind::Time) => one(value).map(Test::AtMost),
        ("gt", Kind::Time) => one(value).map(Test::Greater),
        ("gte", Kind::Time) => one(value).map(Test::AtLeast),
        _ => Err(unknown()),
    };
    match test {
        Ok(test) => into.push(Filter {
            column: column.sql,
            test,
        }),
        Err(violation) => found.push(violation),
    }
}

/// What the JSON text of a column holds where a member has this value, or any if it is empty.
fn held(kind: Kind, member: &str, value: &str) -> String {
    let whole = match kind {
        Kind::Attributes => quoted(&format!("{member}={value}")),
        _ => format!("{}:{}", quoted(member), quoted(value)),
    };
    match value {
        "" => whole.trim_end_matches('"').to_owned(),
        _ => whole,
    }
}

fn parse(name: &str, text: &str, kind: Kind) -> Result<Value, Violation> {
    let wrong = |rule, expects: &str| {
        Violation::query(name, rule, format!("value of \"{name}\" must be {expects}"))
    };
    match kind {
        Kind::Text | Kind::Labels | Kind::Attributes => Ok(Value::Text(text.to_owned())),
        Kind::Uuid => match Uuid::parse_str(text) {
            Ok(id) => Ok(Value::Text(id.to_string())),
            Err(_) => Err(wrong("is_uuid", "a UUID")),
        },
        Kind::Boolean => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(wrong("is_boolean", "true or false")),
        },
        Kind::Time => match Timestamp::parse_rfc3339(text) {
            Ok(moment) => Ok(Value::Int(moment.as_millis())),
            Err(error) => Err(Violation::query(name, "is_date_time", error.to_string())),
        },
        Kind::Word(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
        Kind::Word(words) => {
            let reason = format!("\"{name}\" must be one of [{}]", words.join(", "));
            let choices = words.iter().map(|&word| word.to_owned()).collect();
            Err(Violation::query(name, "enum", reason).with(Bound::Choices(choices)))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Column, Kind, Query, column};

    const COLUMNS: &[Column] = &[
        column("name", "t.name", Kind::Text),
        column("id", "t.id", Kind::Uuid),
        column("at", "t.at", Kind::Time),
        column("on", "t.on", Kind::Boolean),
    ];

    #[test]
    fn an_empty_query_is_the_first_page_newest_first() {
        let listing = Query::default().listing(COLUMNS, "t.at").unwrap();
        assert_eq!((listing.size, listing.number), (10, 1));
        assert!(listing.sort[0].descending && listing.filters.is_empty());
    }

    proptest! {
        #[test]
        fn no_query_makes_the_parser_panic(
            name in "(sort|page\\[size\\]|filter\\[(name|id|at|on|x)\\](\\[[a-z]{0,9}\\])?|.{0,12})",
            value in ".{0,24}",
        ) {
            let query = Query::of(vec![(name, value)]);
            if let Ok(listing) = query.listing(COLUMNS, "t.at") {
                prop_assert!((1..=100).contains(&listing.size));
                prop_assert!(!listing.sort.is_empty());
            }
        }
    }
}
