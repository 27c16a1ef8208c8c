//! The Management API's error shape, in one place.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Error;

/// An error on its way to a caller of the Management API.
pub(crate) struct Problem(pub(crate) Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut retry_after = None;
        let (status, code, message) = match self.0 {
            Error::Invalid { code, message } => {
                (StatusCode::BAD_REQUEST, Some(code), message.into_owned())
            }
            Error::Unauthenticated(message) => (StatusCode::UNAUTHORIZED, None, message.to_owned()),
            Error::InsufficientScope(_) => (
                StatusCode::FORBIDDEN,
                Some("insufficient_scope"),
                self.0.to_string(),
            ),
            Error::Forbidden { code, message } => {
                (StatusCode::FORBIDDEN, Some(code), message.into_owned())
            }
            Error::NotFound { code, message } => {
                (StatusCode::NOT_FOUND, code, message.into_owned())
            }
            Error::Conflict(message) => {
                (StatusCode::CONFLICT, Some("conflict"), message.into_owned())
            }
            Error::Exists { code, message } => {
                (StatusCode::CONFLICT, Some(code), message.into_owned())
            }
            Error::TooLarge(message) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                Some("payload_too_large"),
                message,
            ),
            Error::Busy(message) => {
                retry_after = Some(HeaderValue::from_static("10"));
                let code = Some("too_many_requests");
                (StatusCode::TOO_MANY_REQUESTS, code, message.to_owned())
            }
            Error::Limited(wait) => {
                retry_after = Some(HeaderValue::from(wait.as_secs() + 1));
                let message = self.0.to_string();
                (
                    StatusCode::TOO_MANY_REQUESTS,
                    Some("too_many_requests"),
                    message,
                )
            }
            Error::Unavailable(cause) => {
                retry_after = Some(HeaderValue::from_static("1"));
                tracing::warn!(error.cause = %cause, "the database did not answer");
                let message = "The service is temporarily unavailable, try again".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, None, message)
            }
            Error::Internal(cause) => {
                tracing::error!(error.cause = %cause, "a management request failed");
                let message = "An internal error occurred".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, None, message)
            }
        };
        let mut body = json!({
            "statusCode": status.as_u16(),
            "error": status.canonical_reason().unwrap_or("Error"),
            "message": message,
        });
        if let Some(code) = code {
            body["errorCode"] = json!(code);
        }
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
