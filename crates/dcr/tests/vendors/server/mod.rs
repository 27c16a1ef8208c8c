//! Servers that behave as vendors document, and what they share.

pub(crate) mod auth0;
pub(crate) mod bridge;
pub(crate) mod entra;
pub(crate) mod okta;
pub(crate) mod registration;

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dcr::contract::TokenEndpoint;
use dcr::{Metadata, NewClient};
use egress::{Egress, Policy};
use oauth::{ClientSecret, Clock, Timestamp};
use serde_json::{Map, Value, json};

/// A JWT that nobody can verify, for clients that only look inside.
pub(crate) fn jwt(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(&json!({ "alg": "RS256", "kid": "k", "typ": "JWT" }));
    format!(
        "{header}.{}.{}",
        part(claims),
        URL_SAFE_NO_PAD.encode("signed")
    )
}

/// A body as JSON: JSON itself, or a form as an object of texts.
pub(crate) fn body(headers: &HeaderMap, bytes: &[u8]) -> Value {
    let media = headers.get("content-type").and_then(|v| v.to_str().ok());
    if media.is_some_and(|media| media.starts_with("application/x-www-form-urlencoded")) {
        let pairs = url::form_urlencoded::parse(bytes).into_owned();
        return Value::Object(pairs.map(|(k, v)| (k, v.into())).collect());
    }
    serde_json::from_slice(bytes).unwrap_or(Value::Null)
}

/// A call as a vendor sees it.
pub(crate) struct Call {
    /// `POST /api/v1/apps`: method and path, percent-decoded.
    pub(crate) line: String,
    pub(crate) method: String,
    pub(crate) path: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default()
    }

    pub(crate) fn bearer(&self) -> &str {
        let value = self.header("authorization");
        value.strip_prefix("Bearer ").unwrap_or_default()
    }

    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_default()
    }

    /// Client id and secret, from the header or the body (RFC 6749 §2.3.1).
    pub(crate) fn client(&self) -> (String, String) {
        let Some(pair) = self.header("authorization").strip_prefix("Basic ") else {
            return (
                self.text("client_id").into(),
                self.text("client_secret").into(),
            );
        };
        let pair = STANDARD.decode(pair).expect("base64");
        let pair = String::from_utf8(pair).expect("text");
        let (id, secret) = pair.split_once(':').expect("a pair");
        let decoded = |text: &str| {
            let text = text.replace('+', " ");
            let text = percent_encoding::percent_decode_str(&text);
            text.decode_utf8_lossy().into_owned()
        };
        (decoded(id), decoded(secret))
    }
}

/// What a vendor answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

pub(crate) fn answer(status: u16, body: Value) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body,
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).expect("a status");
        let mut response = match self.body {
            Value::Null => status.into_response(),
            body => (status, Json(body)).into_response(),
        };
        for (name, value) in self.headers {
            let value = value.parse().expect("a header");
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// What goes wrong with the next call whose line starts so.
pub(crate) enum Fault {
    /// Answers this; nothing was done.
    Answers(Answer),
    /// Does what was asked and never answers.
    AnswerLost,
}

/// A vendor's rules.
pub(crate) trait Vendor: Send + 'static {
    fn handle(&mut self, call: &Call) -> Answer;
}

/// A vendor that answers over HTTP. Copies are one server.
pub(crate) struct Server<V> {
    inner: Arc<Mutex<Inner<V>>>,
}

struct Inner<V> {
    vendor: V,
    log: Vec<String>,
    faults: Vec<(String, Fault)>,
}

impl<V> Clone for Server<V> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<V: Vendor> Server<V> {
    pub(crate) fn new(vendor: V) -> Self {
        let inner = Inner {
            vendor,
            log: Vec::new(),
            faults: Vec::new(),
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner<V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut V) -> T) -> T {
        look(&mut self.inner().vendor)
    }

    /// The next call whose line starts so goes wrong.
    pub(crate) fn fail(&self, line: &str, fault: Fault) {
        self.inner().faults.push((line.to_owned(), fault));
    }

    /// How many calls started so.
    pub(crate) fn count(&self, line: &str) -> usize {
        let inner = self.inner();
        let calls = inner.log.iter();
        calls.filter(|logged| logged.starts_with(line)).count()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(serve::<V>).with_state(self.clone())
    }

