//! The page of a request that cannot be answered, where there is nowhere to send its user.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::{ErrorCode, OAuthError};
use web::{ContentPolicy, DOCTYPE, Markup, html};

use crate::Error;

/// Says what went wrong, in words for the one who can mend it. Nothing on it leads anywhere.
pub(crate) fn page(status: StatusCode, error: &OAuthError) -> Response {
    let description = error.error_description.as_deref().unwrap_or_default();
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Sign-in failed" }
            }
            body {
                main {
                    h1 { "Sign-in failed" }
                    p { code { (error.error) } }
                    p { (description) }
                }
            }
        }
    };
    bare(status, &markup)
}

/// The page of a request that failed here.
pub(crate) fn failed(error: &Error) -> Response {
    match error {
        Error::Invalid { message, .. } => {
            let error = OAuthError::new(ErrorCode::InvalidRequest, message);
            page(StatusCode::BAD_REQUEST, &error)
        }
        other => {
            tracing::warn!(error.cause = %other, "a page could not be made");
            let error = OAuthError::new(
                ErrorCode::TemporarilyUnavailable,
                "the service is temporarily unavailable, try again",
            );
            page(StatusCode::SERVICE_UNAVAILABLE, &error)
        }
    }
}

/// The page after signing out, where there is nowhere to go on to.
pub(crate) fn signed_out() -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Signed out" }
            }
            body { main { h1 { "You are signed out" } } }
        }
    };
    bare(StatusCode::OK, &markup)
}

fn bare(status: StatusCode, markup: &Markup) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            ContentPolicy::nothing().header(),
        ),
    ];
    (status, headers, markup.0.clone()).into_response()
}
