//! What a reader sees when a service refuses: beside the field, above the form, or as a page of its own.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use web::components::FieldErrors;
use web::{Text, Visitor};

use super::text::text;
use crate::service::applications::text_for_developers;
use crate::{Bound, Error, Violation};

/// A refusal on its way to [`super::reader::settle`], which makes the page of it in the portal's frame.
#[derive(Clone, Debug)]
pub(crate) struct Refused(Arc<Error>);

impl Refused {
    pub(crate) fn error(&self) -> &Error {
        &self.0
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What does not exist, or not for this reader: there is no difference to them.
pub(crate) fn missing() -> Error {
    Error::NotFound("nothing is at this address; go back and follow a link of the page".into())
}

/// A refusal as a page.
pub(crate) fn page(visitor: &Visitor, error: &Error) -> Response {
    let text = text(visitor);
    let shown = |status, title: &str, next: &str| {
        visitor
            .problem_page(status, &text.get(title), next)
            .into_response()
    };
    match error {
        Error::NotFound(_) | Error::Gone(_) => shown(
            StatusCode::NOT_FOUND,
            "not-found-title",
            &text.get("not-found-next"),
        ),
        Error::Forbidden(_) => shown(
            StatusCode::FORBIDDEN,
            "forbidden-title",
            &text.get("forbidden-next"),
        ),
        Error::Conflict(_) => shown(
            StatusCode::CONFLICT,
            "failed-conflict-title",
            &sentence(text, error),
        ),
        Error::Provider(_) => shown(
            StatusCode::BAD_GATEWAY,
            "failed-provider-title",
            &sentence(text, error),
        ),
        Error::Limited { retry_after, .. } => {
            let mut response = shown(
                StatusCode::TOO_MANY_REQUESTS,
                "failed-limited-title",
                &sentence(text, error),
            );
            if let Some(after) = retry_after {
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
            }
            response
        }
        Error::Unauthenticated(_) => {
            let encoded: String =
                url::form_urlencoded::byte_serialize(visitor.here().as_bytes()).collect();
            visitor
                .redirect(format!("/login?go_on={encoded}"))
                .into_response()
        }
        Error::Invalid(_) | Error::Malformed(_) | Error::UnsupportedMedia(_) => {
            visitor.problem(StatusCode::BAD_REQUEST).into_response()
        }
        Error::Unavailable(reason) => {
            tracing::warn!(error = %reason, "page.unavailable");
            visitor
                .problem(StatusCode::SERVICE_UNAVAILABLE)
                .into_response()
        }
        Error::Internal(reason) => {
            tracing::error!(error = %reason, "page.failed");
            visitor
                .problem(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response()
        }
    }
}

/// A refusal inside the form that caused it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// A sentence for above the form.
    pub(crate) failure: Option<String>,
    /// Sentences for beside the fields.
    pub(crate) fields: FieldErrors,
}

impl Told {
    pub(crate) fn failure(sentence: String) -> Self {
        Self {
            failure: Some(sentence),
            fields: FieldErrors::new(),
        }
    }
}

/// Puts a refusal into the words of a form whose fields are `labels` (name and label).
///
/// # Errors
/// What no form can answer for: the page is not there, the reader may not, a fault of ours.
pub(crate) fn tell(text: Text, error: Error, labels: &[(&str, String)]) -> Result<Told, Refused> {
    match error {
        Error::Invalid(violations) => {
            let mut told = Told::default();
            for violation in &violations {
                match labels.iter().find(|(name, _)| *name == violation.field) {
                    Some((name, label)) => told.fields.add(*name, explain(text, violation, label)),
                    None => told.failure = Some(violation.reason.clone()),
                }
            }
            Ok(told)
        }
        Error::Forbidden(_)
        | Error::Conflict(_)
        | Error::Provider(_)
        | Error::Limited { .. }
        | Error::Unavailable(_) => {
            tracing::info!(%error, "page.refused");
            Ok(Told::failure(sentence(text, &error)))
        }
        other => Err(other.into()),
    }
}

/// One sentence with the next step.
fn sentence(text: Text, error: &Error) -> String {
    match error {
        Error::Forbidden(reason) | Error::Conflict(reason) => text.with(
            "failed-conflict",
            [("reason", reason.trim_end_matches('.').into())],
        ),
        Error::Provider(error) => text.with(
            "failed-provider",
            [("reason", text_for_developers(error).into())],
        ),
        Error::Limited {
            retry_after: Some(after),
            ..
        } => {
            let seconds = i64::try_from(after.as_secs().max(1)).unwrap_or(i64::MAX);
            text.with("failed-limited", [("seconds", seconds.into())])
        }
        Error::Limited { .. } => text.get("failed-limited-soon"),
        _ => text.get("failed-busy"),
    }
}

fn explain(text: Text, violation: &Violation, label: &str) -> String {
    let field = violation.field.as_str();
    let empty =
        matches!(violation.rule, "required" | "min_length" | "is_blank") && field != "password";
    match (violation.rule, &violation.bound) {
        _ if empty && matches!(field, "auth_strategy_id" | "application_id") => {
            text.get("invalid-choose")
        }
        _ if empty => text.with("invalid-required", [("label", label.into())]),
        ("max_length", Bound::Maximum(most)) => text.with(
            "invalid-too_long",
            [("label", label.into()), ("max", (*most).into())],
        ),
        _ => match field {
            "email" => text.get("invalid-email"),
            "redirect_uri" => text.get("invalid-uri"),
            "password" if violation.rule == "min_length" => text.get("invalid-password-short"),
            "auth_strategy_id" | "application_id" => text.get("invalid-choose"),
            "scopes" => text.get("invalid-scopes"),
            _ => format!("{label}: {}", violation.reason),
        },
    }
}

#[cfg(test)]
mod tests {
    use web::{Locale, Text};

    use super::{Told, tell};
    use crate::pages::text::CATALOG;
    use crate::{Bound, Error, Violation};

    fn told(error: Error) -> Told {
        let text = Text::new(Locale::En).of(&CATALOG);
        tell(
            text,
            error,
            &[
                ("name", "Name".to_owned()),
                ("email", "Email address".to_owned()),
            ],
        )
        .unwrap()
    }

    #[test]
    fn violations_stand_beside_their_fields() {
        let too_long = Violation::body("email", "max_length", "too long").with(Bound::Maximum(250));
        let told = told(Error::Invalid(vec![
            Violation::body("name", "required", "is required"),
            too_long,
            Violation::body("elsewhere", "enum", "must be one of a, b"),
        ]));
        assert_eq!(told.fields.of("name"), Some("Name is required."));
        assert_eq!(
            told.fields.of("email"),
            Some("Email address: use at most 250 characters.")
        );
        assert_eq!(told.failure.as_deref(), Some("must be one of a, b"));
    }

    #[test]
    fn a_limit_says_when_to_come_back() {
        let after = std::time::Duration::from_secs(30);
        let told = told(Error::Limited {
            message: "x".into(),
            retry_after: Some(after),
        });
        assert!(told.failure.unwrap().contains("30 seconds"));
    }

    #[test]
    fn what_is_not_the_forms_fault_is_a_page() {
        let text = Text::new(Locale::En).of(&CATALOG);
        assert!(tell(text, Error::Internal("x".into()), &[]).is_err());
        assert!(tell(text, Error::NotFound("x".into()), &[]).is_err());
    }
}
