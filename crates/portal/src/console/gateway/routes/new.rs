//! A new route.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use web::components::{Choice, ListQuery, button, form, link_button, outcome, page_heading, way};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::fields::{body, fields, fresh, service_choices, told};
use super::{Acting, LIST, NEW, Refused, Told, address, text};
use crate::console::gateway::chosen_plane;
use crate::model::{Act, EntityType, ServiceId};
use crate::service::core_entities::routes;
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    list: ListQuery,
) -> Result<Page, Refused> {
    let map = fresh(list.get("service"));
    let services = service_choices(&portal, None, &map).await?;
    Ok(draw(&visitor, &services, &map, &Told::default()))
}

/// A route is in the control plane of its service.
pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let map = body(&input, Map::new());
    let service = match input.text("service").parse::<ServiceId>() {
        Ok(id) => store::services::find(portal.db(), id).await?,
        Err(_) => None,
    };
    let plane = match service {
        Some(service) => service.control_plane_id,
        None => chosen_plane(&portal, &input).await?,
    };
    acting
        .ctx
        .may(EntityType::ControlPlanes, plane, Act::Routes)?;
    match routes::create(&portal, &acting.ctx, plane, map.clone()).await {
        Ok((route, revision)) => {
            portal.publisher().settle(revision).await;
            let to = address(&route, "");
            let said = text.get("routes-made");
            Ok(visitor
                .redirect_saying(to, Tone::Success, said)
                .into_response())
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let told = told(text, error)?;
            let services = service_choices(&portal, None, &map).await?;
            Ok(draw(&visitor, &services, &map, &told).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(visitor: &Visitor, services: &[Choice], map: &Map<String, Value>, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("routes-new");
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("routes-title"), LIST)]))
        (page_heading(&title, Some(&text.get("routes-new-lead")), None))
        (told.above(text))
        (form(visitor, NEW, errors, html! {
            (fields(text, map, services, errors))
            div.form-actions { (button(&text.get("routes-create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
