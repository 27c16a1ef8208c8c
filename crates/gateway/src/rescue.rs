//! The one place where a request that goes no further is answered.
//!
//! Whatever refuses a request returns a [`Refusal`]; here it becomes a status, Kong's JSON body, a
//! challenge, one log line and one count. The body tells callers no more than Kong's does; the log
//! line tells the operator why.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE,
};
use http::{Response, StatusCode, Version};

use crate::applications::Application;
use crate::proxy::body::Body;
use crate::traffic::Seen;

/// Why a request goes no further. Each has one status, one public message, one metric label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// The request cannot be read the same way by everyone on its way (RFC 9112 §6.3, §3.2).
    MalformedRequest,
    /// No route matches.
    NoRoute,
    /// The route takes `https` alone.
    HttpsRequired,
    /// The body is larger than the gateway takes.
    BodyTooLarge,
    /// The caller stopped sending the body.
    SlowRequest,
    /// Nothing in the request says who calls.
    NoCredential,
    /// A bearer token that is no JWT, or is signed wrongly, foreign, or not valid now.
    InvalidToken,
    /// The issuer refused the client id and secret.
    InvalidClient,
    /// The API key is unknown or expired.
    InvalidKey,
    /// The credential is genuine and belongs to no application of this strategy.
    UnknownApplication,
    /// The application has no approved registration for this API.
    NotRegistered,
    /// The token names none of the required audiences.
    WrongAudience,
    /// The token lacks a required scope.
    InsufficientScope,
    /// The issuer does not answer, so a credential can be neither accepted nor refused.
    IssuerUnavailable,
    /// The upstream cannot be connected to, or broke the connection.
    UpstreamUnreachable,
    /// The upstream answered something that is no HTTP.
    UpstreamInvalid,
    /// The upstream took too long.
    UpstreamTimeout,
    /// The gateway has no configuration yet.
    NotReady,
}

impl Reason {
    /// The metric label and the log's `reason`.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformed_request",
            Self::NoRoute => "no_route",
            Self::HttpsRequired => "https_required",
            Self::BodyTooLarge => "body_too_large",
            Self::SlowRequest => "slow_request",
            Self::NoCredential => "no_credential",
            Self::InvalidToken => "invalid_token",
            Self::InvalidClient => "invalid_client",
            Self::InvalidKey => "invalid_key",
            Self::UnknownApplication => "unknown_application",
            Self::NotRegistered => "not_registered",
            Self::WrongAudience => "wrong_audience",
            Self::InsufficientScope => "insufficient_scope",
            Self::IssuerUnavailable => "issuer_unavailable",
            Self::UpstreamUnreachable => "upstream_unreachable",
            Self::UpstreamInvalid => "upstream_invalid",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::NotReady => "not_ready",
        }
    }

    /// The answer's status.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::HttpsRequired => StatusCode::UPGRADE_REQUIRED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SlowRequest => StatusCode::REQUEST_TIMEOUT,
            Self::NoCredential
            | Self::InvalidToken
            | Self::InvalidClient
            | Self::InvalidKey
            | Self::UnknownApplication => StatusCode::UNAUTHORIZED,
            Self::NotRegistered | Self::WrongAudience | Self::InsufficientScope => {
                StatusCode::FORBIDDEN
            }
            // Not 401: the caller did nothing wrong, and a 401 would make clients drop good tokens.
            Self::IssuerUnavailable | Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Self::UpstreamUnreachable | Self::UpstreamInvalid => StatusCode::BAD_GATEWAY,
            Self::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// Kong's message for the status.
    const fn message(self) -> &'static str {
        match self {
            Self::MalformedRequest => "Bad request",
            Self::NoRoute => "no Route matched with those values",
            Self::HttpsRequired => "Please use HTTPS protocol",
            Self::BodyTooLarge => "Request size limit exceeded",
            Self::SlowRequest => "Request timeout",
            Self::NoCredential
            | Self::InvalidToken
            | Self::InvalidClient
            | Self::InvalidKey
            | Self::UnknownApplication => "Unauthorized",
            Self::NotRegistered | Self::WrongAudience | Self::InsufficientScope => "Forbidden",
            Self::IssuerUnavailable => "The identity provider is currently unavailable",
            Self::NotReady => "The gateway has no configuration yet",
            Self::UpstreamUnreachable | Self::UpstreamInvalid => {
                "An invalid response was received from the upstream server"
            }
            Self::UpstreamTimeout => "The upstream server is timing out",
        }
    }
}

