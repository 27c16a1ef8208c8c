//! What the tenant's services refuse, as pages and beside fields.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use web::Text;
use web::components::FieldErrors;

use crate::Error;

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
        match self.0 {
            Error::NotFound { .. } => StatusCode::NOT_FOUND,
            Error::Forbidden { .. } => StatusCode::FORBIDDEN,
            Error::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::Unavailable(cause) => {
                tracing::warn!(error.cause = %cause, "the database did not answer");
                StatusCode::SERVICE_UNAVAILABLE
            }
            Error::Internal(cause) => {
                tracing::error!(error.cause = %cause, "a page of the console failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Error::Invalid { .. }
            | Error::Conflict(_)
            | Error::Exists { .. }
            | Error::Unauthenticated(_)
            | Error::InsufficientScope(_) => StatusCode::BAD_REQUEST,
        }
        .into_response()
    }
}

/// What is wrong with a form.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Beside the fields.
    pub(super) fields: FieldErrors,
    /// Above them, where it is no field's fault.
    pub(super) notice: Option<String>,
}

impl Told {
    /// What to say of an error. `fields` are the form's: property of the JSON, and the field that is
    /// filled in for it.
    ///
    /// # Errors
    /// The error itself, if filling in the form differently does not help.
    pub(super) fn of(text: Text, error: Error, fields: &[(&str, &str)]) -> Result<Self, Refused> {
        let message = match &error {
            Error::Invalid { message, .. }
            | Error::Conflict(message)
            | Error::Forbidden { message, .. }
            | Error::Exists { message, .. } => message.clone().into_owned(),
            _ => return Err(Refused(error)),
        };
        let (sentence, property) = taken_apart(&message);
        let field = property.and_then(|property| {
            let top = property.split(['.', '[']).next().unwrap_or(property);
            let named = |(known, _): &&(&str, &str)| *known == property || *known == top;
            fields.iter().find(named).map(|(_, field)| *field)
        });
        let conflict = matches!(error, Error::Conflict(_) | Error::Exists { .. });
        let mut told = Self::default();
        match field {
            Some(field) => {
                let own = text.lookup(&format!("invalid-{field}"));
                let said = || text.with("invalid-said", [("sentence", sentence.into())]);
                told.fields.add(field, own.unwrap_or_else(said));
            }
            None if conflict && !fields.is_empty() => {
                told.fields.add(fields[0].1, text.get("invalid-taken"));
            }
            None => {
                told.notice = Some(text.with("invalid-said", [("sentence", sentence.into())]));
            }
        }
        Ok(told)
    }
}

/// `Payload validation error: 'sentence' on property p.` in its two parts.
fn taken_apart(message: &str) -> (&str, Option<&str>) {
    let Some(rest) = message.strip_prefix("Payload validation error: '") else {
        return (message, None);
    };
    if let Some((sentence, rest)) = rest.rsplit_once("' on property ") {
        let end = rest.find([' ', '(']).unwrap_or(rest.len());
        return (sentence, Some(rest[..end].trim_end_matches('.')));
    }
    let sentence = rest.trim_end_matches('.').trim_end_matches('\'');
    let missing = sentence.strip_prefix("Missing required property: ");
    (sentence, missing)
}

#[cfg(test)]
mod tests {
    use super::taken_apart;

    #[test]
    fn the_vendors_sentences_are_taken_apart() {
        let message = "Payload validation error: 'String is too short (0 chars), minimum 1' on property name.";
        assert_eq!(
            taken_apart(message),
            ("String is too short (0 chars), minimum 1", Some("name"))
        );
        let message = "Payload validation error: 'x' on property callbacks.0.";
        assert_eq!(taken_apart(message), ("x", Some("callbacks.0")));
        let message = "Payload validation error: 'Missing required property: name'.";
        assert_eq!(taken_apart(message).1, Some("name"));
        assert_eq!(taken_apart("It is taken"), ("It is taken", None));
    }
}
