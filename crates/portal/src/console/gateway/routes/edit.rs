//! A route's settings.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use web::components::{Choice, button, link_button, outcome, page_heading, way};
use web::{Administrator, Form, Input, Page, Tone, Visitor, Width, html};

use super::fields::{body, fields, service_choices, shown, told};
use super::{Acting, LIST, Refused, Told, address, called, find, text};
use crate::console::sheet;
use crate::model::Route;
use crate::service::core_entities::routes;
use crate::{Error, Portal};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let route = find(&portal, &id).await?;
    let map = shown(&route);
    let services = service_choices(&portal, Some(route.control_plane_id), &map).await?;
    let reader = (&visitor, &reader);
    Ok(draw(reader, &route, (&services, &map), &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let route = find(&portal, &id).await?;
    let map = body(&input, shown(&route));
    let key = route.id.to_string();
    let plane = route.control_plane_id;
    match routes::put(&portal, &acting.ctx, (plane, &key), map.clone()).await {
        Ok((route, revision)) => {
            portal.publisher().settle(revision).await;
            let to = address(&route, "");
            let said = text.get("saved");
            Ok(visitor
                .redirect_saying(to, Tone::Success, said)
                .into_response())
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let told = told(text, error)?;
            let services = service_choices(&portal, Some(plane), &map).await?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &route, (&services, &map), &told).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    route: &Route,
    (services, map): (&[Choice], &Map<String, Value>),
    told: &Told,
) -> Page {
    let text = text(visitor);
    let title = called(route);
    let errors = &told.fields;
    let here = address(route, "");
    let all = fields(text, map, services, errors);
    let main = html! {
        (way(text, &[(&text.get("routes-title"), LIST)]))
        (page_heading(&title, Some(&text.get("routes-one-lead")), None))
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (&here, false), errors, all, button(&text.get("save"))))
        }
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&address(route, "/delete"), &text.get("routes-delete"))) }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
