//! Removing a connection and its users, after showing how many there are.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Page, Tone, Visitor, html};

use super::{LIST, address, find};
use crate::console::{Acting, Input, Refused, text};
use crate::model::search::Search;
use crate::store::users::Filter;
use crate::{Error, Tenant, service, store};

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let connection = find(&tenant, &id).await?;
    let users = Filter::new(&Search::All, Some(&connection.name), None)
        .map_err(|field| Error::Internal(format!("users have no {field}")))?;
    let users = store::users::count(tenant.db(), &users).await?;
    let text = text(&visitor);
    let title = text.with(
        "connections-delete-title",
        [("name", connection.display_name().into())],
    );
    let consequences = html! {
        p { (text.get("connections-delete-lead")) }
        ul { li { (text.with("connections-delete-users", [("count", users.into())])) } }
        p { (text.get("clients-delete-for-good")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&connection, "/delete"),
        danger_button(&text.get("connections-delete")),
        (&address(&connection, ""), &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let connection = find(&tenant, &id).await?;
    service::connections::delete(&tenant, &id).await?;
    acting.record(&tenant, "Delete a connection", &id);
    let said = text(&visitor).with("removed", [("name", connection.display_name().into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
