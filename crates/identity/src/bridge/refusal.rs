//! The bridge's error shape, in one place.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Error;

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status,
            error,
            description: description.into(),
        }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "the X-API-KEY header holds no key of this bridge: send one of identity.bridge.api_keys",
        )
    }

    pub(super) fn invalid(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// Also for clients that were not made here: what a key may not touch is not there. The document
    /// knows no other status for a refusal than 400.
    pub(super) fn absent(client_id: &str) -> Self {
        let description = format!("the bridge made no client {client_id}, or it is gone");
        Self::new(StatusCode::BAD_REQUEST, "not_found", description)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid { .. } | Error::NotFound { .. } => Self::invalid(error.to_string()),
            Error::Conflict(_) | Error::Exists { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "conflict", error.to_string())
            }
            Error::Forbidden { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "forbidden", error.to_string())
            }
            Error::Limited(_) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                error.to_string(),
            ),
            Error::Unavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "the tenant is busy; try again later",
            ),
            other => {
                tracing::error!(error = %other, "bridge.failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "server_error",
                    "the tenant failed; its log says why",
                )
            }
        }
    }
}

impl From<storage::Error> for Refusal {
    fn from(error: storage::Error) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        (self.status, Json(body)).into_response()
    }
}
