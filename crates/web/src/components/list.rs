//! Tables whose search, filters, order and page stand in the address: they can be linked to, and the
//! browser's back button works.

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use super::field::Choice;
use super::navigation::Pagination;
use crate::locale::Text;
use crate::return_to::query_value;
use crate::visitor::{self, Visitor};

const SEARCH: &str = "q";
const SORT: &str = "sort";
const ORDER: &str = "order";
const PAGE: &str = "page";
const DESCENDING: &str = "desc";

/// What the address of a list says: `?q=weather&type=spa&sort=created&order=desc&page=2`.
///
/// An extractor behind [`crate::Site::wrap`]. Values come from outside: compare them with what you know.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    path: String,
    pairs: Vec<(String, String)>,
}

impl ListQuery {
    /// The state in `here`, a path with its query.
    #[must_use]
    pub fn parse(here: &str) -> Self {
        let (path, query) = here.split_once('?').unwrap_or((here, ""));
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
        Self {
            path: path.to_owned(),
            pairs: pairs
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        }
    }

    /// The value of a filter, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// What is searched for, without space around it.
    #[must_use]
    pub fn search(&self) -> Option<&str> {
        self.get(SEARCH)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// The page, from 1.
    #[must_use]
    pub fn page(&self) -> u32 {
        let page = self.get(PAGE).and_then(|page| page.parse().ok());
        page.unwrap_or(1).max(1)
    }

    /// The column to sort by, if it is one of `columns`, and whether the greatest comes first.
    #[must_use]
    pub fn sort<'a>(&self, columns: &[&'a str]) -> Option<(&'a str, bool)> {
        let asked = self.get(SORT)?;
        let column = columns.iter().find(|column| **column == asked)?;
        Some((column, self.get(ORDER) == Some(DESCENDING)))
    }

    /// Whether something is searched for or filtered by.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        let state = [SORT, ORDER, PAGE];
        self.pairs
            .iter()
            .any(|(key, _)| !state.contains(&key.as_str()))
    }

    /// The list's address with these parameters changed; nothing removes one. It leads to the first page
    /// unless it names another.
    #[must_use]
    pub fn with(&self, changes: &[(&str, Option<&str>)]) -> String {
        let kept = self
            .pairs
            .iter()
            .filter(|(key, _)| key != PAGE && !changes.iter().any(|(changed, _)| changed == key));
        let kept = kept.map(|(key, value)| (key.as_str(), value.as_str()));
        let set = changes
            .iter()
            .filter_map(|(key, value)| Some((*key, (*value)?)));
        let pairs: Vec<String> = kept
            .chain(set)
            .map(|(key, value)| format!("{}={}", query_value(key), query_value(value)))
            .collect();
        if pairs.is_empty() {
            return self.path.clone();
        }
        format!("{}?{}", self.path, pairs.join("&"))
    }

    /// The pages of this list: `size` items on each, `total` in all.
    #[must_use]
    pub fn pages(&self, text: Text, size: u32, total: u64) -> Markup {
        let first = self.with(&[]);
        let mark = if first.contains('?') { '&' } else { '?' };
        let prefix = format!("{first}{mark}{PAGE}=");
        let pages = Pagination {
            text,
            page: self.page(),
            size,
            total,
            prefix: &prefix,
        };
        html! { (pages) }
    }

    fn heading(&self, text: Text, column: &Column<'_>) -> Markup {
        let Some(key) = column.sort else {
            return html! { th scope="col" { (column.label) } };
        };
        let now = self.sort(&[key]).map(|(_, descending)| descending);
        let (state, next) = match now {
            Some(false) => ("ascending", DESCENDING),
            Some(true) => ("descending", "asc"),
            None if column.newest_first => ("none", DESCENDING),
            None => ("none", "asc"),
        };
        let hint = if next == DESCENDING {
            "sort-descending"
        } else {
            "sort-ascending"
        };
        html! {
            th scope="col" aria-sort=(state) {
                a.sort href=(self.with(&[(SORT, Some(key)), (ORDER, Some(next))])) {
                    (column.label)
                    span.visually-hidden { ", " (text.get(hint)) }
                    span.sort-mark aria-hidden="true" data-state=(state) {}
                }
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = StatusCode;

    /// # Errors
    /// 500, if the router is not wrapped with [`crate::Site::wrap`].
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let visitor: Option<Visitor> = visitor::of(parts);
        let visitor = visitor.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Self::parse(visitor.here()))
    }
}

/// A column of a [`list_table`].
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    label: &'a str,
    sort: Option<&'a str>,
    newest_first: bool,
}

