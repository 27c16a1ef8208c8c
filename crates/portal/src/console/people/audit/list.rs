//! The audit as a page.

use axum::extract::State;
use serde_json::Value;
use web::components::{
    Choice, Column, Filter, ListQuery, empty_state, link_button, list_count, list_table,
    list_tools, page_heading,
};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::{ACTORS, LIST, Refused, SINCE, asked, destinations, text, webhook};
use crate::Portal;
use crate::store::audit_log::{self, Recorded};
use crate::store::listing::Sort;

const SIZE: u32 = 50;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    _: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let sort = Sort {
        column: "t.occurred_at",
        descending: list
            .sort(&["when"])
            .is_none_or(|(_, descending)| descending),
    };
    let wanted = asked(&portal, &list, sort, SIZE).await?;
    let kinds = audit_log::kinds(portal.db()).await?;
    let (found, total) = audit_log::list(portal.db(), &wanted).await?;
    let text = text(&visitor);
    let title = text.get("audit-title");
    let labels = ["audit-through", "audit-kind", "audit-since"].map(|id| text.get(id));
    let filters = [
        Filter {
            name: "actor",
            label: &labels[0],
            choices: choices(text, "actor", &ACTORS),
        },
        Filter {
            name: "kind",
            label: &labels[1],
            choices: choices(text, "entity", &kinds),
        },
        Filter {
            name: "since",
            label: &labels[2],
            choices: choices(text, "since", &SINCE.map(|(name, _)| name)),
        },
    ];
    let total = u64::try_from(total).unwrap_or(0);
    let ways = html! {
        (link_button(destinations::LIST, &text.get("destinations-title")))
        (link_button(webhook::PAGE, &text.get("webhook-title")))
    };
    let main = html! {
        (page_heading(&title, Some(&text.get("audit-lead")), Some(ways)))
        (list_tools(text, &list, Some(&text.get("audit-search")), &filters))
        @if found.is_empty() {
            (empty_state(&text.get("audit-none"), &text.get("audit-none-next"), None))
        } @else {
            (list_count(text, total))
            (rows(text, &list, &found))
            (list.pages(text, SIZE, total))
            div.actions.spaced {
                (link_button(&export(&list, "csv"), &text.get("audit-csv")))
                (link_button(&export(&list, "jsonl"), &text.get("audit-jsonl")))
            }
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn choices(text: Text, prefix: &str, values: &[impl AsRef<str>]) -> Vec<Choice> {
    let one = |value: &str| Choice {
        value: value.to_owned(),
        label: word(text, prefix, value),
        hint: None,
        chosen: false,
    };
    values.iter().map(|value| one(value.as_ref())).collect()
}

/// The address under which the same entries are downloaded.
fn export(list: &ListQuery, format: &str) -> String {
    let here = list.with(&[("format", Some(format))]);
    here.replacen(LIST, "/audit/export", 1)
}

fn rows(text: Text, list: &ListQuery, found: &[Recorded]) -> Markup {
    let labels = ["audit-when", "audit-who", "audit-what", "audit-to"].map(|id| text.get(id));
    let columns = [
        Column::moments(&labels[0], "when"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::new(&labels[3]),
    ];
    let rows = html! {
        @for one in found {
            tr {
                td data-label=(labels[0]) { (moment(text, one.occurred_at.as_millis())) }
                td data-label=(labels[1]) { div {
                    @if let Some(name) = one.actor_name.as_ref().or(one.actor_id.as_ref()) { strong { (name) } }
                    span.fine { (word(text, "actor", &one.actor_kind)) }
                    @if let Some(address) = &one.address { span.fine { (address) } }
                } }
                td data-label=(labels[2]) { div {
                    (word(text, "did", &one.action))
                    @for (name, value) in one.detail.as_object().into_iter().flatten() {
                        @if name == "changes" { (changes(value)) }
                        @else { span.fine { (name) ": " (shown(value)) } }
                    }
                } }
                td data-label=(labels[3]) { div {
                    (word(text, "entity", &one.entity_type))
                    span.fine { code { (one.entity_id) } }
                } }
            }
        }
    };
    list_table(text, list, &text.get("audit-title"), &columns, rows)
}

/// Each member that changed, with what it was and is.
fn changes(value: &Value) -> Markup {
    html! {
        @for (name, change) in value.as_object().into_iter().flatten() {
            span.fine {
                (name) ": "
                @match (change.get("before"), change.get("after")) {
                    (Some(before), Some(after)) => { del { (shown(before)) } " → " ins { (shown(after)) } }
                    (Some(before), None) => { del { (shown(before)) } }
                    (_, after) => { @if let Some(after) = after { (shown(after)) } }
                }
            }
        }
    }
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A stored word in the reader's language, or as it is stored.
fn word(text: Text, prefix: &str, word: &str) -> String {
    text.lookup(&format!("{prefix}-{word}"))
        .unwrap_or_else(|| word.to_owned())
}
