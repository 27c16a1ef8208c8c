//! Protection of forms against other sites: a token in the form that belongs to a cookie of the
//! browser, and the browser's own word on where the request comes from.
//!
//! Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet (signed double-submit cookie,
//! fetch metadata).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::{HOST, ORIGIN};

/// The name of the hidden field.
pub(crate) const FIELD: &str = "csrf_token";

/// The token of the browser whose cookie holds `secret`.
pub(crate) fn token(key: &hmac::Key, secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(key, &message(secret)))
}

/// Whether `token` belongs to `secret`; in constant time.
pub(crate) fn belongs(key: &hmac::Key, secret: &str, token: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(token)
        .is_ok_and(|tag| hmac::verify(key, &message(secret), &tag).is_ok())
}

fn message(secret: &str) -> Vec<u8> {
    [b"csrf\0", secret.as_bytes()].concat()
}

/// Whether the browser says that another site sent this request. Old browsers say nothing: the token
/// alone decides then.
///
/// Source: W3C Fetch Metadata Request Headers; RFC 6454 §7.
pub(crate) fn from_elsewhere(headers: &HeaderMap) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = value("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match (value(ORIGIN.as_str()), value(HOST.as_str())) {
        (Some("null") | None, _) | (_, None) => false,
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_none_or(|(_, authority)| !authority.eq_ignore_ascii_case(host)),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use http::HeaderMap;

    use super::{belongs, from_elsewhere, token};

    #[test]
    fn a_token_belongs_to_one_browser_and_one_key() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let made = token(&key, "browser");
        assert!(belongs(&key, "browser", &made));
        assert!(!belongs(&key, "another", &made));
        assert!(!belongs(
            &hmac::Key::new(hmac::HMAC_SHA256, &[2; 32]),
            "browser",
            &made
        ));
        assert!(!belongs(&key, "browser", ""));
        assert!(!belongs(&key, "browser", &made[1..]));
    }

    #[test]
    fn the_browsers_word_on_the_origin_counts() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in pairs {
                map.insert(*name, value.parse().unwrap());
            }
            from_elsewhere(&map)
        };
        assert!(!headers(&[]));
        assert!(!headers(&[("sec-fetch-site", "same-origin")]));
        assert!(headers(&[("sec-fetch-site", "cross-site")]));
        assert!(headers(&[("sec-fetch-site", "same-site")]));
        assert!(!headers(&[("origin", "http://a:1"), ("host", "a:1")]));
        assert!(headers(&[("origin", "http://a:2"), ("host", "a:1")]));
    }
}
