//! The document around every page.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_SECURITY_POLICY;
use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::components;
use crate::flash::Flash;
use crate::headers::ContentPolicy;
use crate::locale::{Locale, Text};
use crate::visitor::Visitor;

/// What is around the pages of one product: the same on all of them, made once a request.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Name and start page.
    pub brand: Brand,
    /// The main navigation.
    pub navigation: Vec<Link>,
    /// A navigation beside the content, for products with more parts than a line holds.
    pub sections: Vec<Section>,
    /// Who is signed in.
    pub account: Option<Account>,
    /// Shown instead of the account: sign in, sign up. The last one stands out.
    pub welcome: Vec<Link>,
    /// Links in the footer.
    pub footer: Vec<Link>,
    /// Stylesheets after our own, such as a theme's.
    pub stylesheets: Vec<String>,
    /// The address of a picture for the browser's tab, instead of ours.
    pub icon: Option<String>,
}

/// A product's name and start page.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The name.
    pub name: String,
    /// The start page; empty where there is none to go to.
    pub href: String,
    /// The address of a logo, shown beside the name.
    pub logo: Option<String>,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: String::new(),
            href: "/".to_owned(),
            logo: None,
        }
    }
}

/// A link of the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The text.
    pub label: String,
    /// The address.
    pub href: String,
    /// Whether the reader is in this part of the site.
    pub current: bool,
}

impl Link {
    /// A link; it is current on its own address and below it.
    #[must_use]
    pub fn new(label: impl Into<String>, href: impl Into<String>, here: &str) -> Self {
        let href = href.into();
        let path = here.split('?').next().unwrap_or(here);
        let current = path == href
            || (href != "/"
                && path
                    .strip_prefix(&href)
                    .is_some_and(|rest| rest.starts_with('/')));
        Self {
            label: label.into(),
            href,
            current,
        }
    }
}

/// Links that belong together.
#[derive(Clone, Debug)]
pub struct Section {
    /// Their heading; empty for those that need none.
    pub title: String,
    /// The links.
    pub links: Vec<Link>,
}

/// Who is signed in, and what their menu offers.
#[derive(Clone, Debug)]
pub struct Account {
    /// The name.
    pub name: String,
    /// Below the name in the menu, such as the e-mail address.
    pub detail: String,
    /// The menu.
    pub menu: Vec<MenuItem>,
}

/// An entry of the account menu.
#[derive(Clone, Debug)]
pub enum MenuItem {
    /// Leads somewhere.
    Link(Link),
    /// Does something: a form with one button.
    Action {
        /// The button's text.
        label: String,
        /// Where the form goes.
        action: String,
    },
}

/// How wide the content may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A card in the middle: signing in and the like.
    Card,
    /// A column for forms and text.
    Reading,
    /// Lists, cards and tables.
    Wide,
    /// The whole window: for applications with a `<main>` of their own.
    Full,
}

/// A page in the making; [`Page::main`] ends it.
#[derive(Debug)]
#[must_use]
pub struct Page {
    visitor: Visitor,
    title: String,
    width: Width,
    status: StatusCode,
    policy: Option<ContentPolicy>,
    head: Markup,
    failed: bool,
    main: Markup,
}

impl Page {
    pub(crate) fn new(visitor: Visitor, title: &str) -> Self {
        Self {
            visitor,
            title: title.to_owned(),
            width: Width::Wide,
            status: StatusCode::OK,
            policy: None,
            head: html! {},
            failed: false,
            main: html! {},
        }
    }

    /// How wide the content may become; [`Width::Wide`] if not said.
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// The status; 200 if not said.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A form that came back with errors: 422, and the title says so first (for those who hear it).
    pub fn failed(mut self) -> Self {
        self.failed = true;
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
        self
    }

