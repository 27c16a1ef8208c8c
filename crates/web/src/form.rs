//! Taking forms.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use serde::de::DeserializeOwned;

use crate::csrf;
use crate::visitor::{self, Visitor};

/// More than any form of ours holds: an Action's code of 100 kB, escaped, is the longest.
const LIMIT: usize = 512 * 1024;

/// The fields of a form of ours: `application/x-www-form-urlencoded`, with the token of
/// [`Visitor::csrf_field`].
///
/// Take it in every handler that changes something; nothing else reads a form. Fields may repeat for a
/// `Vec`. A page answers everything that is refused.
#[derive(Clone, Copy, Debug)]
pub struct Form<T>(pub T);

/// The form was refused; renders as a page.
#[derive(Debug)]
pub struct FormRejection(pub(crate) Box<Response>);

impl IntoResponse for FormRejection {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = FormRejection;

    async fn from_request(request: Request, _: &S) -> Result<Self, FormRejection> {
        let (parts, body) = request.into_parts();
        let Some(visitor) = visitor::of(&parts) else {
            return Err(FormRejection(Box::new(
                StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            )));
        };
        let refuse =
            |status: StatusCode| FormRejection(Box::new(visitor.problem(status).into_response()));
        if !is_form(&parts.headers) {
            return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let Ok(body) = Limited::new(body, LIMIT).collect().await else {
            return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE));
        };
        let body = body.to_bytes();
        let pairs = serde_html_form::from_bytes::<Vec<(String, String)>>(&body);
        if csrf::from_elsewhere(&parts.headers) || !pairs.is_ok_and(|all| has_token(&visitor, &all))
        {
            return Err(FormRejection(Box::new(expired(&visitor))));
        }
        serde_html_form::from_bytes(&body)
            .map(Form)
            .map_err(|_| refuse(StatusCode::BAD_REQUEST))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

/// Whether the fields hold this browser's token, once.
pub(crate) fn has_token(visitor: &Visitor, pairs: &[(String, String)]) -> bool {
    let mut tokens = pairs.iter().filter(|(name, _)| name == csrf::FIELD);
    let inner = &visitor.inner;
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => csrf::belongs(inner.site.key(), &inner.csrf_secret, token),
        _ => false,
    }
}

/// The page for a form without it.
pub(crate) fn expired(visitor: &Visitor) -> Response {
    let text = visitor.text();
    visitor
        .problem_page(
            StatusCode::FORBIDDEN,
            &text.get("form-expired"),
            &text.get("form-expired-next"),
        )
        .into_response()
}
