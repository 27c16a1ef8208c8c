//! One version: its name, its gateway service, its deprecation; what belongs to it; its removal.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{
    Field, badge, button, confirm_choosing, danger_button, link_button, outcome, switch,
};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::delete::consequences;
use super::versions::{choices, service_of, services};
use super::{
    Acting, Refused, Told, address, as_labels, as_lines, below, labels, losing, settle, sheet, text,
};
use crate::console::gateway;
use crate::model::{ApiProduct, ProductVersion, Service};
use crate::service::{products, version_mail, versions};
use crate::store::touched;
use crate::{Portal, store};

const TAB: (&str, &str) = ("products-versions", "/versions");

/// The address of a version's page, or of one `under` it.
pub(super) fn address_of(product: &ApiProduct, version: &ProductVersion, under: &str) -> String {
    address(product, &format!("/versions/{}{under}", version.id))
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, version)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let services = services(&portal).await?;
    let described = store::specifications::of_version(portal.db(), version.id).await?;
    let shown = Shown {
        product: &product,
        version: &version,
        services: &services,
        labels: as_lines(&version.labels),
        document: described.map(|specification| specification.name),
    };
    Ok(draw((&visitor, &reader), &shown, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, version)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let body = body(&input, &version);
    let changed = versions::update(&portal, &acting.ctx, version.clone(), body).await;
    match settle(&portal, changed).await {
        Ok(version) => Ok(visitor
            .redirect_saying(
                address_of(&product, &version, ""),
                Tone::Success,
                text.get("saved"),
            )
            .into_response()),
        Err(error) => {
            let fields = [
                ("name", "name"),
                ("gateway_service", "versions-service"),
                ("labels", "products-labels"),
            ];
            let told = Told::of(text, error, &labels(text, fields), "name")?;
            let entered = ProductVersion {
                name: input.text("name").to_owned(),
                deprecated: input.is_on("deprecated"),
                service_id: input.text("gateway_service").parse().ok(),
                ..version
            };
            let shown = Shown {
                product: &product,
                version: &entered,
                services: &services(&portal).await?,
                labels: input.text("labels").to_owned(),
                document: None,
            };
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &shown, &told).into_response())
        }
    }
}

/// The form as a PATCH.
fn body(input: &Input, version: &ProductVersion) -> Map<String, Value> {
    [
        ("name", json!(input.text("name"))),
        ("gateway_service", service_of(input)),
        ("deprecated", json!(input.is_on("deprecated"))),
        ("notify", json!(input.is_on("notify"))),
        ("labels", as_labels(input, "labels", Some(&version.labels))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

/// What the page shows.
struct Shown<'a> {
    product: &'a ApiProduct,
    version: &'a ProductVersion,
    services: &'a [Service],
    labels: String,
    /// The file name of its OpenAPI document.
    document: Option<String>,
}

fn draw((visitor, reader): (&Visitor, &Administrator), shown: &Shown<'_>, told: &Told) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let Shown {
        product, version, ..
    } = shown;
    let here = address_of(product, version, "");
    let main = html! {
        (below(text, product, TAB, &version.name))
        @if version.deprecated { p { (badge(Tone::Warning, &text.get("deprecated"))) } }
        (told.above(text))
        section.section aria-labelledby="document" {
            h2 id="document" { (text.get("specification-title")) }
            p.spaced {
                @match &shown.document {
                    Some(name) => code { (name) },
                    None => span.fine { (text.get("specification-none")) },
                }
            }
            p.spaced.row-actions {
                (link_button(&address_of(product, version, "/specification"), &text.get("specification-open")))
                (link_button(&gateway::usage_of("api", version.id), &text.get("usage")))
            }
        }
        section.section aria-labelledby="settings" {
            h2 id="settings" { (text.get("portals-settings")) }
            (sheet((visitor, reader), (&here, false), errors, fields(text, shown, told), button(&text.get("save"))))
        }
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&address_of(product, version, "/delete"), &text.get("versions-delete"))) }
            }
        }
    };
    let page = visitor.page(&version.name).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn fields(text: Text, shown: &Shown<'_>, told: &Told) -> Markup {
    let (version, errors) = (shown.version, &told.fields);
    let names = [
        "name",
        "versions-service",
        "versions-deprecated",
        "versions-notify",
        "products-labels",
    ]
    .map(|id| text.get(id));
    let hints = [
        "versions-name-hint",
        "versions-service-hint",
        "products-labels-hint",
    ]
    .map(|id| text.get(id));
    let choices = choices(text, shown.services, version.service_id);
    let deprecated = switch(text, "versions-deprecated", version.deprecated);
    let notify = switch(text, "versions-notify", false);
    html! {
        (Field::line(text, "name", &names[0]).hint(&hints[0]).value(&version.name).error(errors.of("name")).max_length(255))
        (Field::select(text, "gateway_service", &names[1], &choices).hint(&hints[1]).error(errors.of("gateway_service")).optional())
        (Field::code(text, "labels", &names[4]).hint(&hints[2]).value(&shown.labels).error(errors.of("labels")).optional())
        (Field::checkboxes(text, "deprecated", &names[2], &deprecated))
        @if !version.deprecated { (Field::checkboxes(text, "notify", &names[3], &notify)) }
    }
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, version)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let touched = touched::with_version(portal.db(), version.id).await?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&version.name).into())]);
    let ending = versions::ending(&product, &version);
    let count = version_mail::losing(&portal, &ending).await?;
    let said = (consequences(text, &touched), losing::told(text, count));
    Ok(confirm_choosing(
        &visitor,
        &title,
        said,
        &address_of(&product, &version, "/delete"),
        danger_button(&text.get("versions-delete")),
        (&address_of(&product, &version, ""), &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, version)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let product = products::find(&portal, &id).await?;
    let version = versions::find(&portal, &id, &version).await?;
    let notice = losing::notice(&input);
    let revision = versions::delete(&portal, &acting.ctx, &version, notice).await?;
    portal.publisher().settle(revision).await;
    let said = text(&visitor).with("removed", [("name", (&version.name).into())]);
    let back = address(&product, "/versions");
    Ok(visitor
        .redirect_saying(back, Tone::Success, said)
        .into_response())
}
