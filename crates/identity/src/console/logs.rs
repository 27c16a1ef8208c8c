//! The tenant's log: what happened, to whom, from where.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::Value;
use web::components::{
    Choice, Column, Definition, Filter as Narrowing, ListQuery, badge, code_block, definitions,
    empty_state, list_count, list_table, list_tools, page_heading,
};
use web::{Administrator, Markup, Page, Role, Text, Tone, Visitor, Width, html, query_value};

use super::search::{each, holds, is};
use super::text::{way, when};
use super::{Refused, text};
use crate::model::Members;
use crate::model::search::Search;
use crate::store::logs::Filter;
use crate::{Error, Tenant, service, store};

const LIST: &str = "/tenant/logs";
const SIZE: u32 = 50;
/// The codes that the list is narrowed by, in its order.
const CODES: [&str; 23] = [
    "s",
    "f",
    "fp",
    "fu",
    "ss",
    "fs",
    "limit_wc",
    "limit_mu",
    "scp",
    "sv",
    "sdu",
    "seacft",
    "feacft",
    "seccft",
    "feccft",
    "sertft",
    "fertft",
    "ferrt",
    "srrt",
    "slo",
    "sapi",
    "fapi",
    "actions_execution_failed",
];

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(LIST, get(list))
        .route("/tenant/logs/{id}", get(show))
}

/// The address of the entries about a user or a client.
pub(super) fn about(id: &str) -> String {
    format!("{LIST}?q={}", query_value(id))
}

async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    administrator: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    // Whoever looks wants what just happened too.
    service::log::flush(&tenant).await?;
    let filter = Filter::new(&wanted(&list))
        .map_err(|field| Error::Internal(format!("the log has no field {field}")))?;
    let offset = i64::from(list.page() - 1) * i64::from(SIZE);
    let range = (offset, i64::from(SIZE));
    let entries = store::logs::list(tenant.db(), &filter, true, range).await?;
    let total = store::logs::count(tenant.db(), &filter).await?;
    let total = u64::try_from(total).unwrap_or(0);
    let text = text(&visitor);
    let title = text.get("logs-title");
    let label = text.get("logs-type");
    let kinds = Narrowing {
        name: "type",
        label: &label,
        choices: CODES
            .map(|code| Choice {
                value: code.to_owned(),
                label: format!("{} ({code})", event(text, code)),
                ..Choice::default()
            })
            .to_vec(),
    };
    let main = html! {
        (page_heading(&title, Some(&text.get("logs-lead")), None))
        (list_tools(text, &list, Some(&text.get("logs-search")), &[kinds]))
        @if entries.is_empty() {
            (empty_state(&text.get("logs-none"), &text.get("clients-none-next"), None))
        } @else {
            (list_count(text, total))
            (rows(text, &list, &entries, administrator.role))
            (list.pages(text, SIZE, total))
        }
    };
    Ok(visitor.page(&title).main(main))
}

/// The entries of a type, and those whose user, client, address or name is what is searched for.
fn wanted(list: &ListQuery) -> Search {
    let mut all: Vec<Search> = list
        .get("type")
        .map(|code| is("type", code))
        .into_iter()
        .collect();
    if let Some(text) = list.search() {
        all.push(Search::Or(vec![
            is("user_id", text),
            is("client_id", text),
            is("ip", text),
            holds(Some("user_name"), text),
        ]));
    }
    each(all)
}

/// What a code means.
fn event(text: Text, code: &str) -> String {
    text.lookup(&format!("log-{code}"))
        .unwrap_or_else(|| code.to_owned())
}

fn tone(code: &str) -> Tone {
    match code {
        "limit_wc" | "limit_mu" | "actions_execution_failed" => Tone::Danger,
        _ if code.starts_with('f') => Tone::Warning,
        _ => Tone::Success,
    }
}

fn member<'a>(entry: &'a Members, name: &str) -> &'a str {
    entry.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn date(entry: &Members) -> Option<oauth::Timestamp> {
    oauth::Timestamp::parse_rfc3339(member(entry, "date")).ok()
}

