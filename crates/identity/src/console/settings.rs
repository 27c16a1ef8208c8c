//! The tenant's settings: what people see of it, and what strangers may do.

mod advanced;
mod general;

use axum::Router;
use axum::routing::get;
use web::components::{Tab, page_heading, tabs};
use web::{Markup, Text, html};

use crate::Tenant;

pub(super) const GENERAL: &str = "/tenant/settings";
pub(super) const ADVANCED: &str = "/tenant/settings/advanced";

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(GENERAL, get(general::page).post(general::save))
        .route(ADVANCED, get(advanced::page).post(advanced::save))
}

/// The heading and the tabs of every page about settings; `current` is this page's address.
pub(super) fn heading(text: Text, current: &str) -> Markup {
    let tab = |label: &'static str, href: &str| (text.get(label), href.to_owned());
    let all = [
        tab("settings-general", GENERAL),
        tab("settings-advanced", ADVANCED),
        tab("tokens-title", super::tokens::LIST),
    ];
    let all: Vec<Tab<'_>> = all
        .iter()
        .map(|(label, href)| Tab {
            label,
            href: href.clone(),
            current: href == current,
        })
        .collect();
    let title = text.get("settings-title");
    html! {
        (page_heading(&title, Some(&text.get("settings-lead")), None))
        (tabs(&title, &all))
    }
}
