//! Taking a possible orphan off the list, after somebody looked at the provider.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{button, confirm};
use web::{Editor, Form, Input, Page, Tone, Visitor, html, moment, query_value};

use super::{Acting, BELOW, Refused, address, text};
use crate::service::dcr_providers;
use crate::{Error, Portal};

pub(super) async fn ask(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, orphan)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let all = portal.applications().possible_orphans(provider.id).await?;
    let found = all.into_iter().find(|one| one.id == orphan);
    let found = found.ok_or_else(|| Error::not_found("possible orphan", &orphan))?;
    let text = text(&visitor);
    let path = format!("/agreement/orphans/{}/dismiss", query_value(&orphan));
    Ok(confirm(
        &visitor,
        &text.get("orphans-dismiss-title"),
        html! {
            p { strong { (found.look_for) } }
            p.fine { (text.get("pending-since")) ": " (moment(text, found.since.as_millis())) }
            p { (text.get("orphans-dismiss-lead")) }
        },
        &address(&provider, &path),
        button(&text.get("orphans-dismiss-button")),
        (&address(&provider, BELOW), &text.get("cancel")),
    ))
}

pub(super) async fn dismiss(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, orphan)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let applications = portal.applications();
    let said = match applications
        .dismiss_orphan(&acting.ctx, provider.id, &orphan)
        .await
    {
        // Somebody else was faster.
        Ok(()) | Err(Error::NotFound(_)) => text(&visitor).get("orphans-dismissed"),
        Err(error) => return Err(error.into()),
    };
    let back = address(&provider, BELOW);
    let back = visitor.redirect_saying(back, Tone::Success, said);
    Ok(back.into_response())
}