impl<'a> Column<'a> {
    /// A column that is not sorted by.
    #[must_use]
    pub const fn new(label: &'a str) -> Self {
        Self {
            label,
            sort: None,
            newest_first: false,
        }
    }

    /// A column that can be sorted by, as `sort=key`.
    #[must_use]
    pub const fn sorted(label: &'a str, key: &'a str) -> Self {
        Self {
            label,
            sort: Some(key),
            newest_first: false,
        }
    }

    /// A column of moments: sorting by it shows the newest first.
    #[must_use]
    pub const fn moments(label: &'a str, key: &'a str) -> Self {
        Self {
            label,
            sort: Some(key),
            newest_first: true,
        }
    }
}

/// A table as [`super::table`], whose headings sort.
#[must_use]
pub fn list_table(
    text: Text,
    list: &ListQuery,
    caption: &str,
    columns: &[Column<'_>],
    rows: Markup,
) -> Markup {
    html! {
        table.table.list-table {
            caption.visually-hidden { (caption) }
            thead { tr { @for column in columns { (list.heading(text, column)) } } }
            tbody { (rows) }
        }
    }
}

/// A choice among the values of a column, above the table.
#[derive(Clone, Debug)]
pub struct Filter<'a> {
    /// The parameter.
    pub name: &'a str,
    /// What it is called.
    pub label: &'a str,
    /// The values, without the one that filters nothing.
    pub choices: Vec<Choice>,
}

/// The search field (`search` is its label) and the filters of a list: a form that only reads.
#[must_use]
pub fn list_tools(
    text: Text,
    list: &ListQuery,
    search: Option<&str>,
    filters: &[Filter<'_>],
) -> Markup {
    html! {
        form.list-tools method="get" action=(list.path) role="search" {
            @for name in [SORT, ORDER] {
                @if let Some(value) = list.get(name) { input type="hidden" name=(name) value=(value); }
            }
            @if let Some(label) = search {
                div.list-tool.list-search {
                    label for="list-q" { (label) }
                    input id="list-q" type="search" name=(SEARCH) value=(list.search().unwrap_or_default()) autocomplete="off";
                }
            }
            @for filter in filters {
                @let id = format!("list-{}", filter.name);
                div.list-tool {
                    label for=(id) { (filter.label) }
                    select id=(id) name=(filter.name) {
                        option value="" { (text.get("any")) }
                        @for choice in &filter.choices {
                            option value=(choice.value) selected[list.get(filter.name) == Some(&choice.value)] { (choice.label) }
                        }
                    }
                }
            }
            div.list-tool-buttons {
                button.button.button-secondary type="submit" { (text.get("apply")) }
                @if list.narrowed() { a href=(list.path) { (text.get("show-all")) } }
            }
        }
    }
}

/// How many entries a list has, as it is narrowed.
#[must_use]
pub fn list_count(text: Text, total: u64) -> Markup {
    let count = i64::try_from(total).unwrap_or(i64::MAX);
    html! { p.result-count.list-count { (text.with("list-count", [("count", count.into())])) } }
}

#[cfg(test)]
mod tests {
    use super::{Column, ListQuery, list_table};
    use crate::locale::{Locale, Text};

    #[test]
    fn an_address_keeps_what_is_not_changed_and_begins_at_the_first_page() {
        let list = ListQuery::parse("/clients?q=a%26b&type=spa&page=3&empty=");
        assert_eq!(list.search(), Some("a&b"));
        assert_eq!(list.page(), 3);
        assert_eq!(list.with(&[("type", None)]), "/clients?q=a%26b");
        assert_eq!(
            list.with(&[("page", Some("4"))]),
            "/clients?q=a%26b&type=spa&page=4"
        );
        assert!(list.narrowed());
        assert!(!ListQuery::parse("/clients?sort=name&page=0").narrowed());
        assert_eq!(ListQuery::parse("/clients?page=0").page(), 1);
    }

    #[test]
    fn only_known_columns_sort_and_the_heading_turns_the_order() {
        let list = ListQuery::parse("/clients?sort=name&order=asc");
        assert_eq!(list.sort(&["name"]), Some(("name", false)));
        assert_eq!(list.sort(&["created"]), None);
        let text = Text::new(Locale::En);
        let columns = [
            Column::sorted("Name", "name"),
            Column::moments("Made", "created"),
        ];
        let html = list_table(text, &list, "Clients", &columns, maud::html! {}).into_string();
        assert!(html.contains(r#"aria-sort="ascending""#), "{html}");
        assert!(html.contains("/clients?sort=name&amp;order=desc"), "{html}");
        assert!(
            html.contains("/clients?sort=created&amp;order=desc"),
            "{html}"
        );
    }
}