/// A request that goes no further, with all that its answer and its log line need.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Details>);

/// What a [`Refusal`] is made of; apart from it, because refusals are rare and results are not.
#[derive(Debug)]
pub(crate) struct Details {
    pub(crate) reason: Reason,
    /// A sentence for the log: never a credential, never a person's data.
    pub(crate) detail: Cow<'static, str>,
    /// The value of `WWW-Authenticate`.
    pub(crate) challenge: Option<Cow<'static, str>>,
    /// The message to show in the place of the reason's own.
    pub(crate) message: Option<&'static str>,
    /// Whether the connection is not fit for another request.
    pub(crate) close: bool,
    /// A `Set-Cookie` that ends the session the refused request came with.
    pub(crate) end_session: Option<HeaderValue>,
    /// The application that was refused and the API that it called, where they are known.
    pub(crate) seen: Seen,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Details {
            reason,
            detail: detail.into(),
            challenge: None,
            message: None,
            close: false,
            end_session: None,
            seen: Seen::default(),
        }))
    }

    pub(crate) fn challenge(mut self, challenge: impl Into<Cow<'static, str>>) -> Self {
        self.challenge = Some(challenge.into());
        self
    }

    pub(crate) fn message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }

    pub(crate) fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    pub(crate) fn of(mut self, application: &Arc<Application>) -> Self {
        self.seen.application = Some(Arc::clone(application));
        self
    }
}

impl Deref for Refusal {
    type Target = Details;
    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Refusal {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// What the log line says about the request itself.
pub(crate) struct Context<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) version: Version,
    pub(crate) route: Option<&'a str>,
}

/// Answers a refused request: the body, the challenge, the count and the log line.
pub(crate) fn rescue(refusal: &Refusal, context: &Context<'_>) -> Response<Body> {
    let status = refusal.reason.status();
    log(refusal, context, status);
    metrics::counter!("gateway_refusals_total", "reason" => refusal.reason.code()).increment(1);
    let message = refusal.message.unwrap_or(refusal.reason.message());
    let body = format!(
        "{{\"message\":\"{message}\",\"request_id\":\"{}\"}}",
        context.request_id
    );
    let mut response = Response::new(Body::full(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    headers.insert(CONTENT_TYPE, json);
    // A refusal is about this request alone, whoever asked.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(challenge) = &refusal.challenge
        && let Ok(challenge) = HeaderValue::from_str(challenge)
    {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(cookie) = &refusal.end_session {
        headers.append(http::header::SET_COOKIE, cookie.clone());
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    if context.version <= Version::HTTP_11 {
        if status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(UPGRADE, HeaderValue::from_static("TLS/1.2, HTTP/1.1"));
            headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        } else if refusal.close {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }
    response
}

fn log(refusal: &Refusal, context: &Context<'_>, status: StatusCode) {
    let (reason, detail) = (refusal.reason.code(), &*refusal.detail);
    let application = refusal.seen.application.as_ref();
    let application_id = application.map(|application| &*application.id);
    let Context {
        request_id,
        method,
        path,
        route,
        ..
    } = context;
    let status = status.as_u16();
    // What the operator must act on is a warning; what a caller did is not.
    if status >= 500 {
        tracing::warn!(target: "gateway.access", request_id, method, path, route, status, reason, application_id, "refused: {detail}");
    } else {
        tracing::info!(target: "gateway.access", request_id, method, path, route, status, reason, application_id, "refused: {detail}");
    }
}
