//! What was deployed of an Action, and what changed from one version to another.

pub(super) mod diff;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use web::components::{Choice, Field, badge, empty_state, page_heading, table};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use web::components::ListQuery;

use super::{View, address, found, head, refused, text, views, way};
use crate::Tenant;
use crate::model::action::{Action, Content, Version};
use crate::store::action_versions;

/// How the draft is named in addresses.
const DRAFT: &str = "draft";

/// The list, and a comparison of two of its entries.
pub(super) async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
    query: ListQuery,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let versions = action_versions::list(tenant.db(), &id).await;
    let versions = versions.map_err(|error| refused(&visitor, &error.into()))?;
    let text = text(&visitor);
    let (from, to) = chosen(&action, &versions, &query);
    let both = content(&action, &versions, &from).zip(content(&action, &versions, &to));
    if both.is_none() && !versions.is_empty() {
        return Err(visitor.problem(StatusCode::NOT_FOUND).into_response());
    }
    let title = text.with("actions-versions-of", [("name", (&action.name).into())]);
    let main = html! {
        (way(text, Some(&action)))
        (page_heading(&action.name, Some(&text.get("actions-versions-lead")), None))
        (views(text, &action, View::Versions))
        @if versions.is_empty() {
            (empty_state(&text.get("actions-versions-none"), &text.get("actions-versions-none-next"), None))
        } @else {
            (all(text, &action, &versions, reader.role.may_change()))
            section.section aria-labelledby="compare-title" id="compare" {
                h2 id="compare-title" { (text.get("actions-compare")) }
                (choose(text, &action, &versions, (&from, &to)))
                @if let Some((before, after)) = both { (diff::shown(text, before, after)) }
            }
        }
    };
    Ok(visitor.page(&title).head(head()).main(main))
}

/// What the address compares; where it says nothing, what runs with the draft, or with what ran before.
fn chosen(action: &Action, versions: &[Version], query: &ListQuery) -> (String, String) {
    let deployed = action.deployed_version.as_deref().unwrap_or(DRAFT);
    let (from, to) = match (action.has_undeployed, versions) {
        (false, [_, earlier, ..]) => (earlier.id.as_str(), deployed),
        _ => (deployed, DRAFT),
    };
    let asked = |name: &str, usual: &str| query.get(name).unwrap_or(usual).to_owned();
    (asked("from", from), asked("to", to))
}

fn content<'a>(action: &'a Action, versions: &'a [Version], name: &str) -> Option<&'a Content> {
    if name == DRAFT {
        return Some(&action.draft);
    }
    let version = versions.iter().find(|version| version.id == name);
    version.map(|version| &version.content)
}

fn all(text: Text, action: &Action, versions: &[Version], may_change: bool) -> Markup {
    let labels = ["actions-field-version", "actions-field-deployed-at"].map(|id| text.get(id));
    let columns: Vec<&str> = labels.iter().map(String::as_str).collect();
    let rows = html! {
        @for version in versions {
            @let runs = action.deployed_version.as_ref() == Some(&version.id);
            tr {
                td data-label=(labels[0]) {
                    strong { (text.with("actions-version", [("number", version.number.into())])) }
                    @if runs { " " (badge(Tone::Success, &text.get("actions-runs"))) }
                }
                td data-label=(labels[1]) { (moment(text, version.created_at.as_millis())) }
                td.row-actions {
                    a href=(format!("{}?from={}&to={DRAFT}#compare", address(&action.id, "/versions"), version.id)) {
                        (text.get("actions-compare-with-draft"))
                        span.visually-hidden { " " (text.with("actions-version", [("number", version.number.into())])) }
                    }
                    @if may_change && !runs {
                        " " a.button.button-small.button-secondary href=(address(&action.id, &format!("/versions/{}/roll-back", version.id))) {
                            (text.get("actions-roll-back"))
                            span.visually-hidden { " " (text.with("actions-version", [("number", version.number.into())])) }
                        }
                    }
                }
            }
        }
    };
    table(
        &text.get("actions-versions"),
        &columns,
        Some(&text.get("actions-what-to-do")),
        rows,
    )
}

fn choose(text: Text, action: &Action, versions: &[Version], (from, to): (&str, &str)) -> Markup {
    let choices = |chosen: &str| -> Vec<Choice> {
        let draft = (DRAFT.to_owned(), text.get("actions-draft"));
        let numbered = versions.iter().map(|version| {
            let label = text.with("actions-version", [("number", version.number.into())]);
            (version.id.clone(), label)
        });
        let choice = |(value, label): (String, String)| Choice {
            chosen: value == chosen,
            value,
            label,
            hint: None,
        };
        std::iter::once(draft).chain(numbered).map(choice).collect()
    };
    let (before, after) = (choices(from), choices(to));
    let labels = ["actions-compare-from", "actions-compare-to"].map(|id| text.get(id));
    html! {
        form.compare method="get" action=(address(&action.id, "/versions#compare")) {
            (Field::select(text, "from", &labels[0], &before))
            (Field::select(text, "to", &labels[1], &after))
            button.button.button-secondary type="submit" { (text.get("actions-compare-button")) }
        }
    }
}
