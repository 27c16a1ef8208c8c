//! What was deployed of an Action: each version beside the draft, and the way back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use similar::{ChangeTag, TextDiff};
use web::components::{
    Crumb, FieldErrors, badge, breadcrumbs, form, link_button, page_heading, table,
};
use web::{Administrator, Editor, Form, Markup, Page, Text, Tone, Visitor, html, moment};

use super::library::Nothing;
use super::{address, found, head, note, refused, text};
use crate::Tenant;
use crate::model::action::{Action, Content, Version};
use crate::service::actions as service;
use crate::store::action_versions;

/// Lines around a change that are shown.
const AROUND: usize = 3;

/// Every version.
pub(super) async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let versions = action_versions::list(tenant.db(), &id).await;
    let versions = versions.map_err(|error| refused(&visitor, error.into()))?;
    let text = text(&visitor);
    let title = text.get("versions-title");
    let columns = ["field-version", "field-deployed", "field-state"].map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let main = html! {
        (way(&visitor, &action))
        (page_heading(&title, Some(&text.get("versions-lead")), None))
        @if versions.is_empty() { p { (text.get("versions-none")) } }
        @else {
            (table(&title, &columns, None, html! {
                @for version in &versions {
                    tr {
                        td data-label=(columns[0]) {
                            a href=(format!("{}/versions/{}", address(&id), version.id)) {
                                (text.with("version-number", [("number", version.number.into())]))
                            }
                        }
                        td data-label=(columns[1]) { (moment(text, version.created_at.as_millis())) }
                        td data-label=(columns[2]) {
                            @if action.deployed_version.as_ref() == Some(&version.id) {
                                (badge(Tone::Success, &text.get("state-runs")))
                            }
                        }
                    }
                }
            }))
        }
    };
    Ok(visitor.page(&title).main(main))
}

/// A version, and what the draft says otherwise.
pub(super) async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, version)): Path<(String, String)>,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let version = version_of(&tenant, &visitor, &id, &version).await?;
    let text = text(&visitor);
    let title = text.with("version-number", [("number", version.number.into())]);
    let here = format!("{}/versions/{}", address(&id), version.id);
    let runs = action.deployed_version.as_ref() == Some(&version.id);
    let main = html! {
        (way(&visitor, &action))
        (page_heading(&title, Some(&action.name), runs.then(|| badge(Tone::Success, &text.get("state-runs")))))
        section aria-labelledby="diff-title" {
            h2 id="diff-title" { (text.get("diff-title")) }
            p.fine { (text.get("diff-hint")) }
            (diff(text, &version.content, &action.draft))
        }
        @if reader.role.may_change() {
            (form(&visitor, &here, &FieldErrors::new(), html! {
                p { (text.get("roll-back-lead")) }
                div.form-actions {
                    button.button.button-primary type="submit" { (text.get("roll-back")) }
                    (link_button(&address(&id), &text.get("cancel")))
                }
            }))
        }
    };
    Ok(visitor.page(&title).head(head()).main(main))
}

/// Deploys the version anew; the draft says it too from now on.
pub(super) async fn roll_back(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(administrator): Editor,
    Path((id, version)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Response> {
    let rolled = service::roll_back(&tenant, &id, &version, true).await;
    let (action, made) = rolled.map_err(|error| refused(&visitor, error))?;
    note(&tenant, &administrator, "Action rolled back", &action.name);
    let said = text(&visitor).with("deployed", [("number", made.number.into())]);
    Ok(visitor
        .redirect_saying(address(&id), Tone::Success, said)
        .into_response())
}

async fn version_of(
    tenant: &Tenant,
    visitor: &Visitor,
    id: &str,
    version: &str,
) -> Result<Version, Response> {
    let found = action_versions::find(tenant.db(), id, version).await;
    let found = found.map_err(|error| refused(visitor, error.into()))?;
    found.ok_or_else(|| visitor.problem(StatusCode::NOT_FOUND).into_response())
}

fn way(visitor: &Visitor, action: &Action) -> Markup {
    let text = text(visitor);
    let (library, here) = (text.get("actions-title"), address(&action.id));
    let crumbs = [
        Crumb {
            label: &library,
            href: "/actions",
        },
        Crumb {
            label: &action.name,
            href: &here,
        },
    ];
    breadcrumbs(visitor.text(), &crumbs)
}

/// What became of the version's code, packages and secrets in the draft.
fn diff(text: Text, before: &Content, after: &Content) -> Markup {
    let (before, after) = (written(before), written(after));
    let diff = TextDiff::from_lines(&before, &after);
    let hunks: Vec<_> = diff.grouped_ops(AROUND);
    html! {
        @if hunks.is_empty() { p { (text.get("diff-none")) } }
        @for hunk in &hunks {
            div.diff role="group" tabindex="0" aria-label=(text.get("diff-title")) {
                @for operation in hunk {
                    @for change in diff.iter_changes(operation) {
                        @let (class, mark) = match change.tag() {
                            ChangeTag::Delete => (Some("diff-removed"), "- "),
                            ChangeTag::Insert => (Some("diff-added"), "+ "),
                            ChangeTag::Equal => (None, "  "),
                        };
                        span class=[class] { (mark) (change.value().trim_end_matches('\n')) }
                    }
                }
            }
        }
    }
}

/// Code, then packages and names of secrets as comments.
fn written(content: &Content) -> String {
    let mut written = content.code.clone();
    if !written.ends_with('\n') {
        written.push('\n');
    }
    for package in &content.dependencies {
        written.push_str(&format!("// {}@{}\n", package.name, package.version));
    }
    for secret in &content.secret_names {
        written.push_str(&format!("// event.secrets.{}\n", secret.name));
    }
    written
}
