//! Removing an Action, after a look at where it runs.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Page, Tone, Visitor, html};

use super::{Acting, LIBRARY, Pressed, TRIGGERS, address, found, refused, text, words};
use crate::Tenant;
use crate::service::actions as service;
use crate::store::action_bindings;

/// Asks, and says which flows go on without it.
pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let bindings = action_bindings::all(tenant.db()).await;
    let bindings = bindings.map_err(|error| refused(&visitor, &error.into()))?;
    let text = text(&visitor);
    let title = text.with("actions-delete-title", [("name", (&action.name).into())]);
    let here = address(&action.id, "");
    let bound: Vec<_> = words::bound(&bindings, &action).collect();
    let consequences = html! {
        p { (text.get("actions-delete-lead")) }
        @if bound.is_empty() {
            p { (text.get("actions-delete-unbound")) }
        } @else {
            p { strong { (text.get("actions-delete-bound")) } }
            ul {
                @for binding in bound {
                    @let place = bindings.iter().filter(|own| own.trigger == binding.trigger).position(|own| own.id == binding.id);
                    li {
                        a href=(format!("{TRIGGERS}/{}", binding.trigger.id())) { (words::trigger(text, binding.trigger)) }
                        @if let Some(place) = place { " " (text.with("actions-place", [("place", (place + 1).into())])) }
                    }
                }
            }
        }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&action.id, "/delete"),
        danger_button(&text.get("actions-delete")),
        (&here, &text.get("actions-cancel")),
    ))
}

/// Removes it, from its flows too.
pub(super) async fn remove(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let removed = service::delete(&tenant, &id, true).await;
    removed.map_err(|error| refused(&visitor, &error))?;
    acting.record(&tenant, "Delete an action", &action.name);
    let said = text(&visitor).with("actions-deleted", [("name", (&action.name).into())]);
    Ok(visitor
        .redirect_saying(LIBRARY, Tone::Success, said)
        .into_response())
}
