//! DCR providers: the identity providers at which applications become clients.

mod agreement;
mod credentials;
mod delete;
mod edit;
mod fields;
mod findings;
mod list;
mod new;
mod rotations;
mod verify;

use axum::Router;
use axum::routing::get;
use web::components::{page_heading, views, way};
use web::{Markup, Text, html};

use super::{Acting, Refused, Told, counted, sheet, text};
use crate::Portal;
use crate::model::DcrProvider;

pub(super) const LIST: &str = "/application-auth/providers";
pub(super) const NEW: &str = "/application-auth/providers/new";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route(
            "/application-auth/providers/{id}",
            get(edit::page).post(edit::save),
        )
        .route(
            "/application-auth/providers/{id}/verify",
            get(verify::page).post(verify::verify),
        )
        .route(
            "/application-auth/providers/{id}/delete",
            get(delete::page).post(delete::delete),
        )
        .route(
            "/application-auth/providers/{id}/credentials",
            get(credentials::page).post(credentials::switch),
        )
        .merge(agreement::routes())
        .merge(rotations::routes())
}

/// The pages of a provider: the text of each, and its path below the provider's.
const TABS: &[(&str, &str)] = &[
    ("providers-settings", ""),
    ("credentials-tab", "/credentials"),
    ("providers-verify", "/verify"),
    ("agreement-tab", agreement::BELOW),
    ("rotations-tab", rotations::BELOW),
];

/// The address of a provider's page, or of one `below` it.
pub(in crate::console) fn address(provider: &DcrProvider, below: &str) -> String {
    format!("{LIST}/{}{below}", provider.id)
}

/// The heading and the tabs of every page about one provider; `below` is this page's.
fn heading(text: Text, provider: &DcrProvider, below: &str) -> Markup {
    let kind = text.get(&format!("provider-type-{}", provider.provider_type));
    html! {
        (way(text, &[(&text.get("providers-title"), LIST)]))
        (page_heading(&provider.name, Some(&kind), None))
        (views(text, &provider.name, TABS, below, |path| address(provider, path)))
    }
}
