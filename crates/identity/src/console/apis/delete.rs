//! Removing an API, after showing who uses it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Page, Tone, Visitor, html};

use super::{LIST, address, find, name};
use crate::console::{Acting, Input, Refused, text};
use crate::service;
use crate::store::client_grants::Filter;
use crate::store::resource_servers::Key;
use crate::{Tenant, store};

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let api = find(&tenant, &id).await?;
    let filter = Filter {
        audience: Some(api.identifier.clone()),
        ..Filter::default()
    };
    let grants = store::client_grants::count(tenant.db(), &filter).await?;
    let text = text(&visitor);
    let title = text.with("apis-delete-title", [("name", name(&api).into())]);
    let consequences = html! {
        p { (text.get("apis-delete-lead")) }
        ul { li { (text.with("apis-delete-grants", [("count", grants.into())])) } }
        p { (text.get("clients-delete-for-good")) }
    };
    let back = address(&api, "");
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&api, "/delete"),
        danger_button(&text.get("apis-delete")),
        (&back, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let api = find(&tenant, &id).await?;
    service::resource_servers::delete(&tenant, Key::Id(&id)).await?;
    acting.record(&tenant, "Delete a resource server", &api.identifier);
    let said = text(&visitor).with("removed", [("name", name(&api).into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
