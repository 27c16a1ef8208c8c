//! Small pieces of the console's forms: choices and switches with their words from the locale file.

use maud::{Markup, html};

use super::{Choice, Crumb, FieldErrors, Tab, breadcrumbs, tabs};
use crate::layout::Page;
use crate::locale::Text;

/// A choice with its words from the locale file: `prefix-value`, and `prefix-value-hint` where there is
/// one.
#[must_use]
pub fn choice(text: Text, prefix: &str, value: &str, chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        label: text.get(&format!("{prefix}-{value}")),
        hint: text.lookup(&format!("{prefix}-{value}-hint")),
        chosen,
    }
}

/// A switch: one box to tick, `name` sent as `on`.
#[must_use]
pub fn switch(text: Text, prefix: &str, on: bool) -> [Choice; 1] {
    [Choice {
        value: "on".to_owned(),
        label: text.get(&format!("{prefix}-on")),
        hint: text.lookup(&format!("{prefix}-on-hint")),
        chosen: on,
    }]
}

/// The way back to a list.
#[must_use]
pub fn way(text: Text, crumbs: &[(&str, &str)]) -> Markup {
    let crumbs: Vec<Crumb<'_>> = crumbs
        .iter()
        .map(|(label, href)| Crumb { label, href })
        .collect();
    breadcrumbs(text, &crumbs)
}

/// The page, said to have failed where something was wrong with its form.
pub fn outcome(page: Page, errors: &FieldErrors, told: Option<&str>) -> Page {
    if errors.is_empty() && told.is_none() {
        page
    } else {
        page.failed()
    }
}

/// The pages of a thing as tabs: the text of each and its path, of which `address` makes an address.
/// `here` is the path of this page, and `label` names the thing.
#[must_use]
pub fn views(
    text: Text,
    label: &str,
    all: &[(&str, &str)],
    here: &str,
    address: impl Fn(&str) -> String,
) -> Markup {
    let labels: Vec<String> = all.iter().map(|(label, _)| text.get(label)).collect();
    let named = labels.iter().zip(all);
    let all: Vec<Tab<'_>> = named
        .map(|(label, (_, path))| Tab {
            label,
            href: address(path),
            current: *path == here,
        })
        .collect();
    tabs(label, &all)
}

/// The pages of a thing that has many, in groups of which each has a text: a row of groups, and below it the
/// pages of the group that this page is in. A group leads to its first page. The rest is as in [`views`].
#[must_use]
pub fn grouped_views(
    text: Text,
    label: &str,
    groups: &[(&str, &[(&str, &str)])],
    here: &str,
    address: impl Fn(&str) -> String,
) -> Markup {
    let is_here = |path: &str| (path == here).then_some("page");
    let holds_here = |pages: &[(&str, &str)]| match pages {
        [(_, path)] => is_here(path),
        _ => pages
            .iter()
            .any(|(_, path)| *path == here)
            .then_some("true"),
    };
    let open = groups
        .iter()
        .find(|(_, pages)| pages.len() > 1 && holds_here(pages).is_some());
    html! {
        nav.tabs aria-label=(label) {
            ul {
                @for (group, pages) in groups {
                    @if let Some((_, first)) = pages.first() {
                        li { a href=(address(first)) aria-current=[holds_here(pages)] { (text.get(group)) } }
                    }
                }
            }
            @if let Some((group, pages)) = open {
                ul.tabs-within aria-label=(text.get(group)) {
                    @for (page, path) in *pages {
                        li { a href=(address(path)) aria-current=[is_here(path)] { (text.get(page)) } }
                    }
                }
            }
        }
    }
}
