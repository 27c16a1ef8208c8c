//! The audit as a page.

use axum::extract::State;
use oauth::Timestamp;
use serde_json::Value;
use web::components::{
    Choice, Column, Filter, ListQuery, empty_state, link_button, list_count, list_table,
    list_tools, page_heading,
};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::{ACTORS, LIST, Refused, SINCE, asked, destinations, text, webhook};
use crate::Portal;
use crate::store::audit_log::{self, Place, Recorded};
use crate::store::listing::{Listing, Sort};

const SIZE: u32 = 50;

/// Entries that one page reads at most to find a text in them: a fifth of a second.
const READ: u32 = 50_000;

/// Where a search goes on, in the address.
const AFTER: &str = "after";

/// What a page shows.
struct Shown {
    found: Vec<Recorded>,
    reach: Reach,
}

/// How much of what there is a page is of.
enum Reach {
    /// One page of so many entries.
    All(u64),
    /// As far as this, and there is more to read.
    Until(Place),
    /// As far as there is something.
    End,
}

/// One page. A text that no index knows is looked for in so many entries and no more.
async fn read(portal: &Portal, list: &ListQuery, wanted: &Listing) -> Result<Shown, Refused> {
    if list.search().is_none() || wanted.is_looked_up() {
        let (found, total) = audit_log::list(portal.db(), wanted).await?;
        let reach = Reach::All(u64::try_from(total).unwrap_or(0));
        return Ok(Shown { found, reach });
    }
    let descending = wanted.sort.iter().all(|sort| sort.descending);
    let from = (list.get(AFTER).and_then(read_place), descending);
    let looked = audit_log::look(portal.db(), wanted, from, READ).await?;
    let reach = looked.until.map_or(Reach::End, Reach::Until);
    Ok(Shown {
        found: looked.found,
        reach,
    })
}

/// A place of the audit in an address.
fn written_place((at, seq, id): &Place) -> String {
    format!("{}.{seq}.{id}", at.as_millis())
}

fn read_place(text: &str) -> Option<Place> {
    let mut parts = text.splitn(3, '.');
    let at = Timestamp::from_millis(parts.next()?.parse().ok()?);
    Some((at, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

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
    let Shown { found, reach } = read(&portal, &list, &wanted).await?;
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
    let ways = html! {
        (link_button(destinations::LIST, &text.get("destinations-title")))
        (link_button(webhook::PAGE, &text.get("webhook-title")))
    };
    let main = html! {
        (page_heading(&title, Some(&text.get("audit-lead")), Some(ways)))
        (list_tools(text, &list, Some(&text.get("audit-search")), &filters))
        @if found.is_empty() {
            @if let Reach::Until(until) = &reach { (read_until(text, until)) }
            (empty_state(&text.get("audit-none"), &text.get("audit-none-next"), further(text, &list, &reach)))
        } @else {
            @match &reach {
                Reach::All(total) => (list_count(text, *total)),
                Reach::Until(until) => (read_until(text, until)),
                Reach::End => p.result-count.list-count { (text.get("audit-read-all")) },
            }
            (rows(text, &list, &found))
            @match &reach {
                Reach::All(total) => (list.pages(text, SIZE, *total)),
                _ => @if let Some(ways) = further(text, &list, &reach) { div.actions.spaced { (ways) } },
            }
            div.actions.spaced {
                (link_button(&export(&list, "csv"), &text.get("audit-csv")))
                (link_button(&export(&list, "jsonl"), &text.get("audit-jsonl")))
            }
        }
    };
    Ok(visitor.page(&title).main(main))
}

/// How far a search has read.
fn read_until(text: Text, (at, ..): &Place) -> Markup {
    html! { p.result-count.list-count { (text.get("audit-read-until")) " " (moment(text, at.as_millis())) } }
}

/// Where a search goes on, and back to where it began.
fn further(text: Text, list: &ListQuery, reach: &Reach) -> Option<Markup> {
    let onward = match reach {
        Reach::Until(until) => Some(list.with(&[(AFTER, Some(&written_place(until)))])),
        _ => None,
    };
    let began = list.get(AFTER).map(|_| list.with(&[(AFTER, None)]));
    let ways = [(onward, "audit-further"), (began, "audit-from-beginning")];
    let links: Vec<Markup> = ways
        .into_iter()
        .filter_map(|(href, label)| Some(link_button(&href?, &text.get(label))))
        .collect();
    (!links.is_empty()).then(|| html! { @for link in &links { (link) } })
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
    let here = list.with(&[("format", Some(format)), (AFTER, None)]);
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
