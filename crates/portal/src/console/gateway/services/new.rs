//! A new service.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use web::components::{Choice, Field, button, form, link_button, outcome, page_heading, way};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::fields::{body, fields, fresh, told};
use super::{Acting, LIST, NEW, Refused, Told, address, text};
use crate::console::gateway::{chosen_plane, plane_choices};
use crate::model::{Act, EntityType};
use crate::service::core_entities::services;
use crate::{Error, Portal};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
) -> Result<Page, Refused> {
    let planes = plane_choices(&portal, "").await?;
    Ok(draw(&visitor, &planes, &fresh(), &Told::default()))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let map = body(&input, Map::new());
    let plane = chosen_plane(&portal, &input).await?;
    acting
        .ctx
        .may(EntityType::ControlPlanes, plane, Act::Services)?;
    match services::create(&portal, &acting.ctx, plane, map.clone()).await {
        Ok((service, revision)) => {
            portal.publisher().settle(revision).await;
            let said = text.get("services-made");
            let to = address(&service, "");
            Ok(visitor
                .redirect_saying(to, Tone::Success, said)
                .into_response())
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let told = told(text, error)?;
            let planes = plane_choices(&portal, input.text("control_plane")).await?;
            Ok(draw(&visitor, &planes, &map, &told).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(visitor: &Visitor, planes: &[Choice], map: &Map<String, Value>, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("services-new");
    let label = text.get("control-plane");
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("services-title"), LIST)]))
        (page_heading(&title, Some(&text.get("services-new-lead")), None))
        (told.above(text))
        (form(visitor, NEW, errors, html! {
            @if planes.len() > 1 { (Field::select(text, "control_plane", &label, planes)) }
            (fields(text, map, errors))
            div.form-actions { (button(&text.get("services-create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
