//! Files that come with the program: served under a path with their own hash, cached for ever.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Own;

/// The files of one crate, by their hashed paths.
#[derive(Debug)]
pub struct Assets {
    by_name: BTreeMap<String, String>,
    by_path: BTreeMap<String, File>,
}

#[derive(Debug)]
struct File {
    content: std::borrow::Cow<'static, [u8]>,
    kind: HeaderValue,
}

impl Assets {
    /// The files of `E`. Keep the result in a `LazyLock`: hashing is done here.
    #[must_use]
    pub fn of<E: RustEmbed>() -> Self {
        let (mut by_name, mut by_path) = (BTreeMap::new(), BTreeMap::new());
        for name in E::iter() {
            let Some(file) = E::get(&name) else { continue };
            let path = hashed_path(&name, &file.data);
            by_name.insert(name.into_owned(), path.clone());
            let kind = HeaderValue::from_str(with_charset(file.metadata.mimetype()))
                .unwrap_or(HeaderValue::from_static("application/octet-stream"));
            by_path.insert(
                path,
                File {
                    content: file.data,
                    kind,
                },
            );
        }
        Self { by_name, by_path }
    }

    /// The path to link to.
    ///
    /// # Panics
    /// If there is no such file: names are literals in our own pages, which the tests render.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.by_name
            .get(name)
            .unwrap_or_else(|| panic!("no asset is called {name}"))
    }

    /// Serves these files.
    pub fn router<S: Clone + Send + Sync + 'static>(&'static self) -> Router<S> {
        let mut router = Router::new();
        for path in self.by_path.keys() {
            router = router.route(path, get(move || async move { self.serve(path) }));
        }
        router
    }

    fn serve(&self, path: &str) -> Response {
        let Some(file) = self.by_path.get(path) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let body = match &file.content {
            std::borrow::Cow::Borrowed(bytes) => Body::from(*bytes),
            std::borrow::Cow::Owned(bytes) => Body::from(bytes.clone()),
        };
        let mut response = Response::new(body);
        response
            .headers_mut()
            .insert(CONTENT_TYPE, file.kind.clone());
        response.headers_mut().insert(CACHE_CONTROL, FOR_EVER);
        response
    }
}

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Serves a text made at run time (a theme's stylesheet) under a path that changes with it. The handler
/// answers any hash with the current text, and lets it be cached only under its own.
pub fn serve_generated(
    Path(hash): Path<String>,
    name: &str,
    kind: &'static str,
    content: String,
) -> Response {
    let current = generated_path(name, &content).contains(&hash);
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let caching = if current {
        FOR_EVER
    } else {
        HeaderValue::from_static("no-cache")
    };
    headers.insert(CACHE_CONTROL, caching);
    response
}

/// The path under which [`serve_generated`] is cached: `/assets/HASH/NAME`.
#[must_use]
pub fn generated_path(name: &str, content: &str) -> String {
    hashed_path(name, content.as_bytes())
}

fn hashed_path(name: &str, content: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, content);
    let short: String = hash.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/assets/{short}/{name}")
}

fn with_charset(kind: &str) -> &str {
    match kind {
        "text/css" => "text/css; charset=utf-8",
        "text/javascript" | "application/javascript" => "text/javascript; charset=utf-8",
        "text/plain" => "text/plain; charset=utf-8",
        other => other,
    }
}

/// This crate's stylesheet, script and icon.
pub(crate) fn own() -> &'static Assets {
    static OWN: std::sync::LazyLock<Assets> = std::sync::LazyLock::new(Assets::of::<Own>);
    &OWN
}

#[cfg(test)]
mod tests {
    use super::{generated_path, own};

    #[test]
    fn a_path_changes_with_the_content() {
        assert_ne!(generated_path("a.css", "a"), generated_path("a.css", "b"));
        let path = own().path("style.css");
        assert!(
            path.starts_with("/assets/") && path.ends_with("/style.css"),
            "{path}"
        );
    }
}
