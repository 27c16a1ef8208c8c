//! What a reader sees when something cannot be done.

use http::header::ACCEPT;
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};

use crate::layout::{Page, Width};
use crate::visitor::Visitor;

/// Whether the client asks for a page rather than for data: a browser names `text/html`, a script names
/// `application/json` or anything (`*/*`).
#[must_use]
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|kind| kind.trim().starts_with("text/html"))
}

impl Visitor {
    /// The page for a status: what happened and what to do next.
    pub fn problem(&self, status: StatusCode) -> Page {
        let text = self.text();
        let code = match status.as_u16() {
            code @ (400 | 401 | 403 | 404 | 405 | 413 | 429 | 503) => code,
            502 | 504 => 503,
            400..=499 => 400,
            _ => 500,
        };
        let title = text.get(&format!("problem-{code}"));
        let next = text.get(&format!("problem-{code}-next"));
        self.problem_page(status, &title, &next)
    }

    /// The same page in words of the product: `title` says what happened, `next` what to do.
    pub fn problem_page(&self, status: StatusCode, title: &str, next: &str) -> Page {
        let text = self.text();
        let home = self.frame().map_or("/", |frame| frame.brand.href.as_str());
        let main: Markup = html! {
            div.problem {
                p.overline { (text.with("problem-status", [("status", status.as_str().into())])) }
                h1 { (title) }
                p.lead { (next) }
                @if !home.is_empty() {
                    p { a.button.button-secondary href=(home) { (text.get("go-home")) } }
                }
                @if let Some(id) = self.request_id() {
                    p.fine { (text.get("request-id")) " " code { (id) } }
                }
            }
        };
        self.page(title)
            .status(status)
            .width(Width::Reading)
            .main(main)
    }
}
