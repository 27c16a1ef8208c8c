//! Dev Portal > Portals: the developer portals, one by one.

mod allow_list;
mod appearance;
mod application_setup;
mod delete;
mod domain;
mod list;
mod mails;
mod navigation;
mod new;
mod overview;
mod products;
mod settings;
mod sign_in;
mod text;

use axum::Router;
use axum::routing::{get, post};
use web::components::{grouped_views, page_heading, way};
use web::{Markup, Text, html};

use crate::Portal;
use crate::model::Site;

use super::{Acting, Refused, Told, sheet};
pub(super) use text::{labels, status, text};

pub(super) const LIST: &str = "/portals";
const NEW: &str = "/portals/new";

/// The tabs of a portal in their groups: text, and what comes after the portal's address.
const TABS: &[(&str, &[(&str, &str)])] = &[
    (
        "portals-itself",
        &[
            ("portals-overview", ""),
            ("portals-settings", "/settings"),
            ("portals-sign-in", "/sign-in"),
            ("portals-application-setup", "/settings/application-setup"),
            ("portals-allow-list", "/ip-allow-list"),
            ("portals-audit", "/audit-webhook"),
        ],
    ),
    (
        "portals-content",
        &[
            ("portals-appearance", "/appearance"),
            ("portals-pages", "/pages"),
            ("portals-navigation", "/navigation"),
            ("portals-mails", "/mails"),
        ],
    ),
    ("portals-apis", &[("portals-products", "/products")]),
    (
        "portals-developers",
        &[
            ("portals-developers", "/developers"),
            ("portals-teams", "/teams"),
            ("portals-registrations", "/registrations"),
            ("portals-applications", "/applications"),
        ],
    ),
];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .merge(sign_in::routes())
        .merge(mails::routes())
        .merge(navigation::routes())
        .merge(allow_list::routes())
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route("/portals/{id}", get(overview::page))
        .route(
            "/portals/{id}/settings",
            get(settings::page).post(settings::save),
        )
        .route("/portals/{id}/settings/domain", post(domain::verify))
        .route(
            "/portals/{id}/settings/application-setup",
            get(application_setup::page).post(application_setup::save),
        )
        .route(
            "/portals/{id}/appearance",
            get(appearance::page).post(appearance::save),
        )
        .route(
            "/portals/{id}/appearance/preview.css",
            get(appearance::preview::styles),
        )
        .route("/portals/{id}/products", get(products::page))
        .route(
            "/portals/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// The address of a portal's page, or of one `below` it.
pub(super) fn address(site: &Site, below: &str) -> String {
    format!("{LIST}/{}{below}", site.id)
}

/// A portal's name for people.
pub(super) fn name(site: &Site) -> &str {
    site.called()
}

/// The heading and the tabs of every page about one portal; `below` is this page's.
pub(super) fn heading(text: Text, site: &Site, below: &str) -> Markup {
    html! {
        (way(text, &[(&text.get("portals-title"), LIST)]))
        (page_heading(name(site), site.description.as_deref(), None))
        (grouped_views(text, name(site), TABS, below, |path| address(site, path)))
    }
}
