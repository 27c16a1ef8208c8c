//! Who changes something in the console, as the context of a use case.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use web::{Administrator, Editor, Visitor};

use super::Reach;
use crate::{Actor, Ctx, Portal};

/// An administrator who may change things; a viewer gets a page that says so (403).
pub(super) struct Acting {
    /// Who.
    pub(super) administrator: Administrator,
    /// The same for the services: audits name the administrator's address.
    pub(super) ctx: Ctx,
}

impl FromRequestParts<Portal> for Acting {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let Editor(administrator) = Editor::from_request_parts(parts, portal).await?;
        let visitor = Visitor::from_request_parts(parts, portal).await;
        let visitor = visitor.map_err(IntoResponse::into_response)?;
        let own = || portal.entropy().uuid().to_string();
        let id = visitor.request_id().map_or_else(own, str::to_owned);
        let actor = Actor::Administrator(administrator.email.clone());
        let ctx = portal.ctx(actor, id).from(visitor.caller());
        let Reach(rights) = Reach::from_request_parts(parts, portal)
            .await
            .map_err(IntoResponse::into_response)?;
        let rights = Some(rights);
        let ctx = Ctx { rights, ..ctx };
        Ok(Self { administrator, ctx })
    }
}
