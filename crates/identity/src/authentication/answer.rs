//! The authorization response: how an answer or an error travels to the client.

use aws_lc_rs::digest;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::OAuthError;
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;
use web::{ContentPolicy, DOCTYPE, Markup, PreEscaped, html};

use crate::Tenant;
use crate::model::authorization_request::{AuthorizationRequest, ResponseMode, destination};

/// The way back to a client whose redirect URI is settled.
#[derive(Clone, Debug)]
pub(super) struct WayBack {
    pub(super) redirect_uri: String,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<String>,
    pub(super) issuer: String,
}

/// Parameters of an answer, in order.
pub(super) type Parameters = Vec<(&'static str, String)>;

impl WayBack {
    pub(super) fn of(request: &AuthorizationRequest) -> Self {
        Self {
            redirect_uri: request.redirect_uri.clone(),
            mode: request.response_mode,
            state: request.state.clone(),
            issuer: request.issuer.clone(),
        }
    }

    /// An error response (RFC 6749 §4.1.2.1).
    pub(super) fn error(&self, tenant: &Tenant, error: &OAuthError) -> Response {
        let mut parameters = vec![("error", error.error.to_string())];
        if let Some(description) = &error.error_description {
            parameters.push(("error_description", description.clone()));
        }
        self.send(tenant, parameters)
    }

    /// Any response. `state` goes back as it came, and `iss` says whose answer it is (RFC 9207).
    pub(super) fn send(&self, tenant: &Tenant, mut parameters: Parameters) -> Response {
        if let Some(state) = &self.state {
            parameters.push(("state", state.clone()));
        }
        if tenant.tenant_settings().names_issuer() {
            parameters.push(("iss", self.issuer.clone()));
        }
        let mut response = match self.mode {
            ResponseMode::Query => redirect(&self.with('?', &parameters)),
            ResponseMode::Fragment => redirect(&self.with('#', &parameters)),
            ResponseMode::FormPost => self.form(&parameters),
            ResponseMode::WebMessage => self.message(&parameters),
        };
        secure(&mut response);
        response
    }

    /// The redirect URI with the parameters in its query or fragment. What it holds already stays as
    /// it was registered, byte for byte (RFC 6749 §3.1.2).
    fn with(&self, separator: char, parameters: &Parameters) -> String {
        let mut encoded = Serializer::new(String::new());
        encoded.extend_pairs(parameters);
        let encoded = encoded.finish();
        let uri = &self.redirect_uri;
        match separator {
            '?' if uri.ends_with(['?', '&']) => format!("{uri}{encoded}"),
            '?' if uri.contains('?') => format!("{uri}&{encoded}"),
            _ => format!("{uri}{separator}{encoded}"),
        }
    }

    /// A form that the browser posts by itself (OAuth 2.0 Form Post Response Mode §2).
    fn form(&self, parameters: &Parameters) -> Response {
        let fields = html! {
            form method="post" action=(self.redirect_uri) {
                @for (name, value) in parameters {
                    input type="hidden" name=(name) value=(value);
                }
                noscript { button type="submit" { "Continue" } }
            }
        };
        let policy = bare_policy(SUBMIT).allow("form-action", &destination(&self.redirect_uri));
        page(&fields, SUBMIT, policy)
    }

    /// A page that hands the answer to the window around it, and to nobody but a page of the client:
    /// the origin is that of the redirect URI, which was held against the client's `web_origins`
    /// (RFC 9700 §4.17).
    fn message(&self, parameters: &Parameters) -> Response {
        let response: Map<String, Value> = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
            .collect();
        let origin = destination(&self.redirect_uri);
        let data = html! {
            div #answer data-origin=(origin) data-response=(Value::Object(response)) {}
        };
        let policy = bare_policy(POST_MESSAGE).allow("frame-ancestors", &origin);
        page(&data, POST_MESSAGE, policy)
    }
}

const SUBMIT: &str = "document.forms[0].submit()";

/// Source: the vendor's libraries for pages (`type: "authorization_response"`).
const POST_MESSAGE: &str = "(function () {\
    var answer = document.getElementById('answer').dataset;\
    var receiver = window.opener || (window.parent !== window ? window.parent : null);\
    var message = { type: 'authorization_response', response: JSON.parse(answer.response) };\
    if (receiver) { receiver.postMessage(message, answer.origin); }\
})()";

fn redirect(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Nothing but one script, known by its digest.
fn bare_policy(script: &str) -> ContentPolicy {
    let hash = digest::digest(&digest::SHA256, script.as_bytes());
    ContentPolicy::nothing().allow(
        "script-src",
        &format!("'sha256-{}'", STANDARD.encode(hash.as_ref())),
    )
}

fn page(content: &Markup, script: &str, policy: ContentPolicy) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Continue" } }
            body { (content) script { (PreEscaped(script)) } }
        }
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, policy.header()),
    ];
    (headers, page.into_string()).into_response()
}

/// Answers are for one browser once, and no page that they lead to learns where they came from
/// (RFC 9700 §4.2.4, §4.3.2).
pub(super) fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // A window that a client opened must be able to answer it.
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "unsafe-none",
        ),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::WayBack;
    use crate::model::authorization_request::{ResponseMode, destination};

    fn way(redirect_uri: &str) -> WayBack {
        WayBack {
            redirect_uri: redirect_uri.to_owned(),
            mode: ResponseMode::Query,
            state: None,
            issuer: String::new(),
        }
    }

    #[test]
    fn what_a_redirect_uri_holds_stays() {
        let parameters = vec![("code", "a b&c".to_owned())];
        for (uri, separator, expected) in [
            (
                "https://a.example/cb",
                '?',
                "https://a.example/cb?code=a+b%26c",
            ),
            (
                "https://a.example/cb?x=%2F",
                '?',
                "https://a.example/cb?x=%2F&code=a+b%26c",
            ),
            (
                "https://a.example/cb?",
                '?',
                "https://a.example/cb?code=a+b%26c",
            ),
            (
                "https://a.example/cb?x=1",
                '#',
                "https://a.example/cb?x=1#code=a+b%26c",
            ),
            (
                "com.example.app:/cb",
                '?',
                "com.example.app:/cb?code=a+b%26c",
            ),
        ] {
            assert_eq!(way(uri).with(separator, &parameters), expected);
        }
    }

    #[test]
    fn a_destination_is_an_origin_or_a_scheme() {
        assert_eq!(destination("https://a.example:443/cb"), "https://a.example");
        assert_eq!(
            destination("http://127.0.0.1:3000/"),
            "http://127.0.0.1:3000"
        );
        assert_eq!(destination("com.example.app:/cb"), "com.example.app:");
    }
}
