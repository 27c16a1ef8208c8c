//! Actions: the library, the editor, versions, what runs at the triggers, and what came of it.

mod editor;
mod executions;
mod library;
mod triggers;
mod versions;

use std::sync::LazyLock;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::StatusCode;
use rust_embed::RustEmbed;
use web::assets::Assets;
use web::components::{Tab, tabs};
use web::{Administrator, Catalog, Locale, Markup, Text, Visitor, html};

use crate::model::action::{Action, Trigger};
use crate::model::log::{Entry, Event};
use crate::store::actions;
use crate::{Error, Tenant};

pub(crate) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../../locales/actions.en.ftl")),
        (Locale::Ja, include_str!("../../../locales/actions.ja.ftl")),
    ])
});

#[derive(RustEmbed)]
#[folder = "assets/actions/"]
struct Own;

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::of::<Own>);

/// The pages under `/actions`.
pub(crate) fn routes() -> Router<Tenant> {
    Router::new()
        .route("/actions", get(library::list))
        .route("/actions/new", get(library::new_page).post(library::create))
        .route(
            "/actions/library/{id}",
            get(editor::show).post(editor::submit),
        )
        .route(
            "/actions/library/{id}/delete",
            get(library::delete_page).post(library::delete),
        )
        .route("/actions/library/{id}/versions", get(versions::list))
        .route(
            "/actions/library/{id}/versions/{version}",
            get(versions::show).post(versions::roll_back),
        )
        .route("/actions/triggers", get(triggers::list))
        .route(
            "/actions/triggers/{trigger}",
            get(triggers::show).post(triggers::change),
        )
        .route("/actions/executions", get(executions::list))
        .route("/actions/executions/{id}", get(executions::show))
        .merge(ASSETS.router())
}

fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// Stylesheet and script of these pages.
fn head() -> Markup {
    html! {
        link rel="stylesheet" href=(ASSETS.path("editor.css"));
        script src=(ASSETS.path("editor.js")) defer {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Library,
    Triggers,
    Executions,
}

/// The three parts of these pages.
fn parts(text: Text, current: Part) -> Markup {
    let tab = |part: Part, label: &'static str, href: &str| {
        (text.get(label), href.to_owned(), part == current)
    };
    let all = [
        tab(Part::Library, "actions-library", "/actions"),
        tab(Part::Triggers, "actions-triggers", "/actions/triggers"),
        tab(
            Part::Executions,
            "actions-executions",
            "/actions/executions",
        ),
    ];
    let all: Vec<Tab<'_>> = all
        .iter()
        .map(|(label, href, current)| Tab {
            label,
            href: href.clone(),
            current: *current,
        })
        .collect();
    tabs(&text.get("actions-title"), &all)
}

/// A trigger in words.
fn trigger_name(text: Text, trigger: Trigger) -> String {
    text.get(&format!("trigger-{}", trigger.id()))
}

/// A page for what a service refused.
fn refused(visitor: &Visitor, error: Error) -> Response {
    let status = match &error {
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Invalid { .. } | Error::Conflict(_) | Error::Forbidden { .. } => {
            let text = text(visitor);
            let (title, next) = (text.get("actions-refused"), error.to_string());
            let page = visitor.problem_page(StatusCode::UNPROCESSABLE_ENTITY, &title, &next);
            return page.into_response();
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    tracing::warn!(error.cause = %error, "a console page was refused");
    visitor.problem(status).into_response()
}

async fn found(tenant: &Tenant, visitor: &Visitor, id: &str) -> Result<Action, Response> {
    let found = actions::find(tenant.db(), id).await;
    let found = found.map_err(|error| refused(visitor, error.into()))?;
    found.ok_or_else(|| visitor.problem(StatusCode::NOT_FOUND).into_response())
}

/// Writes down who did what.
fn note(tenant: &Tenant, administrator: &Administrator, what: &str, name: &str) {
    let entry = Entry::new(Event::SuccessApi)
        .saying(format!("{what}: {name}"))
        .with("user_name", administrator.email.as_str());
    tenant.log(entry);
}

/// The address of an Action's editor.
fn address(id: &str) -> String {
    format!("/actions/library/{id}")
}

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
