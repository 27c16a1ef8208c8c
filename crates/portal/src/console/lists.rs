//! What the address of a list asks the store for.

use web::components::{Filter as Choices, ListQuery, empty_state, list_count, list_tools};
use web::{Markup, Text, html};

use crate::store::listing::{Filter, Listing, Sort, Test};

/// Entries on a page.
pub(super) const SIZE: u32 = 25;

/// The page that is asked for. `sorted` are the columns by which one can sort, as the address and as the
/// statement call them; without a choice what was made last comes first. `searched` is the column that
/// the search looks into.
pub(super) fn listing(
    list: &ListQuery,
    sorted: &[(&'static str, &'static str)],
    searched: &'static str,
) -> Listing {
    let keys: Vec<&str> = sorted.iter().map(|(key, _)| *key).collect();
    let (column, descending) = match list.sort(&keys) {
        Some((key, descending)) => {
            let column = sorted.iter().find(|(known, _)| *known == key);
            (column.map_or("t.created_at", |(_, sql)| *sql), descending)
        }
        None => ("t.created_at", true),
    };
    let filters = list.search().map(|text| Filter {
        column: searched,
        test: Test::Contains(vec![text.to_owned()]),
    });
    Listing {
        filters: filters.into_iter().collect(),
        sort: vec![Sort { column, descending }],
        size: SIZE,
        number: list.page(),
    }
}

/// A list with its search and filters above and its pages below; no `rows` where it is empty. Texts begin
/// with `prefix`: `-search`, `-none` and, unless the common one does, `-none-next`.
pub(super) fn framed(
    text: Text,
    list: &ListQuery,
    (prefix, filters): (&str, &[Choices<'_>]),
    total: i64,
    rows: Option<Markup>,
) -> Markup {
    let of = |part: &str| text.get(&format!("{prefix}-{part}"));
    let next = text.lookup(&format!("{prefix}-none-next"));
    let total = u64::try_from(total).unwrap_or(0);
    html! {
        (list_tools(text, list, Some(&of("search")), filters))
        @if let Some(rows) = rows {
            (list_count(text, total))
            (rows)
            (list.pages(text, SIZE, total))
        } @else {
            (empty_state(&of("none"), &next.unwrap_or_else(|| text.get("none-next")), None))
        }
    }
}
