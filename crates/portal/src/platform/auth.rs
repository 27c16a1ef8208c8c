//! Who calls the platform API.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use web::{Caller, RequestId};

use super::core_entities::Failure;
use crate::Portal;
use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::rest::Problem;

/// An administrator or an automation, proven by a platform token. Every handler takes one.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    /// The context of what it asks for.
    pub(super) ctx: Ctx,
}

/// Stands in front of every route, the unknown ones too: an outsider learns nothing.
pub(super) async fn authenticate(
    State(portal): State<Portal>,
    mut request: Request,
    next: Next,
) -> Response {
    let header = request.headers().get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let token = match portal.authenticate_platform_token(header).await {
        Ok(token) => token,
        Err(error) if request.uri().path().contains("/core-entities/") => {
            return Failure::from(error).into_response();
        }
        Err(error) => return Problem::from(error).into_response(),
    };
    let id = request.extensions().get::<RequestId>();
    let id = id.map(ToString::to_string).unwrap_or_default();
    let caller = Caller::of(request.extensions(), request.headers());
    let ctx = portal.ctx(Actor::PlatformToken(token.id), id).from(&caller);
    request.extensions_mut().insert(Admin { ctx });
    next.run(request).await
}

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let admin = parts.extensions.get::<Self>().cloned();
        admin.ok_or_else(|| Error::Unauthenticated("a platform token is needed".into()).into())
    }
}
