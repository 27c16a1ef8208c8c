//! Removing an application, after showing what goes with it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Page, Tone, Visitor, html};

use super::{LIST, address, find};
use crate::console::{Acting, Input, Refused, text};
use crate::store::clients::search::touched;
use crate::{Tenant, service};

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(client_id): Path<String>,
) -> Result<Page, Refused> {
    let client = find(&tenant, &client_id).await?.client;
    let touched = touched(tenant.db(), &client_id).await?;
    let text = text(&visitor);
    let title = text.with("clients-delete-title", [("name", (&client.name).into())]);
    let counts = [
        ("clients-delete-grants", touched.grants),
        ("clients-delete-users", touched.users),
        ("clients-delete-consents", touched.consents),
        ("clients-delete-tokens", touched.refresh_tokens),
        ("clients-delete-keys", touched.keys),
    ];
    let consequences = html! {
        p { (text.get("clients-delete-lead")) }
        ul {
            @for (id, count) in counts {
                @if count > 0 { li { (text.with(id, [("count", count.into())])) } }
            }
            @if counts.iter().all(|(_, count)| *count == 0) { li { (text.get("clients-delete-nothing")) } }
        }
        @if client.registration.is_some() { p { (text.get("clients-delete-registered")) } }
        p { (text.get("clients-delete-for-good")) }
    };
    let back = address(&client_id, "");
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&client_id, "/delete"),
        danger_button(&text.get("clients-delete")),
        (&back, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(client_id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let client = find(&tenant, &client_id).await?.client;
    service::clients::delete(&tenant, &client_id).await?;
    acting.record_of(&tenant, &client_id, "Delete a client", &client.name);
    let said = text(&visitor).with("removed", [("name", (&client.name).into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
