//! The token endpoint's error shape and statuses, in one place.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::challenge::Challenge;
use oauth::{ErrorCode, OAuthError};

use crate::Error;

/// Why no token is issued.
///
/// Compat: RFC 6749 §5.2 wants 400 for all but `invalid_client`; the vendor answers 403 where the
/// client is known and may not do this, and clients match on it.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: OAuthError,
    /// Whether the client used the `Authorization` header, and is answered with a challenge.
    challenge: bool,
    /// The user whose refresh token came twice, for the log.
    reuse_of: Option<Box<str>>,
    /// The run of Actions that came before it, for the log.
    execution_id: Option<Box<str>>,
}

impl Refusal {
    fn new(status: StatusCode, code: ErrorCode, description: impl AsRef<str>) -> Self {
        Self {
            status,
            error: OAuthError::new(code, description),
            challenge: false,
            reuse_of: None,
            execution_id: None,
        }
    }

    /// A parameter is missing, repeated or malformed.
    pub(super) fn invalid_request(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::InvalidRequest,
            description,
        )
    }

    /// The request is larger than what is kept of it (RFC 9126 §2.3).
    pub(super) fn too_large(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::InvalidRequest,
            description,
        )
    }

    /// The endpoint answers to POST alone.
    pub(super) fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::InvalidRequest,
            "send token requests with the method POST",
        )
    }

    /// This server has no such grant.
    pub(super) fn unsupported_grant_type(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::UnsupportedGrantType,
            description,
        )
    }

    /// There is no such client, or an assertion of one did not hold.
    ///
    /// Clients that registered themselves take this answer as "register again", and only this one
    /// (Model Context Protocol clients). So it never stands for a wrong secret or for a fault of
    /// this server.
    pub(super) fn unknown_client(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::InvalidClient,
            description,
        )
    }

    /// The client exists and did not prove itself, as the vendor words it.
    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::AccessDenied,
            "Unauthorized",
        )
    }

    /// The client may not use this grant.
    pub(super) fn unauthorized_client(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            ErrorCode::UnauthorizedClient,
            description,
        )
    }

    /// A code, a refresh token or a user's credentials do not hold.
    pub(super) fn invalid_grant(description: impl AsRef<str>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::InvalidGrant, description)
    }

    /// A refresh token of this user was used after it had been rotated away.
    pub(super) fn reused_refresh_token(description: impl AsRef<str>, user_id: &str) -> Self {
        Self {
            reuse_of: Some(user_id.into()),
            ..Self::invalid_grant(description)
        }
    }

    /// None of the scopes may be had.
    pub(super) fn invalid_scope(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::InvalidScope,
            description,
        )
    }

    /// The token is wanted for another API than the user allowed (RFC 8707 §2).
    pub(super) fn invalid_target(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::InvalidTarget,
            description,
        )
    }

    /// The DPoP proof does not hold, or there is none where one is needed (RFC 9449 §5).
    pub(super) fn invalid_dpop_proof(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::InvalidDpopProof,
            description,
        )
    }

    /// The nonce in the DPoP proof is not one of this server's, or too old (RFC 9449 §8).
    pub(super) fn use_dpop_nonce() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            ErrorCode::UseDpopNonce,
            "Make a new DPoP proof with the nonce of the DPoP-Nonce header",
        )
    }

    /// What a device is told until its user has decided (RFC 8628 §3.5), in the vendor's statuses.
    pub(super) fn device(code: ErrorCode, description: impl AsRef<str>) -> Self {
        let status = match code {
            ErrorCode::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::FORBIDDEN,
        };
        Self::new(status, code, description)
    }

    /// An administrator stopped the user, who knows the password.
    pub(super) fn blocked_user() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Other("unauthorized".to_owned()),
            "user is blocked",
        )
    }

    /// Too many wrong passwords.
    pub(super) fn too_many_attempts(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::TooManyAttempts,
            description,
        )
    }

    /// Others changed the same thing again and again.
    pub(super) fn busy() -> Self {
        Error::Unavailable("too many exchanges of one refresh token at once".to_owned()).into()
    }

    /// Whether the same request could not be answered otherwise later.
    pub(super) fn is_final(&self) -> bool {
        self.status.is_client_error()
    }

    /// The user would have to see a page.
    pub(super) fn interaction_required(description: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            ErrorCode::InteractionRequired,
            description,
        )
    }

    /// An Action refused, with one of the codes that it may choose, or failed.
    pub(super) fn by_action(code: &str, description: impl AsRef<str>) -> Self {
        let (status, code) = match code {
            "invalid_scope" => (StatusCode::BAD_REQUEST, ErrorCode::InvalidScope),
            "invalid_request" => (StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ServerError),
        };
        Self::new(status, code, description)
    }

    /// The same, after a run of Actions.
    pub(super) fn ran(self, execution_id: Option<String>) -> Self {
        Self {
            execution_id: execution_id.map(String::into_boxed_str),
            ..self
        }
    }

    /// The run of Actions that came before it.
    pub(super) fn execution_id(&self) -> Option<&str> {
        self.execution_id.as_deref()
    }

    /// Whose refresh token came twice.
    pub(super) fn reuse_of(&self) -> Option<&str> {
        self.reuse_of.as_deref()
    }

    /// The code and the words, as they are answered.
    pub(super) const fn error(&self) -> &OAuthError {
        &self.error
    }

    /// The client may not have this audience or scope.
    pub(super) fn access_denied(description: impl AsRef<str>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::AccessDenied, description)
    }

    /// RFC 6749 §5.2: a client that authenticated by header is challenged.
    pub(super) fn by_header(mut self) -> Self {
        self.challenge = self.status == StatusCode::UNAUTHORIZED;
        self
    }
}

/// A database that is away is never the client's fault: 5xx, so that nobody registers again for it.
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(cause) => {
                tracing::warn!(error.cause = %cause, "the database did not answer");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    ErrorCode::TemporarilyUnavailable,
                    "The service is temporarily unavailable, try again",
                )
            }
            other => {
                tracing::error!(error.cause = %other, "a token request failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    ErrorCode::ServerError,
                    "An internal error occurred",
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
        let mut response = (self.status, Json(&self.error)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if self.challenge
            && let Ok(value) = Challenge::basic("token endpoint").to_string().parse()
        {
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
