//! What came of runs: output, timing, errors with their line.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use web::components::{
    Crumb, Definition, ListQuery, badge, breadcrumbs, definitions, empty_state, page_heading, table,
};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use super::editor::fault_shown;
use super::{Part, address, head, parts, refused, text, trigger_name};
use crate::model::action::{Ending, Execution, Report};
use crate::service::actions as service;
use crate::store::{action_executions, actions};
use crate::{Error, Tenant};

/// Runs on a page.
const SIZE: u32 = 25;

/// The newest runs.
pub(super) async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _reader: Administrator,
    query: ListQuery,
) -> Result<Page, Response> {
    let offset = i64::from(query.page().saturating_sub(1)) * i64::from(SIZE);
    let failed = query.get("state") == Some("failed");
    let read = async {
        service::flush(&tenant).await?;
        let runs = action_executions::list(tenant.db(), failed, (offset, SIZE.into())).await?;
        Ok::<_, Error>((runs, action_executions::count(tenant.db(), failed).await?))
    };
    let (runs, total) = read.await.map_err(|error| refused(&visitor, error))?;
    let text = text(&visitor);
    let title = text.get("actions-executions");
    let columns = [
        "field-time",
        "field-trigger",
        "field-state",
        "field-actions",
        "field-took",
    ]
    .map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let (other, label) = match failed {
        true => (query.with(&[("state", None)]), "executions-all"),
        false => (
            query.with(&[("state", Some("failed"))]),
            "executions-failed",
        ),
    };
    let main = html! {
        (page_heading(&title, Some(&text.get("executions-lead")), Some(html! { a href=(other) { (text.get(label)) } })))
        (parts(text, Part::Executions))
        @if runs.is_empty() {
            (empty_state(&text.get("executions-none"), &text.get("executions-none-next"), None))
        } @else {
            (table(&title, &columns, None, html! {
                @for run in &runs {
                    tr {
                        td data-label=(columns[0]) {
                            a href=(format!("/actions/executions/{}", run.id)) { (moment(text, run.created_at.as_millis())) }
                        }
                        td data-label=(columns[1]) { (trigger_name(text, run.trigger)) }
                        td data-label=(columns[2]) { (ending(text, run.ending)) }
                        td data-label=(columns[3]) { (names(run)) }
                        td data-label=(columns[4]) { (took(text, run.results.iter().map(|report| report.elapsed_us).sum())) }
                    }
                }
            }))
            (query.pages(visitor.text(), SIZE, u64::try_from(total).unwrap_or(0)))
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn names(run: &Execution) -> String {
    let names: Vec<&str> = run
        .results
        .iter()
        .map(|report| report.action_name.as_str())
        .collect();
    names.join(" → ")
}

fn ending(text: Text, ending: Ending) -> Markup {
    let (tone, word) = match ending {
        Ending::Final => (Tone::Success, "ending-final"),
        Ending::Partial => (Tone::Danger, "ending-failed"),
        Ending::Suspended => (Tone::Info, "ending-suspended"),
    };
    badge(tone, &text.get(word))
}

fn took(text: Text, micros: u64) -> String {
    let time = format!("{}.{:03}", micros / 1000, micros % 1000);
    text.with("took", [("time", time.into())])
}

/// One run.
pub(super) async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let read = async {
        service::flush(&tenant).await?;
        let run = action_executions::find(tenant.db(), &id).await?;
        Ok::<_, Error>((run, actions::all(tenant.db()).await?))
    };
    let (run, known) = read.await.map_err(|error| refused(&visitor, error))?;
    let Some(run) = run else {
        return Err(visitor.problem(StatusCode::NOT_FOUND).into_response());
    };
    let text = text(&visitor);
    let title = trigger_name(text, run.trigger);
    let label = text.get("actions-executions");
    let crumbs = [Crumb {
        label: &label,
        href: "/actions/executions",
    }];
    let mut about = vec![
        Definition::new(
            text.get("field-time"),
            moment(text, run.created_at.as_millis()),
        ),
        Definition::new(text.get("field-execution"), html! { code { (run.id) } }),
    ];
    for (label, value) in [
        ("field-client", &run.client_id),
        ("field-user", &run.user_id),
    ] {
        if let Some(value) = value {
            about.push(Definition::new(text.get(label), html! { code { (value) } }));
        }
    }
    let main = html! {
        (breadcrumbs(visitor.text(), &crumbs))
        (page_heading(&title, None, Some(ending(text, run.ending))))
        (definitions(&about))
        @for report in &run.results {
            (result(text, report, known.iter().any(|action| action.id == report.action_id)))
        }
    };
    Ok(visitor.page(&title).head(head()).main(main))
}

fn result(text: Text, report: &Report, is_here: bool) -> Markup {
    html! {
        section.panel.trial {
            h2 {
                @if is_here { a href=(address(&report.action_id)) { (report.action_name) } }
                @else { (report.action_name) }
            }
            p.fine {
                (took(text, report.elapsed_us)) " · "
                (text.with("memory", [("memory", (report.memory / 1024).to_string().into())]))
                @if !report.commands.is_empty() { " · " (report.commands.join(", ")) }
            }
            @if let Some(fault) = &report.error { (fault_shown(text, fault)) }
            @if report.console.is_empty() { p.fine { (text.get("trial-console-empty")) } }
            @else { pre tabindex="0" { (report.console) } }
        }
    }
}
