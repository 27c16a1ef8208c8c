//! A product's versions, and a new one.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{
    Choice, Field, badge, button, empty_state, form, link_button, outcome, table,
};
use web::{Administrator, Editor, Form, Input, Page, Text, Tone, Visitor, Width, html, moment};

use super::{Acting, Refused, Told, address, below, heading, labels, settle, status, text};
use crate::model::{ApiProduct, Service, ServiceId};
use crate::service::{products, versions};
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

/// How many gateway services the choice holds.
const MOST: u32 = 1000;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let found = store::product_versions::of_product(portal.db(), product.id).await?;
    let ids = found.iter().map(|version| version.id);
    let places = store::publications::named(portal.db(), ids).await?;
    let services = services(&portal).await?;
    let text = text(&visitor);
    let new = address(&product, "/versions/new");
    let columns =
        ["name", "versions-service", "products-portals", "created"].map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let caption = text.get("products-versions");
    let rows = html! {
        @for version in &found {
            tr {
                td data-label=(columns[0]) { div {
                    a href=(address(&product, &format!("/versions/{}", version.id))) { strong { (version.name) } }
                    @if version.deprecated { " " (badge(Tone::Warning, &text.get("deprecated"))) }
                } }
                td data-label=(columns[1]) {
                    @match version.service_id.and_then(|id| services.iter().find(|service| service.id == id)) {
                        Some(service) => (named(service)),
                        None => span.fine { (text.get("versions-no-service")) },
                    }
                }
                td data-label=(columns[2]) { div {
                    @for place in places.get(&version.id).into_iter().flatten() {
                        div { (place.portal_name) " " (status(text, place.publication.publish_status)) }
                    }
                } }
                td data-label=(columns[3]) { (moment(text, version.created_at.as_millis())) }
            }
        }
    };
    let main = html! {
        (heading(text, &product, "/versions"))
        section.section {
            @if reader.role.may_change() {
                p.spaced { a.button.button-primary href=(new) { (text.get("versions-new")) } }
            }
            @if found.is_empty() {
                (empty_state(&text.get("versions-none"), &text.get("versions-none-next"), None))
            } @else {
                (table(&caption, &columns, None, rows))
            }
        }
    };
    Ok(visitor.page(&product.name).main(main))
}

pub(super) async fn new_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let services = services(&portal).await?;
    Ok(draw(
        &visitor,
        &product,
        &services,
        &Input::default(),
        &Told::default(),
    ))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let product = products::find(&portal, &id).await?;
    let mut body = Map::new();
    body.insert("name".into(), json!(input.text("name")));
    body.insert("gateway_service".into(), service_of(&input));
    let made = versions::create(&portal, &acting.ctx, &product, body).await;
    match settle(&portal, made).await {
        Ok(version) => {
            let next = address(&product, &format!("/versions/{}", version.id));
            Ok(visitor
                .redirect_saying(next, Tone::Success, text.get("versions-made"))
                .into_response())
        }
        Err(error) => {
            let fields = [("name", "name"), ("gateway_service", "versions-service")];
            let told = Told::of(text, error, &labels(text, fields), "name")?;
            let services = services(&portal).await?;
            Ok(draw(&visitor, &product, &services, &input, &told).into_response())
        }
    }
}

/// The gateway's services, by name.
pub(super) async fn services(portal: &Portal) -> Result<Vec<Service>, Error> {
    let all = Listing {
        size: MOST,
        ..Listing::all("t.name")
    };
    Ok(store::services::list(portal.db(), &all).await?.0)
}

/// A service's name, or where it leads.
fn named(service: &Service) -> &str {
    service.name.as_deref().unwrap_or(&service.host)
}

/// The choice of a service.
pub(super) fn choices(text: Text, services: &[Service], chosen: Option<ServiceId>) -> Vec<Choice> {
    let none = Choice {
        label: text.get("versions-no-service"),
        ..Choice::default()
    };
    let all = services.iter().map(|service| Choice {
        value: service.id.to_string(),
        label: format!(
            "{} ({}://{})",
            named(service),
            service.protocol,
            service.host
        ),
        hint: None,
        chosen: chosen == Some(service.id),
    });
    std::iter::once(none).chain(all).collect()
}

/// The chosen service as the API takes it.
pub(super) fn service_of(input: &Input) -> Value {
    match input.text("gateway_service") {
        "" => Value::Null,
        id => json!({ "id": id }),
    }
}

fn draw(
    visitor: &Visitor,
    product: &ApiProduct,
    services: &[Service],
    input: &Input,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let title = text.get("versions-new");
    let choices = choices(text, services, input.text("gateway_service").parse().ok());
    let names = ["name", "versions-service"].map(|id| text.get(id));
    let hints = ["versions-name-hint", "versions-service-hint"].map(|id| text.get(id));
    let here = address(product, "/versions/new");
    let back = address(product, "/versions");
    let main = html! {
        (below(text, product, ("products-versions", "/versions"), &title))
        (told.above(text))
        (form(visitor, &here, errors, html! {
            (Field::line(text, "name", &names[0]).hint(&hints[0]).value(input.text("name")).error(errors.of("name")).max_length(255))
            (Field::select(text, "gateway_service", &names[1], &choices).hint(&hints[1]).error(errors.of("gateway_service")).optional())
            div.form-actions { (button(&text.get("create"))) (link_button(&back, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
