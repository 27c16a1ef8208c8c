//! Pages that are made where nothing is known of their reader: the frame, which knows, draws them.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use web::{ContentPolicy, Visitor};

use super::trouble::Trouble;
use super::view::sign_out;

/// A page to be drawn. As a response it is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deferred {
    /// What went wrong.
    Problem(Trouble),
    /// The reader is signed out, and there is nowhere to send them.
    SignedOut,
    /// Asks whether the reader wants to sign out.
    SignOut {
        /// What comes back to `/oidc/logout` with the answer, by name.
        fields: Vec<(String, String)>,
        /// Where the reader goes afterwards: an origin, or a scheme with its colon.
        destination: Option<String>,
    },
}

impl Deferred {
    fn draw(&self, visitor: &Visitor, tenant: &str) -> Response {
        match self {
            Self::Problem(trouble) => trouble.page(visitor, tenant),
            Self::SignedOut => sign_out::done(visitor).into_response(),
            Self::SignOut {
                fields,
                destination,
            } => {
                let kept: Vec<(&str, &str)> = fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                let policy = ContentPolicy::default();
                let policy = match destination {
                    Some(destination) => policy.allow_form_action(destination),
                    None => policy,
                };
                sign_out::confirm(visitor, tenant, "/oidc/logout", &kept)
                    .policy(policy)
                    .into_response()
            }
        }
    }
}

impl IntoResponse for Deferred {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Draws the page that a response stands for. Its headers, such as cookies, stay.
pub(super) fn settle(mut response: Response, visitor: &Visitor, tenant: &str) -> Response {
    let Some(deferred) = response.extensions_mut().remove::<Deferred>() else {
        return response;
    };
    let mut page = deferred.draw(visitor, tenant);
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}
