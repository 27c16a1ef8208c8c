//! What the services refuse, as the console's pages and beside fields.

use crate::{Error, Violation};
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use web::components::FieldErrors;
use web::{Text, Visitor};

/// What stops a request altogether. The console makes the page for the status.
#[derive(Debug)]
pub(super) struct Refused(Error);

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = status(&self.0);
        if status.is_server_error() {
            tracing::error!(error = %self.0, "the console could not answer");
        }
        status.into_response()
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) | Error::Provider(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        Error::Conflict(_)
        | Error::Invalid(_)
        | Error::Malformed(_)
        | Error::UnsupportedMedia(_)
        | Error::Gone(_) => StatusCode::BAD_REQUEST,
    }
}

/// The page for what stops everything.
pub fn page(visitor: &Visitor, error: &Error) -> Response {
    let status = status(error);
    if status.is_server_error() {
        tracing::error!(%error, "the console could not answer");
    }
    let mut response = visitor.problem(status).into_response();
    if let Some(seconds) = retry_after(error) {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Whole seconds until it may be tried again.
pub fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::Limited { retry_after, .. } => {
            Some(retry_after.map_or(1, |wait| wait.as_secs() + 1))
        }
        _ => None,
    }
}

/// What is wrong with the fields of a form; nothing if the error is of another kind. `labels` are their
/// names as the reader sees them.
pub fn fields(text: Text, error: &Error, labels: &[(&str, String)]) -> Option<FieldErrors> {
    let mut errors = FieldErrors::new();
    match error {
        Error::Invalid(violations) => {
            for violation in violations {
                errors.add(&violation.field, sentence(text, violation, labels));
            }
            Some(errors)
        }
        Error::Limited { .. } => {
            let field = labels.first().map_or("form", |(field, _)| field);
            let seconds = retry_after(error).unwrap_or(1).to_string();
            errors.add(
                field,
                text.with("too-many-attempts", [("seconds", seconds.into())]),
            );
            Some(errors)
        }
        _ => None,
    }
}

fn sentence(text: Text, violation: &Violation, labels: &[(&str, String)]) -> String {
    let (field, rule) = (&violation.field, violation.rule);
    // `configs.key-auth.key_names.0` is `configs-key-auth-key_names` in the names of texts.
    let parts = field
        .split('.')
        .filter(|part| part.parse::<usize>().is_err());
    let own = parts.collect::<Vec<_>>().join("-");
    [format!("invalid-{own}-{rule}"), format!("invalid-{rule}")]
        .iter()
        .find_map(|id| text.lookup(id))
        .unwrap_or_else(|| {
            let label = labels.iter().find(|(name, _)| name == field);
            let label = label.map_or(field.as_str(), |(_, label)| label);
            format!("{label}: {}", violation.reason)
        })
}
