//! The list of operations beside the page, by tags.

use web::{Markup, Text, html, query_value};

use super::{Here, method};
use crate::pages::reference::{Document, Entry, Group};

/// Up to so many operations all of them are beside every page, else those of the page's own tag.
const ALL: usize = 200;
/// How many tags are beside a page, and its own.
const TAGS: usize = 200;
/// Up to so many operations all tags are open.
const OPEN: usize = 40;

/// Twice: beside the content where there is room, behind a button elsewhere. One of the two is displayed.
pub(super) fn navigation(text: Text, document: &Document, here: Here, query: &str) -> Markup {
    let label = text.get("reference-operations");
    html! {
        nav.reference-nav aria-label=(label) data-operations { (list(text, document, here, ("beside", query))) }
        nav.reference-menu aria-label=(label) data-operations {
            details {
                summary { (label) }
                div { (list(text, document, here, ("menu", query))) }
            }
        }
    }
}

fn list(text: Text, document: &Document, here: Here, (place, query): (&str, &str)) -> Markup {
    let groups = document.groups();
    let few = document.entries().len() <= ALL;
    let now = match here {
        Here::Operation(at) => groups.iter().position(|group| group.entries.contains(&at)),
        _ => None,
    };
    let id = format!("filter-{place}");
    let up = here.up();
    html! {
        form.reference-filter method="get" action=(up) role="search" {
            label.visually-hidden for=(id) { (text.get("reference-filter")) }
            input id=(id) type="search" name="q" value=(query) autocomplete="off" placeholder=(text.get("reference-filter")) data-filter;
            p.fine role="status" data-none=(text.get("reference-filter-none")) {}
        }
        ul.reference-overview {
            li { a href=(up) aria-current=[matches!(here, Here::Overview).then_some("page")] { (text.get("reference-overview")) } }
        }
        @for (at, group) in groups.iter().enumerate() {
            @let shown = few || now == Some(at);
            @if at >= TAGS && !shown {
            } @else if shown {
                details.reference-group open[now == Some(at) || document.entries().len() <= OPEN] {
                    summary { (name(text, group)) }
                    ul { @for entry in near(group, here) { (link(text, document, here, entry)) } }
                }
            } @else {
                p.reference-group { a href=(format!("{up}?q={}", query_value(&group.name))) { (name(text, group)) } " " span.fine { (group.entries.len()) } }
            }
        }
    }
}

/// The operations of a tag; of very many those around this one.
fn near(group: &Group, here: Here) -> &[usize] {
    let at = match here {
        Here::Operation(now) => group.entries.iter().position(|entry| *entry == now),
        _ => None,
    };
    let from = at.unwrap_or(0).saturating_sub(ALL / 2);
    let to = (from + ALL).min(group.entries.len());
    &group.entries[from..to]
}

fn link(text: Text, document: &Document, here: Here, at: &usize) -> Markup {
    let entry = &document.entries()[*at];
    let current = matches!(here, Here::Operation(now) if now == *at);
    html! {
        li {
            a href=(href(here, entry)) aria-current=[current.then_some("page")] title=(entry.path) {
                (method(&entry.method)) " "
                span.operation-name.is-deprecated[entry.deprecated] {
                    @if entry.summary.is_empty() { (entry.path) } @else { (entry.summary) }
                }
                @if entry.deprecated { span.visually-hidden { " (" (text.get("product-version-deprecated")) ")" } }
            }
        }
    }
}

/// The address of an operation, from here.
pub(super) fn href(here: Here, entry: &Entry) -> String {
    match here {
        Here::Operation(_) => format!("./{}", entry.key),
        _ => format!("{}/operations/{}", here.up(), entry.key),
    }
}

/// The prefix of the addresses of schemas, from here.
pub(super) fn schemas(here: Here) -> String {
    format!("{}/schemas/", here.up())
}

/// What a tag is called.
pub(super) fn name(text: Text, group: &Group) -> String {
    match group.name.as_str() {
        "" => text.get("reference-untagged"),
        name => name.to_owned(),
    }
}
