//! What all pages of a product share, and the layer around them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method};
use oauth::Entropy;

use crate::assets;
use crate::caller::Caller;
use crate::cookie::{Cookie, cookie_value};
use crate::flash::Flash;
use crate::headers;
use crate::locale::{Catalog, Locale, Text};
use crate::problem::wants_html;
use crate::request_id::{RequestId, identify};
use crate::visitor::{Inner, Visitor};

const LANGUAGE_COOKIE: &str = "lang";
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Fills a buffer with random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The process's randomness as a [`Random`].
#[must_use]
pub fn random(entropy: &Entropy) -> Random {
    let entropy = entropy.clone();
    Arc::new(move |bytes| entropy.fill(bytes))
}

/// What a product says about its pages.
pub struct Settings {
    /// A short name for its cookies: products on one host, told apart by port alone, share a cookie jar.
    pub name: &'static str,
    /// The key that signs form tokens and messages; for nothing else, the same on every replica.
    pub key: [u8; 32],
    /// Whether readers come over TLS: cookies are `Secure` then.
    pub secure: bool,
    /// Where randomness comes from.
    pub random: Random,
    /// The product's texts.
    pub catalog: &'static Catalog,
}

/// The shared part of a product's pages. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Shared>);

struct Shared {
    key: hmac::Key,
    csrf_cookie: String,
    flash_cookie: String,
    settings: Settings,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("name", &self.0.settings.name)
            .finish_non_exhaustive()
    }
}

impl Site {
    /// A site with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        // A `__Host-` cookie cannot be planted by a neighbouring host (RFC 6265bis §4.1.3.2); it exists
        // over TLS alone.
        let prefix = if settings.secure { "__Host-" } else { "" };
        Self(Arc::new(Shared {
            key: hmac::Key::new(hmac::HMAC_SHA256, &settings.key),
            csrf_cookie: format!("{prefix}{}_csrf", settings.name),
            flash_cookie: format!("{prefix}{}_flash", settings.name),
            settings,
        }))
    }

    /// Serves `router` with this crate's assets, and gives every request an id and a [`Visitor`], and every response
    /// the security headers, the cookies for language and forms, and a page where an error has none.
    pub fn wrap<S: Clone + Send + Sync + 'static>(&self, router: Router<S>) -> Router<S> {
        let router = router
            .merge(assets::own().router())
            .layer(from_fn_with_state(self.clone(), around));
        identify(router, self.0.settings.random.clone())
    }

    /// A reader for pages that are made outside a request: previews and tests.
    #[must_use]
    pub fn visitor(&self, locale: Locale, here: &str) -> Visitor {
        Visitor::new(Inner {
            site: self.clone(),
            text: Text::new(locale).of(self.0.settings.catalog),
            chosen: None,
            here: here.to_owned(),
            readable: true,
            csrf_secret: String::new(),
            flash: None,
            request_id: None,
            caller: Caller::default(),
        })
    }

    pub(crate) fn key(&self) -> &hmac::Key {
        &self.0.key
    }

    pub(crate) fn catalog(&self) -> &'static Catalog {
        self.0.settings.catalog
    }

    pub(crate) fn secure(&self) -> bool {
        self.0.settings.secure
    }

    pub(crate) fn flash_cookie(&self) -> &str {
        &self.0.flash_cookie
    }

    fn new_secret(&self) -> String {
        let mut bytes = [0; 24];
        (self.0.settings.random)(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

async fn around(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let mut cookies = Vec::new();
    let visitor = arrive(&site, &request, &mut cookies);
    let (readable, flash_came) = (visitor.inner.readable, visitor.inner.flash.is_some());
    let page_wanted = wants_html(request.headers());
    request.extensions_mut().insert(visitor.clone());

    let mut response = next.run(request).await;

    let status = response.status();
    if (status.is_client_error() || status.is_server_error())
        && page_wanted
        && is_bare(response.headers())
    {
        let replaced = visitor.problem(status).into_response();
        let old = std::mem::replace(&mut response, replaced);
        for (name, value) in old.headers() {
            if name != http::header::CONTENT_TYPE && name != http::header::CONTENT_LENGTH {
                response.headers_mut().append(name, value.clone());
            }
        }
    }
    let is_page = headers::is_html(response.headers());
    if flash_came && readable && is_page && !status.is_redirection() {
        cookies.push(Cookie::removal(site.flash_cookie(), site.secure()).header());
    }
    // Cookies go out with pages alone: a cached file or an API's answer must not carry them.
    if is_page {
        for cookie in cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    headers::secure(response.headers_mut());
    response
}

fn arrive(site: &Site, request: &Request, cookies: &mut Vec<HeaderValue>) -> Visitor {
    let headers = request.headers();
    let (here, asked) = without_language(request.uri().path(), request.uri().query());
    let remembered = cookie_value(headers, LANGUAGE_COOKIE);
    let locale = Locale::choose(
        [asked.as_deref(), remembered],
        text_of(headers, ACCEPT_LANGUAGE.as_str()),
    );
    if asked.as_deref().and_then(Locale::from_tag).is_some() && remembered != Some(locale.tag()) {
        cookies.push(
            Cookie::new(LANGUAGE_COOKIE, locale.tag(), site.secure())
                .lasting(A_YEAR)
                .header(),
        );
    }
    let csrf_secret = match cookie_value(headers, &site.0.csrf_cookie) {
        Some(secret) if secret.len() == 32 => secret.to_owned(),
        _ => {
            let secret = site.new_secret();
            cookies.push(Cookie::new(&site.0.csrf_cookie, &secret, site.secure()).header());
            secret
        }
    };
    Visitor::new(Inner {
        site: site.clone(),
        text: Text::new(locale).of(site.0.settings.catalog),
        chosen: [asked.as_deref(), remembered]
            .into_iter()
            .flatten()
            .find_map(Locale::from_tag),
        here,
        readable: matches!(*request.method(), Method::GET | Method::HEAD),
        csrf_secret,
        flash: cookie_value(headers, site.flash_cookie())
            .and_then(|value| Flash::decode(site.key(), value)),
        request_id: request.extensions().get::<RequestId>().cloned(),
        caller: Caller::of(request.extensions(), headers),
    })
}

/// Path and query without `lang`, and what `lang` said.
fn without_language(path: &str, query: Option<&str>) -> (String, Option<String>) {
    let mut asked = None;
    let kept: Vec<&str> = query
        .unwrap_or("")
        .split('&')
        .filter(|pair| match pair.strip_prefix("lang=") {
            Some(value) => {
                asked = Some(value.to_owned());
                false
            }
            None => !pair.is_empty(),
        })
        .collect();
    let here = if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    };
    (here, asked)
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a response has nothing a reader could use: no body of ours, or axum's own plain text.
fn is_bare(headers: &HeaderMap) -> bool {
    headers
        .get(http::header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}
