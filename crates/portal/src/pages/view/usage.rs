//! Usage: a chart, lists by application and by API, and what to do about refusals.

use web::components::{ListQuery, empty_state, page_heading, table};
use web::{Markup, Page, Visitor, html, number};

use super::application::above;
use crate::pages::counts;
use crate::pages::source::Usage;
use crate::pages::text::text;

pub(crate) const PATH: &str = "/my-apps/usage";

pub(crate) fn usage(visitor: &Visitor, seen: &Usage) -> Page {
    let text = text(visitor);
    let counted = counts::text(visitor);
    let title = text.get("usage-title");
    let list = ListQuery::parse(visitor.here());
    let main = html! {
        (above(text))
        (page_heading(&title, Some(&text.get("usage-lead")), None))
        (counts::ranges(counted, &list, seen.range))
        @for (kind, name) in narrowed_to(seen) { (counts::narrowed(counted, &list, kind, &name)) }
        @if seen.overview.sums().iter().sum::<i64>() == 0 {
            (empty_state(&counted.get("usage-none"), &text.get("usage-none-next"), None))
        } @else {
            (counts::figures(counted, &seen.overview))
            (counts::chart(counted, &seen.overview, seen.range))
            (refusals(visitor, seen))
            (counts::busiest(counted, "application", &list, &seen.overview.applications, |id| seen.application_name(id)))
            (counts::busiest(counted, "api", &list, &seen.overview.apis, |id| seen.api_name(id)))
        }
    };
    visitor.page(&title).main(main)
}

/// What the page is narrowed to: kind, and name or id.
fn narrowed_to(seen: &Usage) -> impl Iterator<Item = (&'static str, String)> {
    let application = seen.application.map(|id| id.to_string());
    let application = application.map(|id| seen.application_name(&id).unwrap_or(id));
    let api = seen.api.map(|id| id.to_string());
    let api = api.map(|id| seen.api_name(&id).unwrap_or(id));
    let application = application.map(|name| ("application", name));
    application.into_iter().chain(api.map(|name| ("api", name)))
}

/// What the gateway refused, why, and what to do about it.
fn refusals(visitor: &Visitor, seen: &Usage) -> Markup {
    let text = text(visitor);
    let labels = [
        text.get("usage-reason"),
        counts::text(visitor).get("usage-calls"),
        text.get("usage-mend"),
    ];
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
