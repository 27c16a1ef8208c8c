//! Auth strategies: how callers of published APIs prove who they are.

pub(in crate::console) mod advanced;
mod body;
mod delete;
mod edit;
mod fields;
mod list;
mod new;
mod told;
mod uses;

use axum::Router;
use axum::routing::get;
use web::components::{page_heading, way};
use web::{Markup, Text, html};

use super::{Acting, Refused, Told, counted, providers, sheet, text};
pub(in crate::console) use body::words;

use crate::Portal;
use crate::model::{AuthStrategy, CredentialType};

pub(super) const LIST: &str = "/application-auth/strategies";
const NEW: &str = "/application-auth/strategies/new";

/// The kinds, in the order in which they are offered.
const KINDS: [CredentialType; 3] = [
    CredentialType::ClientCredentials,
    CredentialType::SelfManagedClientCredentials,
    CredentialType::KeyAuth,
];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route(
            "/application-auth/strategies/{id}",
            get(edit::page).post(edit::save),
        )
        .route(
            "/application-auth/strategies/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// The address of a strategy's page, or of one `below` it.
pub(in crate::console) fn address(strategy: &AuthStrategy, below: &str) -> String {
    format!("{LIST}/{}{below}", strategy.id)
}

fn kind_text(text: Text, kind: CredentialType) -> String {
    text.get(&format!("strategy-type-{kind}"))
}

fn heading(text: Text, strategy: &AuthStrategy) -> Markup {
    let kind = kind_text(text, strategy.credential_type());
    html! {
        (way(text, &[(&text.get("strategies-title"), LIST)]))
        (page_heading(&strategy.name, Some(&kind), None))
    }
}