fn rows(text: Text, list: &ListQuery, entries: &[Members], reader: Role) -> Markup {
    let labels = [
        "logs-date",
        "logs-type",
        "description",
        "logs-who",
        "logs-from",
    ]
    .map(|id| text.get(id));
    let columns = labels.each_ref().map(|label| Column::new(label));
    list_table(
        text,
        list,
        &text.get("logs-title"),
        &columns,
        html! {
            @for entry in entries {
                @let code = member(entry, "type");
                tr {
                    td data-label=(labels[0]) {
                        a href=(format!("{LIST}/{}", member(entry, "log_id"))) { (when(text, date(entry))) }
                    }
                    td data-label=(labels[1]) { (badge(tone(code), &event(text, code))) }
                    td data-label=(labels[2]) { (member(entry, "description")) }
                    td data-label=(labels[3]) { (who(entry, reader)) }
                    td data-label=(labels[4]) { (member(entry, "ip")) }
                }
            }
        },
    )
}

/// Who did it, with a way there: a user, somebody of the team (whose accounts only owners see), a client.
fn who(entry: &Members, reader: Role) -> Markup {
    let name = member(entry, "user_name");
    let user = member(entry, "user_id");
    let client = member(entry, "client_id");
    let (href, shown) = match (team_member(entry), user, client) {
        (Some(id), ..) => {
            let href = (reader == Role::Owner).then(|| format!("/administrators/{id}"));
            (href, name)
        }
        (None, "", "") => (None, name),
        (None, "", _) if name.is_empty() => {
            let called = member(entry, "client_name");
            let href = Some(super::clients::address(client, ""));
            (href, if called.is_empty() { client } else { called })
        }
        (None, "", _) => (None, name),
        (None, _, _) => {
            let href = Some(super::users::address(user, ""));
            (href, if name.is_empty() { user } else { name })
        }
    };
    html! {
        @match href {
            Some(href) => a href=(href) { (shown) },
            None => (shown),
        }
    }
}

/// The id of the administrator who made a change in the console.
fn team_member(entry: &Members) -> Option<&str> {
    let request = entry.get("details")?.get("request")?;
    let here = request.get("channel").and_then(Value::as_str) == Some("console");
    let id = request
        .pointer("/auth/user/user_id")
        .and_then(Value::as_str);
    // What is no id of an account leads nowhere.
    id.filter(|id| {
        here && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    administrator: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    service::log::flush(&tenant).await?;
    let found = store::logs::find(tenant.db(), &id).await?;
    let entry = found.ok_or(storage::Error::NotFound)?;
    let text = text(&visitor);
    let code = member(&entry, "type");
    let title = event(text, code);
    let link = |name: &str, href: String| {
        let value = member(&entry, name);
        html! { @if !value.is_empty() { a href=(href) { code { (value) } } } }
    };
    let mut facts = vec![
        Definition::new(text.get("logs-date"), when(text, date(&entry))),
        Definition::new(text.get("logs-type"), html! { (badge(tone(code), code)) }),
        Definition::new(
            text.get("description"),
            html! { (member(&entry, "description")) },
        ),
        Definition::new(
            text.get("clients-application"),
            link(
                "client_id",
                super::clients::address(member(&entry, "client_id"), ""),
            ),
        ),
        Definition::new(
            text.get("logs-user"),
            link(
                "user_id",
                super::users::address(member(&entry, "user_id"), ""),
            ),
        ),
        Definition::new(text.get("logs-from"), html! { (member(&entry, "ip")) }),
    ];
    if team_member(&entry).is_some() {
        let link = who(&entry, administrator.role);
        facts.push(Definition::new(text.get("logs-who"), link));
    }
    let executions: Vec<&str> = executions(&entry).collect();
    if !executions.is_empty() {
        let links = html! {
            @for id in executions { a href=(super::actions::execution(id)) { code { (id) } } " " }
        };
        facts.push(Definition::new(text.get("logs-executions"), links));
    }
    let whole = serde_json::to_string_pretty(&entry).unwrap_or_default();
    let main = html! {
        (way(text, &[(&text.get("logs-title"), LIST)]))
        (page_heading(&title, None, None))
        div.panel { (definitions(&facts)) }
        section.section aria-labelledby="whole" {
            h2 id="whole" { (text.get("logs-whole")) }
            div.spaced { (code_block(text, "entry", &whole)) }
        }
    };
    Ok(visitor.page(&title).width(Width::Reading).main(main))
}

/// The runs of Actions that belong to an entry.
fn executions(entry: &Members) -> impl Iterator<Item = &str> {
    let details = entry.get("details");
    let list = details.and_then(|details| details.pointer("/actions/executions"));
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}
