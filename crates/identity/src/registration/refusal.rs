//! The registration endpoint's error shape and statuses, in one place.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::{ErrorCode, OAuthError};

use crate::Error;

/// Why a client is not registered (RFC 7591 §3.2.2).
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: OAuthError,
    retry_after: Option<u64>,
    /// The methods that there are, where it was another.
    allow: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, code: ErrorCode, description: impl AsRef<str>) -> Self {
        Self {
            status,
            error: OAuthError::new(code, description),
            retry_after: None,
            allow: None,
        }
    }

    /// The tenant has not switched it on.
    pub(super) fn off() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            ErrorCode::AccessDenied,
            "dynamic client registration is off: an administrator turns it on with the flag \
             enable_dynamic_client_registration of the tenant settings \
             (PATCH /api/v2/tenants/settings)",
        )
    }

    /// The operator has not switched it on.
    pub(super) fn unmanaged() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            ErrorCode::AccessDenied,
            "clients cannot change their registration here: ask the tenant's owner, or have the \
             operator set identity.registration.management",
        )
    }

    pub(super) fn redirect_uri(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::InvalidRedirectUri,
            description,
        )
    }

    pub(super) fn metadata(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::InvalidClientMetadata,
            description,
        )
    }

    /// An Action refused, or failed.
    pub(super) fn by_action(code: &str, description: impl AsRef<str>) -> Self {
        let (status, code) = match code {
            "invalid_redirect_uri" => (StatusCode::BAD_REQUEST, ErrorCode::InvalidRedirectUri),
            "invalid_client_metadata" => {
                (StatusCode::BAD_REQUEST, ErrorCode::InvalidClientMetadata)
            }
            "invalid_software_statement" => {
                (StatusCode::BAD_REQUEST, ErrorCode::InvalidSoftwareStatement)
            }
            "unapproved_software_statement" => (
                StatusCode::BAD_REQUEST,
                ErrorCode::UnapprovedSoftwareStatement,
            ),
            "server_error" => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ServerError),
            _ => (StatusCode::FORBIDDEN, ErrorCode::AccessDenied),
        };
        Self::new(status, code, description)
    }

    pub(super) fn too_large(description: impl AsRef<str>) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Self::metadata(description)
        }
    }

    pub(super) fn statement(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::InvalidSoftwareStatement,
            description,
        )
    }

    pub(super) fn unapproved(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::UnapprovedSoftwareStatement,
            description,
        )
    }

    /// No token where one is needed, or one that does not count (RFC 6750 §3.1, RFC 7592 §2).
    pub(super) fn token(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::InvalidToken,
            description,
        )
    }

    pub(super) fn wrong_method(allow: &'static str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                ErrorCode::InvalidRequest,
                format!("this address answers to {allow}"),
            )
        }
    }

    pub(super) fn limited(wait: Duration) -> Self {
        let seconds = wait.as_secs_f64().ceil().max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1, and a cast saturates"
        )]
        let retry_after = Some(seconds as u64);
        Self {
            retry_after,
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::TooManyRequests,
                "too many registrations from your network: keep the client that you have, or try \
                 again after the time that Retry-After names",
            )
        }
    }

    /// The vendor's answer when the tenant is full.
    pub(super) fn full() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            ErrorCode::from("too_many_entities"),
            "the tenant has as many registered clients as it takes: its owner removes some, or \
             raises identity.registration.max_clients",
        )
    }

    /// What the answer says.
    pub(super) fn description(&self) -> &str {
        self.error.error_description.as_deref().unwrap_or_default()
    }

    /// Whether the one who asked is to blame, and not this server or the database.
    pub(super) fn is_final(&self) -> bool {
        self.status.is_client_error()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        if let Error::Unavailable(cause) = error {
            tracing::warn!(error.cause = %cause, "the database did not answer");
            return Self {
                retry_after: Some(1),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    ErrorCode::TemporarilyUnavailable,
                    "The service is temporarily unavailable, try again",
                )
            };
        }
        tracing::error!(error.cause = %error, "a registration failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::ServerError,
            "An internal error occurred",
        )
    }
}

impl From<storage::Error> for Refusal {
    fn from(error: storage::Error) -> Self {
        match error {
            storage::Error::NulInText => {
                Self::metadata("metadata must not hold the NUL character (U+0000)")
            }
            other => Error::from(other).into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self.error)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
