//! Removing a route, after showing which calls end.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Visitor, html};

use super::{Acting, LIST, Refused, address, called, find, takes, text};
use crate::console::gateway::services;
use crate::console::undo;
use crate::service::core_entities::routes;
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let route = find(&portal, &id).await?;
    let (service, versions) = match route.service_id {
        Some(id) => (
            store::services::find(portal.db(), id).await?,
            store::product_versions::of_service(portal.db(), id).await?,
        ),
        None => (None, Vec::new()),
    };
    let text = text(&visitor);
    let name = called(&route);
    let title = text.with("delete-title", [("name", (&name).into())]);
    let consequences = html! {
        p { (text.get("routes-delete-lead")) }
        ul { @for line in takes(&route) { li { code { (line) } } } }
        @if let Some(service) = &service {
            p { (text.get("routes-delete-service")) " "
                a href=(services::address(service, "")) { (services::called(service)) } "." }
        }
        @if !versions.is_empty() {
            p { (text.get("routes-delete-versions")) }
            ul { @for version in &versions { li {
                a href={ "/api-products/" (version.api_product_id) } { (version.name) }
            } } }
        }
        p { (text.get("for-a-day")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&route, "/delete"),
        danger_button(&text.get("routes-delete")),
        (&address(&route, ""), &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let route = find(&portal, &id).await?;
    let (revision, removal) = routes::delete(&portal, &acting.ctx, &route).await?;
    portal.publisher().settle(revision).await;
    let said = text(&visitor).with("removed", [("name", called(&route).into())]);
    Ok(visitor
        .redirect_undoable(LIST, said, undo::action(removal))
        .into_response())
}
