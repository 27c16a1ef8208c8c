//! The headers that every page carries.

use std::collections::BTreeMap;

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What a page may load and where its forms may lead (Content Security Policy Level 3).
///
/// The default allows our own stylesheet, script, images and forms, images over https (documents embed
/// them), and nothing inline.
#[derive(Clone, Debug)]
pub struct ContentPolicy(BTreeMap<&'static str, String>);

impl Default for ContentPolicy {
    fn default() -> Self {
        let directives = [
            ("default-src", "'none'"),
            ("script-src", "'self'"),
            ("style-src", "'self'"),
            ("img-src", "'self' data: https:"),
            ("font-src", "'self'"),
            ("connect-src", "'self'"),
            ("form-action", "'self'"),
            ("base-uri", "'none'"),
            ("frame-ancestors", "'none'"),
        ];
        Self(
            directives
                .into_iter()
                .map(|(name, sources)| (name, sources.to_owned()))
                .collect(),
        )
    }
}

impl ContentPolicy {
    /// A policy that allows nothing at all, for pages without our stylesheet.
    #[must_use]
    pub fn nothing() -> Self {
        let directives = ["default-src", "base-uri", "form-action", "frame-ancestors"];
        Self(directives.map(|name| (name, "'none'".to_owned())).into())
    }

    /// Adds a source to a directive. A source that could end the directive is left out.
    #[must_use]
    pub fn allow(mut self, directive: &'static str, source: &str) -> Self {
        if source.is_empty() || source.contains([';', ',', ' ', '\r', '\n', '\t']) {
            return self;
        }
        let sources = self.0.entry(directive).or_default();
        if sources.is_empty() || sources == "'none'" {
            source.clone_into(sources);
        } else {
            sources.push(' ');
            sources.push_str(source);
        }
        self
    }

    /// Lets forms, and the redirects that answer them, lead to `origin`: Chromium applies `form-action`
    /// to redirects too.
    #[must_use]
    pub fn allow_form_action(self, origin: &str) -> Self {
        self.allow("form-action", origin)
    }

    /// The header's value.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        let text: Vec<String> = self
            .0
            .iter()
            .map(|(name, sources)| format!("{name} {sources}"))
            .collect();
        HeaderValue::try_from(text.join("; "))
            .unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }
}

/// Adds what a response does not say itself. JSON and files get the harmless ones alone.
pub(crate) fn secure(headers: &mut HeaderMap) {
    // A policy that names who may frame the page says it better than the older header, which knows
    // no list (CSP Level 3 §6.4.2).
    let may_be_framed = headers
        .get(CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok())
        .and_then(|policy| policy.split_once("frame-ancestors "))
        .is_some_and(|(_, sources)| !sources.starts_with("'none'"));
    let mut default = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    default(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    default(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if !may_be_framed {
        default(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    default(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    default(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    );
    default(CONTENT_SECURITY_POLICY, ContentPolicy::default().header());
    if is_html(headers) {
        // Pages differ by account, and a browser's back button must not show them after sign-out.
        headers
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
}

pub(crate) fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

#[cfg(test)]
mod tests {
    use super::ContentPolicy;

    #[test]
    fn a_source_cannot_smuggle_a_directive() {
        let policy =
            ContentPolicy::default().allow("connect-src", "https://a.example; script-src *");
        assert_eq!(policy.header(), ContentPolicy::default().header());
        let policy = ContentPolicy::default().allow("connect-src", "https://a.example");
        assert!(
            policy
                .header()
                .to_str()
                .unwrap()
                .contains("connect-src 'self' https://a.example")
        );
    }

    #[test]
    fn the_default_allows_nothing_inline_and_no_frames() {
        let header = ContentPolicy::default().header();
        let text = header.to_str().unwrap();
        assert!(text.contains("frame-ancestors 'none'") && text.contains("default-src 'none'"));
        assert!(!text.contains("unsafe"));
    }
}
