//! What came of runs: the list, and one of them with its output.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use web::components::{
    Choice, Column, Crumb, Definition, Filter, ListQuery, breadcrumbs, definitions, empty_state,
    list_count, list_table, list_tools, page_heading,
};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::words::{self, Outcome};
use super::{EXECUTIONS, address, execution as execution_address, head, library, refused, text};
use crate::console::{clients, logs, users};
use crate::model::action::{Action, Execution, Report, Trigger, Version};
use crate::service::actions as service;
use crate::store::action_executions::{self, Wanted};
use crate::store::{action_versions, actions};
use crate::{Error, Tenant};

const SIZE: u32 = 25;

/// Every run that is remembered, narrowed and paged as the address says.
pub(super) async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _: Administrator,
    query: ListQuery,
) -> Result<Page, Response> {
    let wanted = Wanted {
        trigger: query.get("trigger").and_then(Trigger::parse),
        action_id: query.get("action"),
        failed: query.get("outcome") == Some("failed"),
        oldest_first: query.sort(&["when"]) == Some(("when", false)),
    };
    let read = async {
        service::flush(&tenant).await?;
        let offset = i64::from(query.page() - 1) * i64::from(SIZE);
        let found = action_executions::list(tenant.db(), &wanted, i64::from(SIZE), offset).await?;
        Ok::<_, Error>((found, actions::all(tenant.db()).await?))
    };
    let ((shown, total), all) = read.await.map_err(|error| refused(&visitor, &error))?;
    let text = text(&visitor);
    let title = text.get("actions-executions");
    let labels = [
        text.get("actions-field-trigger"),
        text.get("actions-field-action"),
        text.get("actions-field-outcome"),
    ];
    let filters = [
        library::trigger_filter(text, &labels[0]),
        action_filter(&all, &labels[1]),
        outcome_filter(text, &labels[2]),
    ];
    let main = html! {
        (page_heading(&title, Some(&text.get("actions-executions-lead")), None))
        @if total == 0 && !query.narrowed() {
            (empty_state(&text.get("actions-executions-none"), &text.get("actions-executions-none-next"), None))
        } @else {
            (list_tools(text, &query, None, &filters))
            (list_count(text, total))
            @if !shown.is_empty() { (table(text, &query, &title, &shown)) }
            (query.pages(text, SIZE, total))
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn action_filter<'a>(all: &[Action], label: &'a str) -> Filter<'a> {
    let choices = all.iter().map(|action| Choice {
        value: action.id.clone(),
        label: action.name.clone(),
        ..Choice::default()
    });
    Filter {
        name: "action",
        label,
        choices: choices.collect(),
    }
}

fn outcome_filter(text: Text, label: &str) -> Filter<'_> {
    Filter {
        name: "outcome",
        label,
        choices: vec![Choice {
            value: "failed".to_owned(),
            label: text.get("actions-outcome-failed"),
            ..Choice::default()
        }],
    }
}

fn table(text: Text, query: &ListQuery, title: &str, shown: &[Execution]) -> Markup {
    let labels = [
        "actions-field-when",
        "actions-field-trigger",
        "actions-field-actions",
        "actions-field-outcome",
        "actions-field-duration",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::moments(&labels[0], "when"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::new(&labels[3]),
        Column::new(&labels[4]),
    ];
    let rows = html! {
        @for execution in shown {
            tr {
                td data-label=(labels[0]) {
                    a href=(execution_address(&execution.id)) { (moment(text, execution.created_at.as_millis())) }
                }
                td data-label=(labels[1]) { (words::trigger(text, execution.trigger)) }
                td data-label=(labels[2]) {
                    @for report in &execution.results {
                        div {
                            (report.action_name)
                            @if let Some(fault) = &report.error { span.fine { (words::short_fault(text, fault)) } }
                        }
                    }
                }
                td data-label=(labels[3]) { (Outcome::of(execution).badge(text)) }
                td data-label=(labels[4]) { (words::duration(text, elapsed(execution))) }
            }
        }
    };
    list_table(text, query, title, &columns, rows)
}

/// How long all Actions of a run took together.
fn elapsed(execution: &Execution) -> Duration {
    let results = execution.results.iter();
    Duration::from_micros(results.map(|report| report.elapsed_us).sum())
}

/// One run.
pub(super) async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let read = async {
        service::flush(&tenant).await?;
        let Some(execution) = action_executions::find(tenant.db(), &id).await? else {
            return Ok(None);
        };
        let mut versions = Vec::new();
        for report in &execution.results {
            let is_there = actions::find(tenant.db(), &report.action_id)
                .await?
                .is_some();
            versions.push((ran(&tenant, report).await?, is_there));
        }
        Ok::<_, Error>(Some((execution, versions)))
    };
    let found = read.await.map_err(|error| refused(&visitor, &error))?;
    let Some((execution, versions)) = found else {
        return Err(visitor.problem(StatusCode::NOT_FOUND).into_response());
    };
    let text = text(&visitor);
    let title = text.get("actions-execution");
    let all = text.get("actions-executions");
    let crumbs = [Crumb {
        label: &all,
        href: EXECUTIONS,
    }];
    let main = html! {
        (breadcrumbs(text, &crumbs))
        (page_heading(&title, None, Some(Outcome::of(&execution).badge(text))))
        div.panel { (definitions(&facts(text, &execution))) }
        @for (report, (version, is_there)) in execution.results.iter().zip(&versions) {
            (part(text, report, version.as_ref(), *is_there))
        }
    };
    Ok(visitor.page(&title).head(head()).main(main))
}

