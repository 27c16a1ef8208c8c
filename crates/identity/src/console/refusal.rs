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
            Error::Limited(_) | Error::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
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
            | Error::InsufficientScope(_)
            | Error::TooLarge(_) => StatusCode::BAD_REQUEST,
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
        let conflict = matches!(error, Error::Conflict(_) | Error::Exists { .. });
        let mut told = Self::default();
        for (sentence, property) in taken_apart(&message) {
            let said = || text.with("invalid-said", [("sentence", sentence.into())]);
            match property.and_then(|property| field_of(property, fields)) {
                Some(field) => {
                    let own = text.lookup(&format!("invalid-{field}"));
                    told.fields.add(field, own.unwrap_or_else(said));
                }
                None if conflict && !fields.is_empty() => {
                    told.fields.add(fields[0].1, text.get("invalid-taken"));
                }
                None => told.notice = Some(said()),
            }
        }
        Ok(told)
    }
}

/// The field that is filled in for a property, or for the one that it lies in.
fn field_of<'a>(property: &str, fields: &[(&str, &'a str)]) -> Option<&'a str> {
    let top = property.split(['.', '[']).next().unwrap_or(property);
    let named = |(known, _): &&(&str, &str)| *known == property || *known == top;
    fields.iter().find(named).map(|(_, field)| *field)
}

/// `Payload validation error: 'one' on property a, 'two' on property b.` as its sentences, each with its
/// property.
fn taken_apart(message: &str) -> Vec<(&str, Option<&str>)> {
    let Some(rest) = message.strip_prefix("Payload validation error: '") else {
        return vec![(message, None)];
    };
    let rest = rest.trim_end_matches('.');
    rest.split(", '")
        .map(|fault| match fault.rsplit_once("' on property ") {
            Some((sentence, property)) => (sentence, Some(property)),
            None => {
                let sentence = fault.trim_end_matches('\'');
                (
                    sentence,
                    sentence.strip_prefix("Missing required property: "),
                )
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{field_of, taken_apart};

    #[test]
    fn the_vendors_sentences_are_taken_apart() {
        let message = "Payload validation error: 'String is too short (0 chars), minimum 1' on \
                       property name, 'x' on property callbacks.0.";
        let parts = [
            ("String is too short (0 chars), minimum 1", Some("name")),
            ("x", Some("callbacks.0")),
        ];
        assert_eq!(taken_apart(message), parts);
        let message = "Payload validation error: 'Missing required property: name'.";
        assert_eq!(taken_apart(message)[0].1, Some("name"));
        assert_eq!(taken_apart("It is taken"), [("It is taken", None)]);
        let fields = [("callbacks", "urls")];
        assert_eq!(field_of("callbacks.0", &fields), Some("urls"));
        assert_eq!(field_of("name", &fields), None);
    }
}
