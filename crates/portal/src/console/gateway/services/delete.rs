//! Removing a service, after showing what stands in the way.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button, link_button, page_heading};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::{Acting, LIST, Refused, address, called, find, text, upstream};
use crate::console::gateway::routes;
use crate::console::undo;
use crate::service::core_entities::services;
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let service = find(&portal, &id).await?;
    let leading = store::routes::of_service(portal.db(), service.id).await?;
    let versions = store::product_versions::of_service(portal.db(), service.id).await?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", called(&service).into())]);
    let back = address(&service, "");
    if leading.is_empty() && versions.is_empty() {
        let consequences = html! {
            p { (text.with("services-delete-free", [("upstream", upstream(&service).into())])) }
            p { (text.get("for-a-day")) }
        };
        let button = danger_button(&text.get("services-delete"));
        let action = address(&service, "/delete");
        let way = (back.as_str(), text.get("cancel"));
        return Ok(confirm(
            &visitor,
            &title,
            consequences,
            &action,
            button,
            (way.0, &way.1),
        ));
    }
    let main = html! {
        (page_heading(&title, None, None))
        div.prose {
            p { (text.get("services-delete-used")) }
            ul {
                @for route in &leading {
                    li { (text.get("routes-one")) ": " a href=(routes::address(route, "")) { (routes::called(route)) } }
                }
                @for version in &versions {
                    li { (text.get("services-version")) ": "
                        a href={ "/api-products/" (version.api_product_id) } { (version.name) } }
                }
            }
        }
        div.form-actions.spaced { (link_button(&back, &text.get("back"))) }
    };
    Ok(visitor.page(&title).width(Width::Reading).main(main))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let service = find(&portal, &id).await?;
    let text = text(&visitor);
    match services::delete(&portal, &acting.ctx, &service).await {
        Ok((revision, removal)) => {
            portal.publisher().settle(revision).await;
            let said = text.with("removed", [("name", called(&service).into())]);
            Ok(visitor
                .redirect_undoable(LIST, said, undo::action(removal))
                .into_response())
        }
        // Something came to need it meanwhile: the page says what.
        Err(Error::Conflict(_)) => {
            let (to, said) = (
                address(&service, "/delete"),
                text.get("services-delete-used"),
            );
            Ok(visitor
                .redirect_saying(to, Tone::Warning, said)
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}
