//! The tenant's settings: what people see of it, and what strangers may do.

mod advanced;
mod general;

use axum::Router;
use axum::routing::get;
use web::components::{page_heading, views};
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
    let all = [
        ("settings-general", GENERAL),
        ("settings-advanced", ADVANCED),
        ("tokens-title", super::tokens::LIST),
    ];
    let title = text.get("settings-title");
    html! {
        (page_heading(&title, Some(&text.get("settings-lead")), None))
        (views(text, &title, &all, current, str::to_owned))
    }
}
