//! Why the tenant did not do what was asked, by kind.

use std::borrow::Cow;
use std::time::Duration;

/// Why the tenant did not do what was asked.
///
/// The Management API maps it to its own shape in `management::problem`; commands print it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request's data break a rule.
    #[error("{message}")]
    Invalid {
        /// The vendor's `errorCode`.
        code: &'static str,
        /// What is wrong, and where.
        message: Cow<'static, str>,
    },
    /// There is no valid bearer token.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The token lacks a scope; any one of these would do.
    #[error("Insufficient scope, expected any of: {}", .0.join(","))]
    InsufficientScope(Vec<&'static str>),
    /// It may not be done, whoever asks.
    #[error("{message}")]
    Forbidden {
        /// The vendor's `errorCode`.
        code: &'static str,
        /// Why.
        message: Cow<'static, str>,
    },
    /// There is no such thing.
    #[error("{message}")]
    NotFound {
        /// The vendor's `errorCode`, where it gives one.
        code: Option<&'static str>,
        /// What is missing.
        message: Cow<'static, str>,
    },
    /// Something of that name exists already.
    #[error("{0}")]
    Conflict(Cow<'static, str>),
    /// Somebody of that name exists already.
    #[error("{message}")]
    Exists {
        /// The vendor's `errorCode`.
        code: &'static str,
        /// Who.
        message: Cow<'static, str>,
    },
    /// What was sent is larger than may be.
    #[error("{0}")]
    TooLarge(String),
    /// As much of it goes on already as may; the same request works later.
    #[error("{0}")]
    Busy(&'static str),
    /// Too many attempts.
    #[error("too many attempts; try again in {} seconds", .0.as_secs() + 1)]
    Limited(Duration),
    /// The database is busy or away; the same request may work later.
    #[error("{0}")]
    Unavailable(String),
    /// A damaged row, a key that does not open, a mistake in this program.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    pub(crate) fn invalid_body(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid {
            code: "invalid_body",
            message: message.into(),
        }
    }

    pub(crate) fn no_client() -> Self {
        Self::NotFound {
            code: Some("inexistent_client"),
            message: "The client does not exist".into(),
        }
    }

    pub(crate) fn no_resource_server() -> Self {
        Self::NotFound {
            code: Some("inexistent_resource_server"),
            message: "The resource server does not exist".into(),
        }
    }

    pub(crate) fn no_connection() -> Self {
        Self::NotFound {
            code: Some("inexistent_connection"),
            message: "The connection does not exist".into(),
        }
    }

    pub(crate) fn no_user() -> Self {
        Self::NotFound {
            code: Some("inexistent_user"),
            message: "The user does not exist.".into(),
        }
    }

    pub(crate) fn no_session() -> Self {
        Self::NotFound {
            code: Some("inexistent_session"),
            message: "The session does not exist".into(),
        }
    }

    pub(crate) fn no_role() -> Self {
        Self::NotFound {
            code: Some("inexistent_role"),
            message: "The role does not exist.".into(),
        }
    }

    pub(crate) fn no_client_grant() -> Self {
        Self::NotFound {
            code: Some("inexistent_client_grant"),
            message: "The client grant does not exist".into(),
        }
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        match error {
            storage::Error::Busy
            | storage::Error::HeldTooLong { .. }
            | storage::Error::Unavailable(_) => Self::Unavailable(error.to_string()),
            storage::Error::NulInText => Self::invalid_body(
                "Payload validation error: 'text must not hold the NUL character (U+0000)'.",
            ),
            storage::Error::NotFound => Self::NotFound {
                code: None,
                message: "Not Found".into(),
            },
            other => Self::Internal(other.to_string()),
        }
    }
}
