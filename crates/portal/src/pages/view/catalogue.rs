//! The start page: every API of the portal, and a search over them.

use web::components::{Pagination, badge, empty_state, page_heading, pictured_card};
use web::{Markup, Page, Tone, Visitor, html};

use super::written::{Written, article};
use crate::pages::text::text;

/// What the start page shows.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    /// The address of the catalogue.
    pub(crate) at: &'static str,
    /// What the team wrote to stand above it.
    pub(crate) above: Option<Written>,
    /// The portal's own heading and greeting, where it has them.
    pub(crate) heading: Option<String>,
    pub(crate) welcome: Option<String>,
    /// The address of the picture above them.
    pub(crate) cover: Option<String>,
    /// The words searched for; empty if none.
    pub(crate) query: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) page: u32,
    pub(crate) size: u32,
    pub(crate) total: u64,
    /// Whether teams' roles decide what the reader sees.
    pub(crate) by_role: bool,
}

/// An API in the list.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) latest_version: Option<String>,
    pub(crate) versions: i64,
    /// The address of its picture.
    pub(crate) icon: Option<String>,
}

pub(crate) fn catalogue(visitor: &Visitor, catalogue: &Catalogue) -> Page {
    let text = text(visitor);
    let own = catalogue.above.as_ref().map(|above| &above.title);
    let title = own.or(catalogue.heading.as_ref()).cloned();
    let title = title.unwrap_or_else(|| text.get("catalogue-title"));
    let lead = catalogue
        .welcome
        .clone()
        .unwrap_or_else(|| text.get("catalogue-lead"));
    let searching = !catalogue.query.is_empty();
    let main = html! {
        @if let Some(cover) = &catalogue.cover { img.cover src=(cover) alt=""; }
        @match &catalogue.above {
            Some(above) => div.spaced { (article(above)) },
            None => div.hero { (page_heading(&title, Some(&lead), None)) },
        }
        @if catalogue.total > 0 || searching {
            form.search role="search" method="get" action=(catalogue.at) {
                label.visually-hidden for="q" { (text.get("catalogue-search-label")) }
                input id="q" name="q" type="search" value=(catalogue.query) placeholder=(text.get("catalogue-search-label")) maxlength="100";
                button.button.button-secondary type="submit" { (text.get("catalogue-search")) }
            }
        }
        @if searching && catalogue.total > 0 {
            p.result-count role="status" {
                (text.with("catalogue-found", [("count", count(catalogue.total)), ("query", (&catalogue.query).into())]))
                " " a href=(catalogue.at) { (text.get("catalogue-show-all")) }
            }
        }
        @if catalogue.entries.is_empty() {
            (nothing(visitor, catalogue))
        } @else {
            ul.cards { @for entry in &catalogue.entries { (card(visitor, entry)) } }
        }
        (Pagination {
            text,
            page: catalogue.page,
            size: catalogue.size,
            total: catalogue.total,
            prefix: &page_prefix(catalogue.at, &catalogue.query),
        })
    };
    visitor.page(&title).main(main)
}

fn card(visitor: &Visitor, entry: &Entry) -> Markup {
    let text = text(visitor);
    let description = entry
        .description
        .as_deref()
        .filter(|description| !description.trim().is_empty());
    pictured_card(
        &format!("/products/{}", entry.id),
        &entry.name,
        entry.icon.as_deref(),
        html! {
            @if let Some(description) = description { p.clamp { (description) } }
            div.card-foot {
                @if let Some(version) = &entry.latest_version { (badge(Tone::Info, version)) }
                @if entry.versions > 1 {
                    (badge(Tone::Neutral, &text.with("product-versions-count", [("count", entry.versions.into())])))
                }
            }
        },
    )
}

fn nothing(visitor: &Visitor, catalogue: &Catalogue) -> Markup {
    let text = text(visitor);
    if catalogue.query.is_empty() {
        let why = match catalogue.by_role {
            true => "denied",
            false => "empty",
        };
        let [title, next] = ["title", "next"].map(|of| text.get(&format!("catalogue-{why}-{of}")));
        return empty_state(&title, &next, None);
    }
    let all = html! { a.button.button-secondary href=(catalogue.at) { (text.get("catalogue-show-all")) } };
    empty_state(
        &text.with(
            "catalogue-nothing-title",
            [("query", (&catalogue.query).into())],
        ),
        &text.get("catalogue-nothing-next"),
        Some(all),
    )
}

fn page_prefix(at: &str, query: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    if encoded.is_empty() {
        format!("{at}?page=")
    } else {
        format!("{at}?q={encoded}&page=")
    }
}

fn count(number: u64) -> web::Arg<'static> {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}
