//! Views of counted calls: what the portal's page of usage and the console's have in common.

use std::sync::LazyLock;

use web::components::{Chart, ChartColumn, ListQuery, Tab, table, tabs};
use web::{Catalog, Locale, Markup, Render as _, Text, Visitor, date, html, moment, number};

use crate::service::usage::{Overview, Range};
use crate::store::usage::Line;

/// Every text of them, in every language.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/usage.en.ftl")),
        (Locale::Ja, include_str!("../../locales/usage.ja.ftl")),
    ])
});

/// The reader's texts; each begins with `usage-`.
pub(crate) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// The periods to choose among.
pub(crate) fn ranges(text: Text, list: &ListQuery, now: Range) -> Markup {
    let labels = Range::ALL.map(|range| text.get(&format!("usage-{}", range.word())));
    let all: Vec<Tab<'_>> = Range::ALL
        .iter()
        .zip(&labels)
        .map(|(range, label)| Tab {
            label,
            href: list.with(&[("range", Some(range.word()))]),
            current: *range == now,
        })
        .collect();
    tabs(&text.get("usage-range"), &all)
}

/// What the page is narrowed to, and the way back to everything: `kind` is the parameter of the address, and
/// the end of its text's name.
pub(crate) fn narrowed(text: Text, list: &ListQuery, kind: &str, name: &str) -> Markup {
    html! {
        p.spaced {
            (text.with(&format!("usage-only-{kind}"), [("name", name.into())])) " "
            a href=(list.with(&[(kind, None)])) { (text.get("usage-all")) }
        }
    }
}

/// All calls, refused ones, failed ones.
pub(crate) fn figures(text: Text, overview: &Overview) -> Markup {
    let sums = overview.sums();
    let figures = [
        ("usage-calls", sums.iter().sum()),
        ("usage-refused", sums[1]),
        ("usage-failed", sums[2]),
    ];
    html! {
        dl.figures {
            @for (label, count) in figures { div { dt { (text.get(label)) } dd { (number(count)) } } }
        }
    }
}

/// Calls over time.
pub(crate) fn chart(text: Text, overview: &Overview, range: Range) -> Markup {
    let series = [
        (text.get("usage-answered"), "good"),
        (text.get("usage-refused"), "warn"),
        (text.get("usage-failed"), "bad"),
    ];
    let pieces = overview.pieces.iter().zip(&overview.series);
    let columns = pieces.map(|(at, values)| ChartColumn {
        at: match range {
            Range::Month => date(text, at.as_millis()),
            _ => moment(text, at.as_millis()),
        },
        values: values.to_vec(),
    });
    let title = text.get("usage-chart");
    let when = text.get("usage-when");
    let chart = Chart {
        text,
        id: "calls",
        title: &title,
        series: &series,
        columns: columns.collect(),
        when: &when,
    };
    html! { section.section { div.panel { (chart.render()) } } }
}

/// Calls and errors by application, or by API (`kind`); each leads to the page narrowed to it.
pub(crate) fn busiest(
    text: Text,
    kind: &str,
    list: &ListQuery,
    lines: &[Line],
    named: impl Fn(&str) -> Option<String>,
) -> Markup {
    let labels = [&format!("usage-{kind}"), "usage-calls", "usage-errors"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let title = text.get(&format!("usage-by-{kind}"));
    let rows = html! {
        @for line in lines {
            tr {
                td data-label=(columns[0]) {
                    @match named(&line.id) {
                        Some(known) => a href=(list.with(&[(kind, Some(&line.id))])) { (known) },
                        None if line.id.is_empty() => span.fine { (text.get(&format!("usage-nobody-{kind}"))) },
                        None => span.fine { (text.get("usage-gone")) },
                    }
                }
                td data-label=(columns[1]) { (number(line.calls)) }
                td data-label=(columns[2]) { (number(line.errors)) }
            }
        }
    };
    html! {
        section.section aria-labelledby=(format!("by-{kind}")) {
            h2 id=(format!("by-{kind}")) { (title) }
            (table(&title, &columns, None, rows))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
