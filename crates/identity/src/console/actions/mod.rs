//! Actions: the library, the editor, versions, what runs at the triggers, and what came of it.

mod create;
mod editor;
mod executions;
mod library;
mod remove;
mod roll_back;
mod trigger;
mod triggers;
mod versions;
mod words;

use std::sync::LazyLock;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::StatusCode;
use rust_embed::RustEmbed;
use serde::Deserialize;
use web::assets::Assets;
use web::components::{Crumb, Tab, breadcrumbs, tabs};
use web::{Administrator, Catalog, Locale, Markup, Page, Text, Visitor, html};

use super::Acting;
use crate::model::action::Action;
use crate::store::actions;
use crate::{Error, Tenant};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (
            Locale::En,
            include_str!("../../../locales/console-actions.en.ftl"),
        ),
        (
            Locale::Ja,
            include_str!("../../../locales/console-actions.ja.ftl"),
        ),
    ])
});

#[derive(RustEmbed)]
#[folder = "assets/actions/"]
struct Own;

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::of::<Own>);

const LIBRARY: &str = "/actions/library";
const TRIGGERS: &str = "/actions/triggers";
const EXECUTIONS: &str = "/actions/executions";

/// The pages under `/actions`.
pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route("/actions", get(start))
        .route(LIBRARY, get(library::list))
        .route(
            "/actions/library/new",
            get(create::page).post(create::create),
        )
        .route(
            "/actions/library/{id}",
            get(editor::show).post(editor::submit),
        )
        .route(
            "/actions/library/{id}/delete",
            get(remove::page).post(remove::remove),
        )
        .route("/actions/library/{id}/versions", get(versions::list))
        .route(
            "/actions/library/{id}/versions/{version}/roll-back",
            get(roll_back::page).post(roll_back::roll_back),
        )
        .route(TRIGGERS, get(triggers::list))
        .route(
            "/actions/triggers/{trigger}",
            get(trigger::show).post(trigger::change),
        )
        .route(EXECUTIONS, get(executions::list))
        .route("/actions/executions/{id}", get(executions::show))
        .merge(ASSETS.router())
}

async fn start(visitor: Visitor, _: Administrator) -> Response {
    visitor.redirect(LIBRARY).into_response()
}

/// A form that says nothing but that its button was pressed.
#[derive(Deserialize)]
struct Pressed {}

fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// Stylesheet and script of these pages.
fn head() -> Markup {
    html! {
        link rel="stylesheet" href=(ASSETS.path("actions.css"));
        script src=(ASSETS.path("prism/prism.js")) data-manual defer {}
        script src=(ASSETS.path("actions.js")) defer {}
    }
}

/// The address of an Action's page, or of one below it.
fn address(id: &str, below: &str) -> String {
    format!("{LIBRARY}/{id}{below}")
}

/// The address of a run.
pub(super) fn execution(id: &str) -> String {
    format!("{EXECUTIONS}/{id}")
}

fn way(text: Text, action: Option<&Action>) -> Markup {
    let library = text.get("actions-library");
    let mut crumbs = vec![Crumb {
        label: &library,
        href: LIBRARY,
    }];
    let editor = action.map(|action| address(&action.id, ""));
    if let (Some(action), Some(href)) = (action, &editor) {
        crumbs.push(Crumb {
            label: &action.name,
            href,
        });
    }
    breadcrumbs(text, &crumbs)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Code,
    Versions,
}

/// The views of one Action.
fn views(text: Text, action: &Action, current: View) -> Markup {
    let (code, versions, executions) = (
        text.get("actions-code"),
        text.get("actions-versions"),
        text.get("actions-executions"),
    );
    let list = [
        Tab {
            label: &code,
            href: address(&action.id, ""),
            current: current == View::Code,
        },
        Tab {
            label: &versions,
            href: address(&action.id, "/versions"),
            current: current == View::Versions,
        },
        Tab {
            label: &executions,
            href: format!("{EXECUTIONS}?action={}", action.id),
            current: false,
        },
    ];
    tabs(&action.name, &list)
}

/// A page as it is, or as one whose form was refused.
fn drawn(page: Page, refused: bool, main: Markup) -> Page {
    match refused {
        true => page.failed().main(main),
        false => page.main(main),
    }
}

/// The page for what a service refused.
fn refused(visitor: &Visitor, error: &Error) -> Response {
    let status = match error {
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Invalid { .. } | Error::Conflict(_) | Error::Forbidden { .. } => {
            let title = text(visitor).get("actions-refused");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let page = visitor.problem_page(status, &title, &error.to_string());
            return page.into_response();
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if status.is_server_error() {
        tracing::error!(error.cause = %error, "the console could not answer");
    }
    visitor.problem(status).into_response()
}

async fn found(tenant: &Tenant, visitor: &Visitor, id: &str) -> Result<Action, Response> {
    let found = actions::find(tenant.db(), id).await;
    let found = found.map_err(|error| refused(visitor, &error.into()))?;
    found.ok_or_else(|| visitor.problem(StatusCode::NOT_FOUND).into_response())
}

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
