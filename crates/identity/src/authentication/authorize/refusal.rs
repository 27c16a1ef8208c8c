//! Why a request is not answered, and where the answer may go.

use oauth::{ErrorCode, OAuthError};

use crate::Error;
use crate::authentication::answer::WayBack;
use crate::login::view::problem::Kind;

/// What a step objects to. Where it is said, to the user on a page or to the client, is not the step's
/// business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What it means to the user.
    pub(crate) kind: Kind,
    pub(crate) error: OAuthError,
}

/// A refusal with its address.
#[derive(Debug)]
pub(super) enum Refused {
    /// Client or redirect URI are not settled, or the client's errors are not redirected: a page.
    Page(Refusal),
    /// The client is told.
    Client(WayBack, Refusal),
}

impl Refusal {
    pub(super) fn new(code: ErrorCode, description: impl AsRef<str>) -> Self {
        Self {
            kind: Kind::BadRequest,
            error: OAuthError::new(code, description),
        }
    }

    /// The same, meaning something more telling to the user.
    pub(super) fn about(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// A parameter is missing, repeated or malformed.
    pub(super) fn invalid_request(description: impl AsRef<str>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    pub(super) fn missing(name: &str) -> Self {
        Self::invalid_request(format!("Missing required parameter: {name}"))
    }

    pub(super) fn repeated(name: &str) -> Self {
        let name: String = name.chars().take(40).collect();
        Self::invalid_request(format!("the parameter {name} must not be repeated"))
    }

    /// The client may not ask for this.
    pub(super) fn unauthorized_client(description: impl AsRef<str>) -> Self {
        Self {
            kind: Kind::BadRequest,
            ..Self::new(ErrorCode::UnauthorizedClient, description)
        }
    }

    /// The owner or the server said no.
    pub(super) fn access_denied(description: impl AsRef<str>) -> Self {
        Self {
            kind: Kind::Denied,
            ..Self::new(ErrorCode::AccessDenied, description)
        }
    }

    /// A page would have to be shown, and the client wants none (OpenID Connect Core §3.1.2.6).
    pub(super) fn interaction(code: ErrorCode, description: &str) -> Self {
        Self::new(code, description)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let (code, description) = match &error {
            Error::Unavailable(cause) => {
                tracing::warn!(error.cause = %cause, "the database did not answer");
                (
                    ErrorCode::TemporarilyUnavailable,
                    "The service is temporarily unavailable, try again",
                )
            }
            other => {
                tracing::error!(error.cause = %other, "an authorization request failed");
                (ErrorCode::ServerError, "An internal error occurred")
            }
        };
        Self {
            kind: Kind::Server,
            error: OAuthError::new(code, description),
        }
    }
}

impl From<storage::Error> for Refusal {
    fn from(error: storage::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Page(refusal)
    }
}
