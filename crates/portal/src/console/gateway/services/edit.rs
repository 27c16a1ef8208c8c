//! A service's settings, and what leads to it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use web::components::{button, link_button, outcome, page_heading, way};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::fields::{body, fields, shown, told};
use super::{Acting, LIST, Refused, Told, address, called, find, text};
use crate::console::gateway::routes;
use crate::console::sheet;
use crate::model::{Route, Service};
use crate::service::core_entities::services;
use crate::{Error, Portal, store};

/// A service with the routes that lead to it.
struct Scene {
    service: Service,
    routes: Vec<Route>,
}

async fn scene(portal: &Portal, id: &str) -> Result<Scene, Error> {
    let service = find(portal, id).await?;
    let routes = store::routes::of_service(portal.db(), service.id).await?;
    Ok(Scene { service, routes })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id).await?;
    let map = shown(&scene.service);
    Ok(draw((&visitor, &reader), &scene, &map, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let scene = scene(&portal, &id).await?;
    let service = &scene.service;
    let map = body(&input, shown(service));
    let key = service.id.to_string();
    let key = (service.control_plane_id, key.as_str());
    match services::put(&portal, &acting.ctx, key, map.clone()).await {
        Ok((service, revision)) => {
            portal.publisher().settle(revision).await;
            let to = address(&service, "");
            let said = text.get("saved");
            Ok(visitor
                .redirect_saying(to, Tone::Success, said)
                .into_response())
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let told = told(text, error)?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, &map, &told).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    map: &Map<String, Value>,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let title = called(&scene.service);
    let errors = &told.fields;
    let here = address(&scene.service, "");
    let main = html! {
        (way(text, &[(&text.get("services-title"), LIST)]))
        (page_heading(title, Some(&text.get("services-one-lead")), None))
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (&here, false), errors, fields(text, map, errors), button(&text.get("save"))))
        }
        (leading(text, reader, scene))
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&address(&scene.service, "/delete"), &text.get("services-delete"))) }
            }
        }
    };
    let page = visitor.page(title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn leading(text: Text, reader: &Administrator, scene: &Scene) -> Markup {
    let new = format!("{}?service={}", routes::NEW, scene.service.id);
    html! {
        section.section aria-labelledby="leading" {
            h2 id="leading" { (text.get("services-routes")) }
            @if scene.routes.is_empty() { p.fine { (text.get("services-routes-none")) } }
            @else {
                ul { @for route in &scene.routes { li {
                    a href=(routes::address(route, "")) { (routes::called(route)) }
                } } }
            }
            @if reader.role.may_change() { p.spaced { (link_button(&new, &text.get("routes-new"))) } }
        }
    }
}
