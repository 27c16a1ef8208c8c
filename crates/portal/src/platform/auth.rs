//! Who calls the platform API.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use web::{Caller, RequestId};

use super::core_entities::refusal;
use super::{needs, unknown};
use crate::Portal;
use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::rest::Problem;
use crate::rest::query::Within;

/// An administrator or an automation, proven by a platform token. Every handler takes one.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    /// The context of what it asks for.
    pub(super) ctx: Ctx,
}

/// Stands in front of every route, the unknown ones too: an outsider learns nothing, and nobody does what
/// their token may not do.
pub(super) async fn authenticate(
    State(portal): State<Portal>,
    mut request: Request,
    next: Next,
) -> Response {
    match admit(&portal, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => refusal(request.method(), request.uri().path(), error),
    }
}

async fn admit(portal: &Portal, request: &mut Request) -> Result<(), Error> {
    let header = request.headers().get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let token = portal.authenticate_platform_token(header).await?;
    let rights = portal.rights(&token).await?;
    if let Some(matched) = request.extensions().get::<MatchedPath>() {
        let (method, path) = (request.method(), request.uri().path());
        let needs = needs::of(method, matched.as_str());
        if needs.is_empty() {
            return Err(unknown(method, path));
        }
        if let Some(visible) = needs::hold(&rights, &needs, path)? {
            let within = Within(Arc::new(visible));
            request.extensions_mut().insert(within);
        }
    }
    let id = request.extensions().get::<RequestId>();
    let id = id.map(ToString::to_string).unwrap_or_default();
    let caller = Caller::of(request.extensions(), request.headers());
    let ctx = portal.ctx(Actor::PlatformToken(token.id), id).from(&caller);
    let rights = Some(Arc::new(rights));
    let ctx = Ctx { rights, ..ctx };
    request.extensions_mut().insert(Admin { ctx });
    Ok(())
}

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let admin = parts.extensions.get::<Self>().cloned();
        admin.ok_or_else(|| Error::Unauthenticated("a platform token is needed".into()).into())
    }
}
