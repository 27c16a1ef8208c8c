//! Dev Portal > Portals > Pages: what the team writes for its portal, and the snippets in it.

mod page;
mod pages;
mod preview;
mod snippet;
mod snippets;
mod text;

use axum::Router;
use axum::routing::{get, post};
use web::components::{badge, page_heading, way};
use web::{Input, Markup, Text, Tone, Visitor, html};

use super::{Acting, Refused, Told, portals, sheet};
use crate::Portal;
use crate::model::{PublishStatus, Site, Visibility};
use text::text;

/// Where they are, below their portal's address.
const BELOW: &str = "/pages";
/// Where the snippets are.
const SNIPPETS: &str = "/pages/snippets";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/pages", get(pages::page))
        .route("/portals/{id}/pages/begin", post(pages::begin))
        .route(
            "/portals/{id}/pages/new",
            get(page::new_page).post(page::create),
        )
        .route(
            "/portals/{id}/pages/{page}",
            get(page::page).post(page::save),
        )
        .route("/portals/{id}/pages/{page}/preview", get(preview::page))
        .route("/portals/{id}/pages/{page}/move", post(pages::shift))
        .route("/portals/{id}/pages/{page}/status", post(pages::turn))
        .route(
            "/portals/{id}/pages/{page}/delete",
            get(page::delete_page).post(page::delete),
        )
        .route("/portals/{id}/pages/snippets", get(snippets::page))
        .route(
            "/portals/{id}/pages/snippets/new",
            get(snippet::new_page).post(snippet::create),
        )
        .route(
            "/portals/{id}/pages/snippets/{snippet}",
            get(snippet::page).post(snippet::save),
        )
        .route(
            "/portals/{id}/pages/snippets/{snippet}/delete",
            get(snippet::delete_page).post(snippet::delete),
        )
}

/// Who may read what is written, as it was chosen.
fn visibility(input: &Input) -> Visibility {
    match input.text("visibility") {
        "public" => Visibility::Public,
        _ => Visibility::Private,
    }
}

/// Whether it is published, as it was chosen.
fn status(input: &Input) -> PublishStatus {
    match input.text("status") {
        "published" => PublishStatus::Published,
        _ => PublishStatus::Unpublished,
    }
}

/// The address of something below the portal's pages.
fn address(site: &Site, id: impl std::fmt::Display, below: &str) -> String {
    portals::address(site, &format!("{BELOW}/{id}{below}"))
}

/// The way and the heading of a form below the list at `list`.
fn heading(visitor: &Visitor, site: &Site, list: (&str, &str), title: &str) -> Markup {
    let text = text(visitor);
    html! {
        (way(text, &[
            (portals::name(site), &portals::address(site, "")),
            (&text.get(list.0), &portals::address(site, list.1)),
        ]))
        (page_heading(title, None, None))
    }
}

/// Who reads something.
fn readers(text: Text, visibility: Visibility) -> Markup {
    match visibility {
        Visibility::Public => badge(Tone::Info, &text.get("pages-visibility-public")),
        Visibility::Private => badge(Tone::Neutral, &text.get("pages-visibility-private")),
    }
}
