//! DCR providers: the identity providers at which applications become clients.

mod delete;
mod edit;
mod fields;
mod list;
mod new;
mod verify;

use axum::Router;
use axum::routing::get;
use web::components::{page_heading, views, way};
use web::{Markup, Text, html};

use super::{Acting, Refused, Told, counted, sheet, text};
use crate::Portal;
use crate::model::DcrProvider;

pub(super) const LIST: &str = "/application-auth/providers";
const NEW: &str = "/application-auth/providers/new";

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
}

/// The address of a provider's page, or of one `below` it.
pub(super) fn address(provider: &DcrProvider, below: &str) -> String {
    format!("{LIST}/{}{below}", provider.id)
}

/// The heading and the tabs of every page about one provider; `below` is this page's.
fn heading(text: Text, provider: &DcrProvider, below: &str) -> Markup {
    let all = [("providers-settings", ""), ("providers-verify", "/verify")];
    let kind = text.get(&format!("provider-type-{}", provider.provider_type));
    html! {
        (way(text, &[(&text.get("providers-title"), LIST)]))
        (page_heading(&provider.name, Some(&kind), None))
        (views(text, &provider.name, &all, below, |path| address(provider, path)))
    }
}
