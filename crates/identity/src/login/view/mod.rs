//! What the tenant's pages look like: pure functions from what a handler found to a page.

pub(crate) mod consent;
pub(crate) mod device;
pub(crate) mod mail;
pub(crate) mod password;
pub(crate) mod problem;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod sign_up;
#[cfg(test)]
mod tests;

use web::components::{notice, page_heading};
use web::{Markup, Page, Text, Tone, Visitor, Width, html};

/// The sign-in that a page is part of: its id goes along from page to page. Pages that are opened from
/// a mail belong to none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way<'a> {
    pub(crate) state: Option<&'a str>,
}

impl Way<'_> {
    /// The address of another page of the same sign-in.
    pub(crate) fn href(self, path: &str) -> String {
        match self.state {
            Some(state) => {
                let state: String =
                    url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
                format!("{path}?state={state}")
            }
            None => path.to_owned(),
        }
    }
}

/// A card with a heading, its content, and what stands below it.
fn card(
    visitor: &Visitor,
    title: &str,
    lead: Option<&str>,
    content: Markup,
    after: Markup,
) -> Page {
    let main = html! {
        (page_heading(title, lead, None))
        div.panel { (content) }
        (after)
    };
    visitor.page(title).width(Width::Card).main(main)
}

/// A card that only says something.
fn message(visitor: &Visitor, title: &str, lead: &str, after: Markup) -> Page {
    card(
        visitor,
        &visitor.text().get(title),
        None,
        html! { p { (visitor.text().get(lead)) } },
        after,
    )
}

/// A sentence above a form that was refused.
fn failed(text: Text, failure: Option<&str>) -> Markup {
    html! {
        @if let Some(failure) = failure { (notice(text, Tone::Danger, html! { p { (failure) } })) }
    }
}

/// The way back to the sign-in page, where there is one.
fn back_to_sign_in(text: Text, way: Way<'_>) -> Markup {
    html! {
        @if way.state.is_some() {
            p.aside-note { a href=(way.href("/u/login")) { (text.get("back-to-sign-in")) } }
        }
    }
}