/// The version that ran: the last one that was deployed before. None if it is forgotten.
async fn ran(tenant: &Tenant, report: &Report) -> Result<Option<Version>, Error> {
    let versions = action_versions::list(tenant.db(), &report.action_id).await?;
    let earlier = |version: &Version| version.created_at <= report.started_at;
    Ok(versions.into_iter().find(earlier))
}

fn facts(text: Text, execution: &Execution) -> Vec<Definition> {
    let mut facts = vec![
        Definition::new(
            text.get("actions-field-when"),
            moment(text, execution.created_at.as_millis()),
        ),
        Definition::new(
            text.get("actions-field-trigger"),
            html! { (words::trigger(text, execution.trigger)) },
        ),
        Definition::new(
            text.get("actions-field-duration"),
            html! { (words::duration(text, elapsed(execution))) },
        ),
    ];
    if let Some(id) = &execution.client_id {
        let client = html! { a href=(clients::address(id, "")) { code { (id) } } };
        facts.push(Definition::new(text.get("actions-field-client"), client));
    }
    if let Some(id) = &execution.user_id {
        let user = html! { a href=(users::address(id, "")) { code { (id) } } };
        facts.push(Definition::new(text.get("actions-field-user"), user));
    }
    if let Some(about) = execution.user_id.as_ref().or(execution.client_id.as_ref()) {
        let log = html! { a href=(logs::about(about)) { (text.get("actions-log-entries")) } };
        facts.push(Definition::new(text.get("actions-field-log"), log));
    }
    let id = html! { code { (execution.id) } };
    facts.push(Definition::new(text.get("actions-field-execution"), id));
    facts
}

/// What came of one Action; `is_there` says whether it still exists.
fn part(text: Text, report: &Report, version: Option<&Version>, is_there: bool) -> Markup {
    let id = format!("action-{}", report.action_id);
    let measured = [
        Definition::new(
            text.get("actions-time"),
            html! { (words::duration(text, Duration::from_micros(report.elapsed_us))) },
        ),
        Definition::new(
            text.get("actions-memory"),
            html! { (words::memory(report.memory)) },
        ),
    ];
    let code = version.map(|version| version.content.code.as_str());
    html! {
        section.section aria-labelledby=(id) {
            h2 id=(id) {
                @if is_there { a href=(address(&report.action_id, "")) { (report.action_name) } }
                @else { (report.action_name) " " span.fine { (text.get("actions-gone")) } }
                @if let Some(version) = version { " " span.fine { (text.with("actions-version", [("number", version.number.into())])) } }
            }
            div.panel.spaced.trial {
                @if let Some(fault) = &report.error { (words::fault(text, fault, code)) }
                div.measured { (definitions(&measured)) }
                h3 { (text.get("actions-console")) }
                @if report.console.is_empty() { p.fine { (text.get("actions-console-empty")) } }
                @else { pre.console tabindex="0" { (report.console) } }
                // What fails stops the flow, and asks for nothing.
                @if report.error.is_none() {
                    h3 { (text.get("actions-commands")) }
                    @if report.commands.is_empty() { p.fine { (text.get("actions-commands-empty")) } }
                    @else { ul.calls { @for method in &report.commands { li { code { "api." (method) } } } } }
                }
            }
        }
    }
}
