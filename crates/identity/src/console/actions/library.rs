//! The library: every Action.

use std::cmp::{Ordering, Reverse};

use axum::extract::State as Extract;
use axum::response::Response;
use oauth::Timestamp;
use web::components::{
    Choice, Column, Filter, ListQuery, badge, empty_state, list_count, list_table, list_tools,
    page_heading,
};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use super::words::{self, State};
use super::{address, refused, text};
use crate::model::action::{Action, Binding, Trigger, Version};
use crate::store::{action_bindings, action_versions, actions};
use crate::{Error, Tenant};

const SIZE: u32 = 20;

/// An Action with what its row shows.
struct Row {
    action: Action,
    /// The version that runs: its number and when it was deployed.
    deployed: Option<(i64, Timestamp)>,
    bound: bool,
}

/// Every Action, narrowed, sorted and paged as the address says.
pub(super) async fn list(
    Extract(tenant): Extract<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    query: ListQuery,
) -> Result<Page, Response> {
    let mut rows = read(&tenant)
        .await
        .map_err(|error| refused(&visitor, &error))?;
    let text = text(&visitor);
    let title = text.get("actions-library");
    let new = html! { a.button.button-primary href="/actions/library/new" { (text.get("actions-build-custom")) } };
    let new = reader.role.may_change().then_some(new);
    let any = !rows.is_empty();
    narrow(&mut rows, &query);
    sort(&mut rows, &query);
    let total = rows.len() as u64;
    let skipped = (query.page() - 1) as usize * SIZE as usize;
    let shown: Vec<Row> = rows.into_iter().skip(skipped).take(SIZE as usize).collect();
    let labels = [
        text.get("actions-field-trigger"),
        text.get("actions-field-state"),
    ];
    let filters = [
        trigger_filter(text, &labels[0]),
        state_filter(text, &labels[1]),
    ];
    let main = html! {
        (page_heading(&title, Some(&text.get("actions-library-lead")), new.clone().filter(|_| any)))
        @if any {
            (list_tools(text, &query, Some(&text.get("actions-search")), &filters))
            (list_count(text, total))
            @if !shown.is_empty() { (table(text, &query, &title, &shown)) }
            (query.pages(text, SIZE, total))
        } @else {
            (empty_state(&text.get("actions-none"), &text.get("actions-none-next"), new))
        }
    };
    Ok(visitor.page(&title).main(main))
}

async fn read(tenant: &Tenant) -> Result<Vec<Row>, Error> {
    let all = actions::all(tenant.db()).await?;
    let versions = action_versions::deployed(tenant.db()).await?;
    let bindings = action_bindings::all(tenant.db()).await?;
    let rows = all.into_iter().map(|action| Row {
        deployed: deployed(&action, &versions),
        bound: is_bound(&action, &bindings),
        action,
    });
    Ok(rows.collect())
}

fn deployed(action: &Action, versions: &[Version]) -> Option<(i64, Timestamp)> {
    let id = action.deployed_version.as_ref()?;
    let version = versions.iter().find(|version| version.id == *id)?;
    Some((version.number, version.created_at))
}

fn is_bound(action: &Action, bindings: &[Binding]) -> bool {
    words::bound(bindings, action).next().is_some()
}

fn narrow(rows: &mut Vec<Row>, query: &ListQuery) {
    if let Some(wanted) = query.search() {
        let wanted = wanted.to_lowercase();
        rows.retain(|row| row.action.name.to_lowercase().contains(&wanted));
    }
    if let Some(wanted) = query.get("trigger") {
        rows.retain(|row| row.action.trigger.id() == wanted);
    }
    if let Some(wanted) = query.get("state") {
        rows.retain(|row| State::of(&row.action).as_str() == wanted);
    }
}

/// Sorts; what was changed last comes first where nothing is asked for.
fn sort(rows: &mut [Row], query: &ListQuery) {
    let name = |row: &Row| row.action.name.to_lowercase();
    let Some((column, descending)) =
        query.sort(&["name", "trigger", "state", "deployed", "updated"])
    else {
        rows.sort_by_key(|row| Reverse(row.action.updated_at));
        return;
    };
    let compare = |a: &Row, b: &Row| -> Ordering {
        match column {
            "trigger" => a.action.trigger.index().cmp(&b.action.trigger.index()),
            "state" => State::of(&a.action).cmp(&State::of(&b.action)),
            "deployed" => a
                .deployed
                .map(|(_, at)| at)
                .cmp(&b.deployed.map(|(_, at)| at)),
            "updated" => a.action.updated_at.cmp(&b.action.updated_at),
            _ => name(a).cmp(&name(b)),
        }
    };
    rows.sort_by(|a, b| {
        let order = compare(a, b);
        let order = if descending { order.reverse() } else { order };
        order.then_with(|| name(a).cmp(&name(b)))
    });
}

/// The triggers, to be chosen from.
pub(super) fn trigger_filter(text: Text, label: &str) -> Filter<'_> {
    let choices = Trigger::ALL.into_iter().map(|trigger| Choice {
        value: trigger.id().to_owned(),
        label: words::trigger(text, trigger),
        ..Choice::default()
    });
    Filter {
        name: "trigger",
        label,
        choices: choices.collect(),
    }
}

fn state_filter(text: Text, label: &str) -> Filter<'_> {
    let choices = State::ALL.into_iter().map(|state| Choice {
        value: state.as_str().to_owned(),
        label: state.word(text),
        ..Choice::default()
    });
    Filter {
        name: "state",
        label,
        choices: choices.collect(),
    }
}

fn table(text: Text, query: &ListQuery, title: &str, rows: &[Row]) -> Markup {
    let labels = [
        "actions-field-name",
        "actions-field-trigger",
        "actions-field-state",
        "actions-field-deployed",
        "actions-field-updated",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::sorted(&labels[1], "trigger"),
        Column::sorted(&labels[2], "state"),
        Column::moments(&labels[3], "deployed"),
        Column::moments(&labels[4], "updated"),
    ];
    let content = html! {
        @for row in rows {
            tr {
                td data-label=(labels[0]) { a href=(address(&row.action.id, "")) { strong { (row.action.name) } } }
                td data-label=(labels[1]) {
                    (words::trigger(text, row.action.trigger))
                    @if row.bound { " " (badge(Tone::Info, &text.get("actions-bound"))) }
                }
                td data-label=(labels[2]) { (State::of(&row.action).badge(text)) }
                td data-label=(labels[3]) {
                    @match row.deployed {
                        Some((number, at)) => {
                            (moment(text, at.as_millis()))
                            span.fine { (text.with("actions-version", [("number", number.into())])) }
                        }
                        None => span.fine { (text.get("actions-never")) },
                    }
                }
                td data-label=(labels[4]) { (moment(text, row.action.updated_at.as_millis())) }
            }
        }
    };
    list_table(text, query, title, &columns, content)
}
