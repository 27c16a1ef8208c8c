//! Where the reader is, and where the rest is.

use maud::{Markup, Render, html};

use crate::locale::Text;

/// A step on the way from the start page.
#[derive(Clone, Debug)]
pub struct Crumb<'a> {
    /// The page's name.
    pub label: &'a str,
    /// Its address.
    pub href: &'a str,
}

/// The way from the start page to the page above this one.
#[must_use]
pub fn breadcrumbs(text: Text, crumbs: &[Crumb<'_>]) -> Markup {
    html! {
        nav.breadcrumbs aria-label=(text.get("breadcrumbs")) {
            ol { @for crumb in crumbs { li { a href=(crumb.href) { (crumb.label) } } } }
        }
    }
}

/// One of several views of a thing, each at its own address.
#[derive(Clone, Debug)]
pub struct Tab<'a> {
    /// The view's name.
    pub label: &'a str,
    /// Its address.
    pub href: String,
    /// Whether it is this page.
    pub current: bool,
}

/// Views of a thing, as links. `label` names the group.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab<'_>]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul {
                @for tab in tabs {
                    li { a href=(tab.href) aria-current=[tab.current.then_some("page")] { (tab.label) } }
                }
            }
        }
    }
}

/// The pages of a list; renders nothing if there is one.
#[derive(Clone, Debug)]
pub struct Pagination<'a> {
    /// The reader's texts.
    pub text: Text,
    /// This page, from 1.
    pub page: u32,
    /// Items on a page.
    pub size: u32,
    /// Items in the list.
    pub total: u64,
    /// The address up to the page's number: `/products?q=x&page=`.
    pub prefix: &'a str,
}

impl Pagination<'_> {
    fn pages(&self) -> u64 {
        self.total.div_ceil(u64::from(self.size.max(1))).max(1)
    }
}

impl Render for Pagination<'_> {
    fn render(&self) -> Markup {
        let (page, pages) = (u64::from(self.page), self.pages());
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        html! {
            @if pages > 1 {
                nav.pagination aria-label=(self.text.get("pagination")) {
                    @if page > 1 {
                        a.button.button-secondary rel="prev" href=(format!("{}{}", self.prefix, page - 1)) { (self.text.get("previous-page")) }
                    }
                    p { (self.text.with("page-of", [("page", count(page).into()), ("pages", count(pages).into())])) }
                    @if page < pages {
                        a.button.button-secondary rel="next" href=(format!("{}{}", self.prefix, page + 1)) { (self.text.get("next-page")) }
                    }
                }
            }
        }
    }
}
