//! Webhooks: where the audit of the organisation, and of single portals, is sent.

mod of_portal;
mod organization;
mod state;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use web::{Form, Input, Redirect, Visitor};

use super::{LIST, Refused, destinations, text};
use crate::Portal;
use crate::console::Acting;
use crate::model::AuditScope;
use crate::service::sites;

/// The organisation's.
pub(super) const PAGE: &str = "/audit/webhook";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(PAGE, get(organization::page).post(organization::save))
        .route("/audit/webhook/test", post(test))
        .route("/audit/webhook/replay", post(replay))
        .route(
            "/portals/{id}/audit-webhook",
            get(of_portal::page).post(of_portal::save),
        )
        .route("/portals/{id}/audit-webhook/test", post(test_of_portal))
        .route("/portals/{id}/audit-webhook/replay", post(replay_of_portal))
}

async fn test(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(_): Form<Input>,
) -> Result<Redirect, Refused> {
    let text = text(&visitor);
    let (tone, said) = state::test(&portal, &acting.ctx, text, AuditScope::Organization).await?;
    Ok(visitor.redirect_saying(PAGE, tone, said))
}

async fn replay(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Redirect, Refused> {
    let asked = (text(&visitor), &input);
    let (tone, said) = state::replay(&portal, &acting.ctx, asked, AuditScope::Organization).await?;
    Ok(visitor.redirect_saying(PAGE, tone, said))
}

async fn test_of_portal(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Redirect, Refused> {
    let site = sites::find(&portal, &id).await?;
    let (text, scope) = (text(&visitor), AuditScope::Portal(site.id));
    let (tone, said) = state::test(&portal, &acting.ctx, text, scope).await?;
    Ok(visitor.redirect_saying(of_portal::address(&site), tone, said))
}

async fn replay_of_portal(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Redirect, Refused> {
    let site = sites::find(&portal, &id).await?;
    let (asked, scope) = ((text(&visitor), &input), AuditScope::Portal(site.id));
    let (tone, said) = state::replay(&portal, &acting.ctx, asked, scope).await?;
    Ok(visitor.redirect_saying(of_portal::address(&site), tone, said))
}
