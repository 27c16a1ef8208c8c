//! Errors of this API: `{"code", "message", "details"}`.

use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::error::{Error, Violation};
use crate::rest::Problem;

/// A failed call, in this API's shape.
#[derive(Debug)]
pub(in crate::platform) struct Failure(Error);

/// Lists of the same specification whose errors are those of the rest of the platform API.
const OTHERWISE: [&str; 2] = ["/core-entities/plugin-schemas", "/core-entities/targets"];

/// The error of an operation in the shape of the API that it is part of.
pub(in crate::platform) fn refusal(method: &Method, path: &str, error: Error) -> Response {
    let here = path.contains("/core-entities/") || path.contains("/dp-client-certificates");
    let otherwise = *method == Method::GET && OTHERWISE.iter().any(|list| path.ends_with(list));
    match here && !otherwise {
        true => Failure(error).into_response(),
        false => Problem::from(error).into_response(),
    }
}

impl Failure {
    /// The entity is not there.
    pub(super) fn not_found(what: &str, key: &str) -> Self {
        Self(Error::not_found(what, key))
    }

    /// The body cannot be read as a JSON object.
    pub(super) fn malformed(why: impl Into<String>) -> Self {
        Self(Error::Malformed(why.into()))
    }

    /// A parameter of the query is not as asked.
    pub(super) fn query(field: &str, reason: impl Into<String>) -> Self {
        Self(Error::invalid(Violation::query(field, "invalid", reason)))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(error) = self;
        // The codes are gRPC's, which the vendor's API uses: 3 invalid argument, 5 not found, 6 already exists, …
        let (status, code, message) = match &error {
            Error::Invalid(_) => (StatusCode::BAD_REQUEST, 3, "validation error".to_owned()),
            Error::Malformed(why) => (StatusCode::BAD_REQUEST, 3, why.clone()),
            Error::UnsupportedMedia(why) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, 3, why.clone()),
            Error::NotFound(what) => (StatusCode::NOT_FOUND, 5, what.clone()),
            Error::Conflict(why) | Error::Gone(why) => (StatusCode::CONFLICT, 6, why.clone()),
            Error::Unauthenticated(why) => (StatusCode::UNAUTHORIZED, 16, why.clone()),
            Error::Forbidden(why) => (StatusCode::FORBIDDEN, 7, why.clone()),
            Error::Limited { message, .. } => (StatusCode::TOO_MANY_REQUESTS, 8, message.clone()),
            Error::Unavailable(why) => (StatusCode::SERVICE_UNAVAILABLE, 14, why.clone()),
            Error::Provider(_) | Error::Internal(_) => {
                tracing::error!(error = %error, "a core entity could not be read or written");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    13,
                    "something went wrong here; the log says what".to_owned(),
                )
            }
        };
        let wrong = match &error {
            Error::Invalid(violations) => violations.as_slice(),
            _ => &[],
        };
        let detail = |wrong: &Violation| {
            let messages = [&wrong.reason];
            json!({ "type": "ERROR_TYPE_FIELD", "field": wrong.field, "messages": messages })
        };
        let details: Vec<Value> = wrong.iter().map(detail).collect();
        let mut body = json!({ "code": code, "message": message, "details": details });
        if status == StatusCode::UNAUTHORIZED {
            // The specification's one error that has it.
            body["status"] = status.as_u16().into();
        }
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