    /// A content policy other than the default.
    pub fn policy(mut self, policy: ContentPolicy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Further elements of the head: scripts and stylesheets of this page alone.
    pub fn head(mut self, head: Markup) -> Self {
        self.head = head;
        self
    }

    /// The content of `<main>`.
    pub fn main(mut self, main: Markup) -> Self {
        self.main = main;
        self
    }

    fn document(&self) -> Markup {
        let visitor = &self.visitor;
        let text = visitor.text();
        let nothing = Frame::default();
        let frame = visitor.frame().unwrap_or(&nothing);
        let (main_width, title) = (width_class(self.width), self.full_title(frame));
        html! {
            (DOCTYPE)
            html lang=(text.locale().tag()) {
                head {
                    meta charset="utf-8";
                    title { (title) }
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    @match &frame.icon {
                        Some(icon) => { link rel="icon" href=(icon); }
                        None => { link rel="icon" type="image/svg+xml" href=(assets::own().path("icon.svg")); }
                    }
                    link rel="stylesheet" href=(assets::own().path("style.css"));
                    @for href in &frame.stylesheets { link rel="stylesheet" href=(href); }
                    script src=(assets::own().path("page.js")) defer {}
                    (self.head)
                }
                body class=(main_width) data-sections[!frame.sections.is_empty()] {
                    a.skip-link href="#content" { (text.get("skip-to-content")) }
                    (header(visitor, frame))
                    (self.content())
                    (footer(visitor, frame))
                }
            }
        }
    }

    fn content(&self) -> Markup {
        let content = html! {
            @if let Some(flash) = &self.visitor.inner.flash {
                (components::notice(self.visitor.text(), flash.tone, self.said(flash)))
            }
            (self.main)
        };
        let main = match self.width {
            // An application that fills the page brings its own `<main>`; there may be only one.
            Width::Full => html! { div.main id="content" tabindex="-1" { (content) } },
            _ => html! { main.main id="content" tabindex="-1" { (content) } },
        };
        match self.visitor.frame() {
            Some(frame) if !frame.sections.is_empty() => html! {
                div.beside {
                    (side_navigation(self.visitor.text(), frame))
                    (main)
                }
            },
            _ => main,
        }
    }

    /// What the last page left to be said, with the button that undoes it.
    fn said(&self, flash: &Flash) -> Markup {
        html! {
            (flash.text)
            @if let Some(action) = &flash.undo {
                form.undo method="post" action=(action) {
                    (self.visitor.csrf_field())
                    button.button.button-small.button-secondary type="submit" { (self.visitor.text().get("undo")) }
                }
            }
        }
    }

    fn full_title(&self, frame: &Frame) -> String {
        let mut title = String::new();
        if self.failed {
            title.push_str(&self.visitor.text().get("error-prefix"));
            title.push(' ');
        }
        title.push_str(&self.title);
        if !frame.brand.name.is_empty() && frame.brand.name != self.title {
            title.push_str(" · ");
            title.push_str(&frame.brand.name);
        }
        title
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.document()).into_response();
        if let Some(policy) = &self.policy {
            response
                .headers_mut()
                .insert(CONTENT_SECURITY_POLICY, policy.header());
        }
        response
    }
}

fn width_class(width: Width) -> &'static str {
    match width {
        Width::Card => "page page-card",
        Width::Reading => "page page-reading",
        Width::Wide => "page page-wide",
        Width::Full => "page page-full",
    }
}

fn header(visitor: &Visitor, frame: &Frame) -> Markup {
    let text = visitor.text();
    html! {
        header.site-header {
            div.site-header-inner {
                @if frame.brand.href.is_empty() {
                    span.brand { (brand(&frame.brand)) }
                } @else {
                    a.brand href=(frame.brand.href) { (brand(&frame.brand)) }
                }
                @if !frame.navigation.is_empty() {
                    nav.site-nav aria-label=(text.get("main-navigation")) {
                        ul {
                            @for link in &frame.navigation {
                                li { a href=(link.href) aria-current=[link.current.then_some("page")] { (link.label) } }
                            }
                        }
                    }
                }
                div.site-account {
                    @if let Some(account) = &frame.account {
                        (account_menu(visitor, account))
                    } @else {
                        @for (at, link) in frame.welcome.iter().enumerate() {
                            @let stands_out = at + 1 == frame.welcome.len() && at > 0;
                            a.button.button-small.button-quiet[!stands_out].button-primary[stands_out] href=(link.href) { (link.label) }
                        }
                    }
                }
            }
        }
    }
}

