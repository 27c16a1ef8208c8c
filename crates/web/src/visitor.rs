//! Who reads a page, as far as the page itself is concerned.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use crate::caller::Caller;
use crate::cookie::Cookie;
use crate::csrf;
use crate::flash::{Flash, Redirect, Tone};
use crate::layout::{Frame, Page};
use crate::locale::{Catalog, Locale, Text};
use crate::request_id::RequestId;
use crate::site::Site;

/// The reader of this request: language, form protection, the message left by the last page.
///
/// An extractor behind [`Site::wrap`]. A [`Frame`] in the request's extensions, put there by the
/// product's middleware, becomes the frame of the pages made from it.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub(crate) inner: Arc<Inner>,
    text: Text,
    offered: Arc<[Locale]>,
    frame: Option<Arc<Frame>>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) site: Site,
    pub(crate) text: Text,
    /// The language that the reader chose on this site, now or earlier.
    pub(crate) chosen: Option<Locale>,
    /// Path and query of this request without the language parameter.
    pub(crate) here: String,
    pub(crate) readable: bool,
    pub(crate) csrf_secret: String,
    pub(crate) flash: Option<Flash>,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) caller: Caller,
}

impl Visitor {
    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            text: inner.text,
            offered: Arc::from(Locale::ALL),
            inner: Arc::new(inner),
            frame: None,
        }
    }

    /// The texts in the reader's language.
    #[must_use]
    pub fn text(&self) -> Text {
        self.text
    }

    /// The same reader in the first of `tags` (separated by spaces, as in `ui_locales`) that pages are
    /// offered in, unless they chose a language on this site.
    #[must_use]
    pub fn preferring(self, tags: &str) -> Self {
        let chosen = self.inner.chosen;
        let chose = chosen.is_some_and(|locale| self.offered.contains(&locale));
        match Locale::first_of(tags, &self.offered) {
            Some(locale) if !chose => self.reading(locale),
            _ => self,
        }
    }

    /// The same reader where pages are offered in these languages alone, the first one to whoever reads
    /// none of them. `accept_language` is the browser's header.
    #[must_use]
    pub fn offered(mut self, languages: &[Locale], accept_language: Option<&str>) -> Self {
        let chosen = self.inner.chosen.map(Locale::tag);
        let locale = Locale::choose_among(languages, [chosen], accept_language);
        self.offered = match languages {
            [] => Arc::from([locale]),
            languages => Arc::from(languages),
        };
        self.reading(locale)
    }

    fn reading(mut self, locale: Locale) -> Self {
        self.text = Text::new(locale).of(self.inner.site.catalog());
        self
    }

    /// The languages that pages are offered in.
    pub(crate) fn languages(&self) -> &[Locale] {
        &self.offered
    }

    /// The texts of another catalogue in the reader's language.
    #[must_use]
    pub fn text_of(&self, catalog: &'static Catalog) -> Text {
        self.text.of(catalog)
    }

    /// The frame that the product set for this request.
    #[must_use]
    pub fn frame(&self) -> Option<&Frame> {
        self.frame.as_deref()
    }

    /// The same reader with another frame.
    #[must_use]
    pub fn framed(mut self, frame: Frame) -> Self {
        self.frame = Some(Arc::new(frame));
        self
    }

    /// Path and query of this request, without the language parameter: where to come back to.
    #[must_use]
    pub fn here(&self) -> &str {
        &self.inner.here
    }

    /// From where the request comes.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.inner.caller
    }

    /// The request's id; none for a page that is made outside a request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_ref().map(RequestId::as_str)
    }

    /// Starts a page.
    pub fn page(&self, title: &str) -> Page {
        Page::new(self.clone(), title)
    }

    /// The hidden field that [`crate::Form`] asks for.
    #[must_use]
    pub fn csrf_field(&self) -> Markup {
        html! { input type="hidden" name=(csrf::FIELD) value=(self.csrf_token()); }
    }

    /// The token in that field: for scripts of our own pages that send something else than a form.
    #[must_use]
    pub fn csrf_token(&self) -> String {
        csrf::token(self.inner.site.key(), &self.inner.csrf_secret)
    }

    /// Whether a script sent the token of this browser; in constant time.
    #[must_use]
    pub fn owns_csrf_token(&self, token: &str) -> bool {
        csrf::belongs(self.inner.site.key(), &self.inner.csrf_secret, token)
    }

    /// A redirect to a page of ours that shows the outcome.
    pub fn redirect(&self, location: impl Into<String>) -> Redirect {
        Redirect {
            location: location.into(),
            cookies: Vec::new(),
        }
    }

    /// A redirect to a page of ours, which shows `text` once.
    pub fn redirect_saying(
        &self,
        location: impl Into<String>,
        tone: Tone,
        text: impl Into<String>,
    ) -> Redirect {
        let text = text.into();
        let undo = None;
        self.redirect_with(location, &Flash { tone, text, undo })
    }

    /// The same after something was removed that can be brought back: with a button whose form goes to `undo`.
    pub fn redirect_undoable(
        &self,
        location: impl Into<String>,
        text: impl Into<String>,
        undo: impl Into<String>,
    ) -> Redirect {
        let flash = Flash {
            tone: Tone::Success,
            text: text.into(),
            undo: Some(undo.into()),
        };
        self.redirect_with(location, &flash)
    }

    fn redirect_with(&self, location: impl Into<String>, flash: &Flash) -> Redirect {
        let site = &self.inner.site;
        let value = flash.encode(site.key());
        let cookie = Cookie::new(site.flash_cookie(), &value, site.secure());
        self.redirect(location)
            .cookie(cookie.lasting(std::time::Duration::from_secs(60)).header())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    /// # Errors
    /// 500, if the router is not wrapped with [`Site::wrap`].
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        of(parts).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

pub(crate) fn of(parts: &Parts) -> Option<Visitor> {
    let mut visitor = parts.extensions.get::<Visitor>()?.clone();
    if let Some(frame) = parts.extensions.get::<Arc<Frame>>() {
        visitor.frame = Some(frame.clone());
    }
    Some(visitor)
}
