//! Usage: a chart, lists by application and by API, and what to do about refusals.

use web::components::{Chart, ChartColumn, ListQuery, Tab, empty_state, page_heading, table, tabs};
use web::{Markup, Page, Render as _, Text, Visitor, date, html, moment, number};

use super::application::above;
use crate::pages::source::Usage;
use crate::pages::text::text;
use crate::service::usage::{Line, Range};

pub(crate) const PATH: &str = "/my-apps/usage";

pub(crate) fn usage(visitor: &Visitor, seen: &Usage) -> Page {
    let text = text(visitor);
    let title = text.get("usage-title");
    let list = ListQuery::parse(visitor.here());
    let main = html! {
        (above(text))
        (page_heading(&title, Some(&text.get("usage-lead")), None))
        (ranges(text, &list, seen.range))
        (narrowed(text, &list, seen))
        @if seen.overview.series.iter().flatten().sum::<i64>() == 0 {
            (empty_state(&text.get("usage-none"), &text.get("usage-none-next"), None))
        } @else {
            (figures(text, seen))
            section.section { div.panel { (chart(text, seen)) } }
            (refusals(text, seen))
            (by(text, "application", &list, &seen.overview.applications, &|id| seen.application_name(id)))
            (by(text, "api", &list, &seen.overview.apis, &|id| seen.api_name(id)))
        }
    };
    visitor.page(&title).main(main)
}

fn ranges(text: Text, list: &ListQuery, now: Range) -> Markup {
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

/// What the page is narrowed to, and the way back to everything.
fn narrowed(text: Text, list: &ListQuery, seen: &Usage) -> Markup {
    let application = seen.application.map(|id| id.to_string());
    let application = application.map(|id| seen.application_name(&id).unwrap_or(id));
    let api = seen.api.map(|id| id.to_string());
    let api = api.map(|id| seen.api_name(&id).unwrap_or(id));
    let parts = [("application", application), ("api", api)];
    html! {
        @for (name, value) in parts {
            @if let Some(value) = value {
                p.spaced {
                    (text.with(&format!("usage-only-{name}"), [("name", value.as_str().into())])) " "
                    a href=(list.with(&[(name, None)])) { (text.get("usage-all")) }
                }
            }
        }
    }
}

fn figures(text: Text, seen: &Usage) -> Markup {
    let sums = seen
        .overview
        .series
        .iter()
        .fold([0; 3], |sums: [i64; 3], piece| {
            [sums[0] + piece[0], sums[1] + piece[1], sums[2] + piece[2]]
        });
    let all: i64 = sums.iter().sum();
    let figures = [
        ("usage-calls", all),
        ("usage-refused", sums[1]),
        ("usage-failed", sums[2]),
    ];
    html! {
        dl.figures {
            @for (label, count) in figures { div { dt { (text.get(label)) } dd { (number(count)) } } }
        }
    }
}

fn chart(text: Text, seen: &Usage) -> Markup {
    let series = [
        (text.get("usage-answered"), "good"),
        (text.get("usage-refused"), "warn"),
        (text.get("usage-failed"), "bad"),
    ];
    let pieces = seen.overview.pieces.iter().zip(&seen.overview.series);
    let columns = pieces.map(|(at, values)| ChartColumn {
        at: match seen.range {
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
    chart.render()
}

/// What the gateway refused, why, and what to do about it.
fn refusals(text: Text, seen: &Usage) -> Markup {
    let labels = ["usage-reason", "usage-calls", "usage-mend"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let title = text.get("usage-refusals");
    let said = |kind: &str, reason: &str| {
        let other = || text.get(&format!("usage-{kind}-other"));
        text.lookup(&format!("usage-{kind}-{reason}"))
            .unwrap_or_else(other)
    };
    let rows = html! {
        @for (reason, calls) in &seen.overview.reasons {
            tr {
                td data-label=(columns[0]) { (said("reason", reason)) }
                td data-label=(columns[1]) { (number(*calls)) }
                td data-label=(columns[2]) { (said("mend", reason)) }
            }
        }
    };
    html! {
        @if !seen.overview.reasons.is_empty() {
            section.section aria-labelledby="refusals" {
                h2 id="refusals" { (title) }
                (table(&title, &columns, None, rows))
            }
        }
    }
}

/// Calls and errors by application, or by API; each leads to its own page of usage.
fn by(
    text: Text,
    name: &str,
    list: &ListQuery,
    lines: &[Line],
    named: &dyn Fn(&str) -> Option<String>,
) -> Markup {
    let labels = [&format!("usage-{name}"), "usage-calls", "usage-errors"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let title = text.get(&format!("usage-by-{name}"));
    let rows = html! {
        @for line in lines {
            tr {
                td data-label=(columns[0]) {
                    @match named(&line.id) {
                        Some(known) => a href=(list.with(&[(name, Some(&line.id))])) { (known) },
                        None => span.fine { (text.get("usage-gone")) },
                    }
                }
                td data-label=(columns[1]) { (number(line.calls)) }
                td data-label=(columns[2]) { (number(line.errors)) }
            }
        }
    };
    html! {
        section.section aria-labelledby=(format!("by-{name}")) {
            h2 id=(format!("by-{name}")) { (title) }
            (table(&title, &columns, None, rows))
        }
    }
}
