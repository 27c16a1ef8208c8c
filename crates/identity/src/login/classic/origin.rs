//! From which pages scripts may call (Cross-Origin Resource Sharing, Fetch §3.2).

use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use url::Url;

use crate::Tenant;
use crate::model::client::Client;
use crate::model::strings;

/// Answers a browser that asks whether a script may send JSON here.
///
/// It names no client yet, so any page is told yes; the request itself is then held against the
/// client's origins.
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(origin) = headers.get(ORIGIN) {
        allow(&mut response, origin.clone());
        let headers = response.headers_mut();
        headers.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST"),
        );
        headers.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("content-type, auth0-client, x-request-language"),
        );
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    response
}

/// Where a script's request comes from.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// No browser says anything of the kind: a server, a command line, an app.
    Nowhere,
    /// A page of the tenant's own.
    Home,
    /// A page elsewhere.
    Page(HeaderValue),
}

impl From {
    pub(super) fn of(tenant: &Tenant, headers: &HeaderMap) -> Self {
        let Some(origin) = headers.get(ORIGIN) else {
            return Self::Nowhere;
        };
        let text = origin.to_str().unwrap_or_default();
        match tenant.settings().origins().any(|own| own.as_str() == text) {
            true => Self::Home,
            false => Self::Page(origin.clone()),
        }
    }

    /// Whether a page there may use the client: its `web_origins`, its `allowed_origins`, and where
    /// its callbacks are.
    ///
    /// Source: the vendor's "Allowed Origins (CORS)": callbacks' origins are allowed by themselves.
    pub(super) fn may_use(&self, client: &Client) -> bool {
        match self {
            Self::Nowhere | Self::Home => true,
            Self::Page(origin) => {
                let origin = origin.to_str().unwrap_or_default();
                let callbacks = strings(client.settings.get("callbacks"));
                is_listed(client, "allowed_origins", origin)
                    || is_listed(client, "web_origins", origin)
                    || callbacks.filter_map(origin_of).any(|own| own == origin)
            }
        }
    }

    /// Whether a page there may sign people in by itself: it is one of the client's `web_origins`.
    pub(super) fn may_sign_in(&self, client: &Client) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Home => true,
            Self::Page(origin) => {
                is_listed(client, "web_origins", origin.to_str().unwrap_or_default())
            }
        }
    }

    /// Lets the page read the answer.
    pub(super) fn share(&self, response: &mut Response) {
        if let Self::Page(origin) = self {
            allow(response, origin.clone());
        }
    }
}

fn allow(response: &mut Response, origin: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.append(VARY, HeaderValue::from_static("origin"));
}

fn is_listed(client: &Client, member: &str, origin: &str) -> bool {
    strings(client.settings.get(member)).any(|listed| fits(listed, origin))
}

/// Whether an origin is the listed one, or below it where the list says `https://*.example.com`: one
/// label for the star, on the same scheme and port.
fn fits(listed: &str, origin: &str) -> bool {
    let listed = listed.trim_end_matches('/');
    if listed.eq_ignore_ascii_case(origin) {
        return true;
    }
    let Some((scheme, host)) = listed.split_once("://*.") else {
        return false;
    };
    origin
        .strip_prefix(scheme)
        .and_then(|rest| rest.strip_prefix("://"))
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(label, rest)| is_label(label) && rest.eq_ignore_ascii_case(host))
}

/// Whether the text is one label of a host's name.
fn is_label(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.bytes().all(fits)
}

fn origin_of(url: &str) -> Option<String> {
    let origin = Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_one_label() {
        for (listed, origin) in [
            ("https://app.example", "https://app.example"),
            ("https://app.example/", "https://app.example"),
            ("https://*.app.example", "https://a.app.example"),
            ("http://*.localhost:3000", "http://a.localhost:3000"),
        ] {
            assert!(fits(listed, origin), "{listed} {origin}");
        }
        for (listed, origin) in [
            ("https://app.example", "https://app.example.evil"),
            ("https://app.example", "http://app.example"),
            ("https://*.app.example", "https://app.example"),
            ("https://*.app.example", "https://a.b.app.example"),
            ("https://*.app.example", "https://.app.example"),
            ("https://*.app.example", "https://evil/a.app.example"),
            ("https://*.app.example", "https://a.app.example:8443"),
            ("*", "https://app.example"),
            ("", "null"),
        ] {
            assert!(!fits(listed, origin), "{listed} {origin}");
        }
    }
}
