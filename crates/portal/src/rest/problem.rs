//! `application/problem+json` (RFC 9457) as Konnect writes it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dcr::ErrorKind;
use serde_json::{Value, json};

use crate::error::{Bound, Error, Source, Violation};

/// An error on its way out of a JSON API.
#[derive(Debug)]
pub(crate) struct Problem(Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The answer without its `instance`, which [`super::trace`] knows.
#[derive(Clone, Debug)]
pub(crate) struct Details(Arc<Value>);

impl Details {
    /// The body for the request with this trace.
    pub(crate) fn render(&self, trace: u64) -> Body {
        let mut value = (*self.0).clone();
        value["instance"] = format!("kong:trace:{trace}").into();
        Body::from(value.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = status(&self.0);
        let mut value = json!({
            "type": format!("https://httpstatuses.com/{}", status.as_u16()),
            "status": status.as_u16(),
            "title": title(&self.0, status),
            "instance": "kong:trace:0",
            "detail": self.0.to_string(),
        });
        match &self.0 {
            Error::Invalid(violations) => {
                value["detail"] = "Invalid Parameters".into();
                value["invalid_parameters"] = parameters(violations);
            }
            // The specifications know no 400 without them.
            Error::Malformed(reason) => {
                let whole = json!({ "field": "", "rule": "invalid", "reason": reason });
                value["invalid_parameters"] = json!([whole]);
            }
            Error::Internal(cause) => {
                tracing::error!(error = %cause, "request failed");
                value["detail"] = "something went wrong on our side; the log has the cause".into();
            }
            Error::Unavailable(cause) => tracing::warn!(error = %cause, "request failed"),
            _ => {}
        }
        let details = Details(Arc::new(value));
        let mut response = (status, details.render(0)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Error::Limited {
            retry_after: Some(after),
            ..
        } = self.0
        {
            headers.insert(header::RETRY_AFTER, after.as_secs().max(1).into());
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(details);
        response
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Invalid(_) | Error::Malformed(_) => StatusCode::BAD_REQUEST,
        Error::UnsupportedMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Gone(_) => StatusCode::GONE,
        Error::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Provider(error) => match error.kind {
            ErrorKind::Rejected => StatusCode::BAD_REQUEST,
            ErrorKind::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Unsupported => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Denied { .. } | ErrorKind::Misconfigured | ErrorKind::NotFound => {
                StatusCode::BAD_GATEWAY
            }
        },
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn title(error: &Error, status: StatusCode) -> &'static str {
    match error {
        Error::Invalid(_) | Error::Malformed(_) => "Invalid Request",
        Error::Provider(_) => "Identity Provider Error",
        _ => status.canonical_reason().unwrap_or("Error"),
    }
}

/// Each once: a parameter that is given twice can be wrong twice in the same way.
fn parameters(violations: &[Violation]) -> Value {
    let mut all: Vec<Value> = Vec::with_capacity(violations.len());
    for parameter in violations.iter().map(parameter) {
        if !all.contains(&parameter) {
            all.push(parameter);
        }
    }
    all.into()
}

fn parameter(violation: &Violation) -> Value {
    let mut value = json!({
        "field": violation.field,
        "rule": violation.rule,
        "reason": violation.reason,
        "source": match violation.source {
            Source::Body => "body",
            Source::Query => "query",
            Source::Path => "path",
        },
    });
    match &violation.bound {
        Bound::None => {}
        Bound::Choices(choices) => value["choices"] = choices.as_slice().into(),
        Bound::Minimum(minimum) => value["minimum"] = (*minimum).into(),
        Bound::Maximum(maximum) => value["maximum"] = (*maximum).into(),
        Bound::Dependents(fields) => value["dependents"] = fields.as_slice().into(),
    }
    value
}