/// Twice: beside the content where there is room, behind a button elsewhere. One of the two is displayed.
fn side_navigation(text: Text, frame: &Frame) -> Markup {
    let label = text.get("sections");
    html! {
        nav.side-nav aria-label=(label) { (sections(frame)) }
        details.side-menu {
            summary { (text.get("menu")) }
            nav aria-label=(label) { (sections(frame)) }
        }
    }
}

fn sections(frame: &Frame) -> Markup {
    html! {
        @for section in &frame.sections {
            @if !section.title.is_empty() { p.side-title { (section.title) } }
            ul {
                @for link in &section.links {
                    li { a href=(link.href) aria-current=[link.current.then_some("page")] { (link.label) } }
                }
            }
        }
    }
}

fn brand(brand: &Brand) -> Markup {
    html! {
        @if let Some(logo) = &brand.logo {
            img.brand-logo src=(logo) alt="" height="28" referrerpolicy="no-referrer";
        } @else {
            span.brand-mark aria-hidden="true" {}
        }
        span { (brand.name) }
    }
}

fn account_menu(visitor: &Visitor, account: &Account) -> Markup {
    let text = visitor.text();
    let initial = account
        .name
        .chars()
        .next()
        .unwrap_or('·')
        .to_uppercase()
        .to_string();
    html! {
        details.menu data-menu {
            summary {
                span.avatar aria-hidden="true" { (initial) }
                span.visually-hidden { (text.get("account-menu")) ": " }
                span.menu-name { (account.name) }
            }
            div.menu-panel {
                p.menu-who {
                    strong { (account.name) }
                    span { (account.detail) }
                }
                ul {
                    @for item in &account.menu {
                        li {
                            @match item {
                                MenuItem::Link(link) => {
                                    a href=(link.href) aria-current=[link.current.then_some("page")] { (link.label) }
                                }
                                MenuItem::Action { label, action } => {
                                    form method="post" action=(action) {
                                        (visitor.csrf_field())
                                        button type="submit" { (label) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn footer(visitor: &Visitor, frame: &Frame) -> Markup {
    let text = visitor.text();
    html! {
        footer.site-footer {
            div.site-footer-inner {
                @if !frame.footer.is_empty() {
                    ul.footer-links {
                        @for link in &frame.footer { li { a href=(link.href) { (link.label) } } }
                    }
                }
                // The answer to a form cannot be fetched again in another language.
                @if visitor.inner.readable && visitor.languages().len() > 1 {
                    nav.languages aria-label=(text.get("language")) {
                        ul {
                            @for &locale in visitor.languages() {
                                @let current = locale == text.locale();
                                li {
                                    a href=(in_language(visitor.here(), locale)) lang=(locale.tag())
                                        hreflang=(locale.tag()) aria-current=[current.then_some("true")] {
                                        (locale.own_name())
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn in_language(here: &str, locale: Locale) -> String {
    let mark = if here.contains('?') { '&' } else { '?' };
    format!("{here}{mark}lang={}", locale.tag())
}

#[cfg(test)]
mod tests {
    use super::Link;

    #[test]
    fn a_link_is_current_on_its_page_and_below_it() {
        let current = |href: &str, here: &str| Link::new("", href, here).current;
        assert!(current("/apps", "/apps"));
        assert!(current("/apps", "/apps/1?x=2"));
        assert!(!current("/apps", "/apps-of-others"));
        assert!(current("/", "/?q=1"));
        assert!(!current("/", "/apps"));
    }
}
