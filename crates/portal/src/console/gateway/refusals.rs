//! What gateways refused just now, and why. Where scripts run, the list looks again by itself.

use axum::extract::State;
use std::collections::HashMap;
use web::components::{
    Choice, Column, Filter as Choices, ListQuery, badge, list_table, page_heading,
};
use web::{Administrator, Locale, Markup, Page, Text, Tone, Visitor, html, moment, number};

use super::{Refused, text};
use crate::console::lists::{SIZE, framed};
use crate::service::usage::{self, Range, Scope, Whose};
use crate::store::listing::{Filter, Listing, Sort, Test};
use crate::store::refusals::Refusal;
use crate::store::usage::Dimension;
use crate::{Portal, store};

/// Every reason that a gateway has, as its log calls it.
const REASONS: &[&str] = &[
    "no_credential",
    "invalid_token",
    "invalid_client",
    "invalid_key",
    "unknown_application",
    "not_registered",
    "wrong_audience",
    "insufficient_scope",
    "issuer_unavailable",
    "upstream_unreachable",
    "upstream_invalid",
    "upstream_timeout",
    "no_route",
    "https_required",
    "malformed_request",
    "body_too_large",
    "slow_request",
    "not_ready",
];

/// Seconds from one look to the next: gateways tell as often.
const EVERY: u32 = 5;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    _: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let (found, total) = store::refusals::list(portal.db(), &wanted(&list)).await?;
    let scope = Scope::of(Whose::Everybody, None, None);
    let bounds = Range::Hour.bounds(portal.clock().now());
    let counted = usage::sum(&portal, &scope, bounds, &[Dimension::Reason]).await?;
    let counted: HashMap<String, i64> = counted
        .into_iter()
        .map(|mut total| (total.of.swap_remove(0), total.calls))
        .collect();
    let text = text(&visitor);
    let title = text.get("refusals-title");
    let shown = (!found.is_empty()).then(|| rows(text, &list, &found));
    let reasons: Vec<Choice> = REASONS
        .iter()
        .map(|reason| Choice {
            value: (*reason).to_owned(),
            label: name(text, reason),
            ..Choice::default()
        })
        .collect();
    let label = text.get("refusals-reason");
    let filters = [Choices {
        name: "reason",
        label: &label,
        choices: reasons,
    }];
    let main = html! {
        (page_heading(&title, Some(&text.get("refusals-lead")), Some(pause(visitor.text()))))
        div id="live" data-refresh=(EVERY) data-refresh-pause="pause" {
            (figures(text, &counted))
            (framed(text, &list, ("refusals", &filters), total, shown))
        }
    };
    Ok(visitor.page(&title).main(main))
}

/// Stops and goes on with looking again; seen only where scripts run.
fn pause(text: Text) -> Markup {
    html! {
        button.button.button-secondary id="pause" type="button" hidden
            data-pause=(text.get("refresh-pause")) data-go-on=(text.get("refresh-go-on")) {
            (text.get("refresh-pause"))
        }
    }
}

fn wanted(list: &ListQuery) -> Listing {
    let reason = list.get("reason").map(|reason| Filter {
        column: "t.reason",
        test: Test::OneOf(vec![reason.to_owned().into()]),
    });
    let search = list.search().map(|text| Filter {
        column: "t.path || ' ' || t.request_id || ' ' || COALESCE(a.name, '')",
        test: Test::Contains(vec![text.to_owned()]),
    });
    Listing {
        filters: reason.into_iter().chain(search).collect(),
        sort: vec![Sort {
            column: "t.refused_at",
            descending: true,
        }],
        size: SIZE,
        number: list.page(),
    }
}

/// How many calls of the last hour were refused, reason by reason.
fn figures(text: Text, counted: &HashMap<String, i64>) -> Markup {
    let calls: i64 = counted.values().sum();
    let refused = calls - counted.get("").copied().unwrap_or_default();
    let mut reasons: Vec<(&str, i64)> = REASONS
        .iter()
        .filter_map(|reason| Some((*reason, *counted.get(*reason)?)))
        .collect();
    reasons.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    html! {
        dl.figures {
            div { dt { (text.get("refusals-calls")) } dd { (number(calls)) } }
            div { dt { (text.get("refusals-refused")) } dd { (number(refused)) } }
            @for (reason, calls) in reasons.iter().take(3) {
                div { dt { (name(text, reason)) } dd { (number(*calls)) } }
            }
        }
    }
}

/// A reason in words.
pub(super) fn name(text: Text, reason: &str) -> String {
    let known = text.lookup(&format!("refusals-reason-{reason}"));
    known.unwrap_or_else(|| reason.to_owned())
}

fn rows(text: Text, list: &ListQuery, found: &[Refusal]) -> Markup {
    let labels = [
        "refusals-when",
        "refusals-request",
        "refusals-reason",
        "refusals-application",
        "refusals-node",
    ]
    .map(|id| text.get(id));
    let columns = labels.each_ref().map(|label| Column::new(label));
    let rows = html! {
        @for one in found {
            @let refused = &one.refused;
            tr {
                td data-label=(labels[0]) { (moment(text, refused.at.as_millis())) }
                td data-label=(labels[1]) { div {
                    code { (refused.method) " " (refused.path) }
                    span.fine { code { (refused.request_id) } }
                } }
                td data-label=(labels[2]) { div {
                    (status(refused.status)) " " (name(text, &refused.reason))
                    (detail(text, &refused.detail))
                } }
                td data-label=(labels[3]) {
                    @match (&one.application, &refused.application_id) {
                        (Some(name), _) => (name),
                        (None, Some(id)) => code { (id) },
                        (None, None) => span.fine { "–" },
                    }
                }
                td data-label=(labels[4]) { (one.node) }
            }
        }
    };
    list_table(text, list, &text.get("refusals-title"), &columns, rows)
}

/// What the gateway's log says, which is English: to readers of other languages where they ask for it.
fn detail(text: Text, said: &str) -> Markup {
    if text.locale() == Locale::En {
        return html! { p.fine { (said) } };
    }
    html! {
        details.fine {
            summary { (text.get("refusals-logged")) }
            p lang="en" { (said) }
        }
    }
}

fn status(status: u16) -> Markup {
    let tone = if status >= 500 {
        Tone::Danger
    } else {
        Tone::Warning
    };
    badge(tone, &status.to_string())
}
