//! The page of a request that cannot be answered, where there is nowhere to send its user.

use axum::response::{IntoResponse, Response};
use oauth::OAuthError;

use crate::Error;
use crate::login::deferred::Deferred;
use crate::login::trouble::Trouble;
use crate::login::view::problem::Kind;

/// Says what went wrong, to the user and to the one who can mend it. Nothing on it leads anywhere.
pub(crate) fn page(kind: Kind, error: &OAuthError) -> Response {
    Trouble::of_client(kind, error).into_response()
}

/// The page of a request that failed here.
pub(crate) fn failed(error: Error) -> Response {
    match error {
        Error::Invalid { message, .. } => {
            let error = OAuthError::new(oauth::ErrorCode::InvalidRequest, message);
            page(Kind::BadRequest, &error)
        }
        other => Trouble::from(other).into_response(),
    }
}

/// The page after signing out, where there is nowhere to go on to.
pub(crate) fn signed_out() -> Response {
    Deferred::SignedOut.into_response()
}