    pub(crate) fn mounted(&self, egress: &Egress, origins: &[&str]) {
        let router = self.router();
        for origin in origins {
            egress.mount(origin, &router);
        }
    }
}

async fn serve<V: Vendor>(State(server): State<Server<V>>, request: Request<Body>) -> Response {
    let (parts, sent) = request.into_parts();
    let bytes = to_bytes(sent, 1 << 20).await.expect("a body");
    let decoded = |s: &str| {
        let text = percent_encoding::percent_decode_str(s);
        text.decode_utf8_lossy().into_owned()
    };
    let query = parts.uri.query().unwrap_or_default();
    let call = Call {
        line: format!("{} {}", parts.method, decoded(parts.uri.path())),
        method: parts.method.to_string(),
        path: parts.uri.path().split('/').skip(1).map(decoded).collect(),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        body: body(&parts.headers, &bytes),
        headers: parts.headers,
    };
    let (answer, lost) = {
        let mut inner = server.inner();
        inner.log.push(call.line.clone());
        let at = inner
            .faults
            .iter()
            .position(|(line, _)| call.line.starts_with(line.as_str()));
        match at.map(|at| inner.faults.remove(at).1) {
            Some(Fault::Answers(answer)) => (answer, false),
            Some(Fault::AnswerLost) => (inner.vendor.handle(&call), true),
            None => (inner.vendor.handle(&call), false),
        }
    };
    if lost {
        return pending().await;
    }
    answer.into_response()
}

/// A way out whose clock stands still, and that clock.
pub(crate) fn way_out() -> (Egress, Clock) {
    let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
    let policy = Policy {
        timeout: Duration::from_secs(3),
        ..Policy::default()
    };
    (Egress::new(policy, clock.clone()), clock)
}

/// An application of a developer.
pub(crate) fn application(id: &str, scopes: &[&str]) -> NewClient {
    NewClient {
        name: "cli".to_owned(),
        description: None,
        redirect_uris: Vec::new(),
        auth_methods: vec!["client_credentials".to_owned()],
        audience: None,
        scopes: scopes.iter().map(ToString::to_string).collect(),
        metadata: Metadata {
            konnect_portal_id: "portal".to_owned(),
            konnect_developer_id: "developer".to_owned(),
            konnect_org_id: "org".to_owned(),
            konnect_application_id: id.to_owned(),
        },
        auth_strategy_id: "strategy".to_owned(),
        dcr_provider_id: "provider".to_owned(),
        distinction: None,
    }
}

/// A token endpoint, asked as an application would.
pub(crate) struct Tokens {
    pub(crate) egress: Egress,
    pub(crate) endpoint: String,
    pub(crate) default_scope: Option<String>,
}

#[async_trait]
impl TokenEndpoint for Tokens {
    async fn client_credentials(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        _audience: &str,
        scope: Option<&str>,
    ) -> Result<Vec<String>, u16> {
        let mut form = vec![("grant_type", "client_credentials")];
        let scope = scope.or(self.default_scope.as_deref());
        form.extend(scope.map(|scope| ("scope", scope)));
        let request = egress::Request::post(&self.endpoint)
            .basic(client_id, secret)
            .form(&form);
        let response = self.egress.send(request).await.expect("an answer");
        if !response.status.is_success() {
            return Err(response.status.as_u16());
        }
        let granted: Value = response.json().expect("a token");
        let granted = granted["scope"].as_str().or(scope).unwrap_or_default();
        Ok(granted.split(' ').map(str::to_owned).collect())
    }
}

/// A token response, with a token that carries these claims.
pub(crate) fn granted(claims: &Value, scope: Option<&str>) -> Answer {
    let mut body =
        json!({ "access_token": jwt(claims), "token_type": "Bearer", "expires_in": 300 });
    if let Some(scope) = scope {
        body["scope"] = scope.into();
    }
    answer(200, body)
}

/// A refusal of OAuth (RFC 6749 §5.2).
pub(crate) fn oauth_error(status: u16, error: &str, description: &str) -> Answer {
    answer(
        status,
        json!({ "error": error, "error_description": description }),
    )
}

/// A client's members.
pub(crate) type Members = Map<String, Value>;
