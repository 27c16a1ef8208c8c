//! Why a page cannot be shown.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use oauth::OAuthError;
use web::Visitor;

use super::deferred::Deferred;
use super::view::problem::{self, Kind};
use crate::Error;
use crate::authentication::transaction::Lost;

/// Why a page cannot be shown. It renders as a page of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    kind: Kind,
    error: Option<String>,
    reason: Option<String>,
    retry_after: Option<Duration>,
}

impl Trouble {
    /// What the makers of the application have to mend.
    pub(crate) fn of_client(kind: Kind, error: &OAuthError) -> Self {
        Self {
            kind,
            error: Some(error.error.to_string()),
            reason: error.error_description.clone(),
            retry_after: None,
        }
    }

    /// The page is too old, was used, or belongs to another browser.
    pub(crate) fn expired() -> Self {
        Self::plain(Kind::Expired)
    }

    /// Somebody said no, and why.
    pub(super) fn denied(reason: String) -> Self {
        Self {
            reason: Some(reason),
            ..Self::plain(Kind::Denied)
        }
    }

    fn plain(kind: Kind) -> Self {
        Self {
            kind,
            error: None,
            reason: None,
            retry_after: None,
        }
    }

    /// The page, for this reader.
    pub(super) fn page(&self, visitor: &Visitor, tenant: &str) -> Response {
        if let Some(wait) = self.retry_after {
            let mut response = visitor
                .problem(StatusCode::TOO_MANY_REQUESTS)
                .into_response();
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(RETRY_AFTER, seconds);
            return response;
        }
        let (error, reason) = (self.error.as_deref(), self.reason.as_deref());
        problem::problem(visitor, tenant, self.kind, error, reason).into_response()
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Limited(wait) => Self {
                retry_after: Some(wait),
                ..Self::plain(Kind::Server)
            },
            Error::Unavailable(reason) => {
                tracing::warn!(error.cause = %reason, "login.unavailable");
                Self::plain(Kind::Server)
            }
            other => {
                tracing::error!(error.cause = %other, "login.failed");
                Self::plain(Kind::Server)
            }
        }
    }
}

impl From<storage::Error> for Trouble {
    fn from(error: storage::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<Lost> for Trouble {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Gone => Self::expired(),
            Lost::Unavailable(error) => error.into(),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        Deferred::Problem(self).into_response()
    }
}
