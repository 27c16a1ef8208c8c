//! Dev Portal > Application Auth: DCR providers and auth strategies.
//!
//! Source: Konnect, "Configure Auth0 for Dynamic Client Registration".

mod providers;
mod strategies;
mod text;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use web::components::{Tab, page_heading, tabs};
use web::{Administrator, Markup, Text, html};

use crate::Portal;
use crate::model::AuthStrategy;

use super::{Acting, Reach, Refused, Told, is_open, sheet};
pub(super) use providers::address as provider_address;
pub(super) use strategies::{advanced, words};
#[cfg(test)]
use text::CATALOG;
use text::text;

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/application-auth", get(start))
        .merge(providers::routes())
        .merge(strategies::routes())
}

/// The list of strategies; whoever may read providers alone gets that of those.
async fn start(_: Administrator, Reach(rights): Reach) -> Redirect {
    let (strategies, providers) = (strategies::LIST, providers::LIST);
    match !is_open(&rights, strategies) && is_open(&rights, providers) {
        true => Redirect::to(providers),
        false => Redirect::to(strategies),
    }
}

/// The heading of the lists, and the tabs between them; `here` is this page's.
fn heading(text: Text, here: &str, action: Option<Markup>) -> Markup {
    let title = text.get("auth-title");
    let tab = |label: &str, href: &str| (text.get(label), href.to_owned(), href == here);
    let all = [
        tab("strategies-title", strategies::LIST),
        tab("providers-title", providers::LIST),
    ];
    let all: Vec<Tab<'_>> = all
        .iter()
        .map(|(label, href, current)| Tab {
            label,
            href: href.clone(),
            current: *current,
        })
        .collect();
    html! {
        (page_heading(&title, Some(&text.get("auth-lead")), action))
        (tabs(&title, &all))
    }
}

/// How many of something, as a sentence; nothing for none.
fn counted(text: Text, id: &str, count: i64) -> Markup {
    html! { @if count > 0 { div { (text.with(id, [("count", count.into())])) } } }
}

/// A strategy by its name, leading to its page.
pub(super) fn named(strategy: &AuthStrategy) -> Markup {
    html! { a href=(strategies::address(strategy, "")) { (strategy.name) } }
}
