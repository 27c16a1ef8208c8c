//! A destination, new or to be changed.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, button, form, link_button, outcome, page_heading, way};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{LIST, NEW, Refused, address, called, collector, text};
use crate::console::{Acting, Told, portals, sheet};
use crate::model::{AuditDestination, Site};
use crate::service::audit_log;
use crate::store::sites;
use crate::{Error, Portal};

pub(super) async fn new_page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw_new(&visitor, None, &Told::default())
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    match audit_log::create(&portal, &acting.ctx, body(&input)).await {
        Ok(made) => Ok(visitor
            .redirect_saying(
                address(&made, ""),
                Tone::Success,
                text.get("destinations-made"),
            )
            .into_response()),
        Err(error) => {
            let told = told(text, error)?;
            Ok(draw_new(&visitor, Some(&input), &told).into_response())
        }
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let one = audit_log::find(&portal, &id).await?;
    let users = sites::sending_to(portal.db(), one.id).await?;
    let shown = (&one, users.as_slice());
    Ok(draw((&visitor, &reader), shown, None, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let one = audit_log::find(&portal, &id).await?;
    match audit_log::update(&portal, &acting.ctx, one.clone(), body(&input)).await {
        Ok(one) => Ok(visitor
            .redirect_saying(address(&one, ""), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = told(text, error)?;
            let users = sites::sending_to(portal.db(), one.id).await?;
            let reader = (&visitor, &acting.administrator);
            let shown = (&one, users.as_slice());
            Ok(draw(reader, shown, Some(&input), &told).into_response())
        }
    }
}

fn body(input: &Input) -> Map<String, Value> {
    let mut body = collector::body(input);
    body.insert("name".into(), json!(input.text("name").trim()));
    body
}

fn told(text: Text, error: Error) -> Result<Told, Refused> {
    let mut labels = vec![("name", text.get("name"))];
    labels.extend(collector::labels(text));
    Told::of(text, error, &labels, "name")
}

fn fields(
    text: Text,
    one: Option<&AuditDestination>,
    entered: Option<&Input>,
    told: &Told,
) -> Markup {
    let label = text.get("name");
    let name = match entered {
        Some(input) => input.text("name"),
        None => one.map_or("", called),
    };
    html! {
        (Field::line(text, "name", &label).value(name).error(told.fields.of("name")).max_length(255))
        (collector::fields(text, one, entered, &told.fields))
    }
}

fn draw_new(visitor: &Visitor, entered: Option<&Input>, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("destinations-new");
    let main = html! {
        (way(text, &[(&text.get("destinations-title"), LIST)]))
        (page_heading(&title, Some(&text.get("destinations-new-lead")), None))
        (told.above(text))
        (form(visitor, NEW, &told.fields, html! {
            (fields(text, None, entered, told))
            div.form-actions { (button(&text.get("save"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

fn draw(
    reader: (&Visitor, &Administrator),
    (one, users): (&AuditDestination, &[Site]),
    entered: Option<&Input>,
    told: &Told,
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let title = called(one);
    let here = address(one, "");
    let fields = fields(text, Some(one), entered, told);
    let main = html! {
        (way(text, &[(&text.get("destinations-title"), LIST)]))
        (page_heading(title, None, None))
        (told.above(text))
        section.section {
            (sheet(reader, (&here, false), &told.fields, fields, button(&text.get("save"))))
        }
        section.section aria-labelledby="users" {
            h2 id="users" { (text.get("destinations-users")) }
            (portals_of(text, users))
        }
        @if administrator.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&address(one, "/delete"), &text.get("destinations-delete"))) }
            }
        }
    };
    let page = visitor.page(title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

/// The portals whose audit goes to a destination, each with the way to where that is set.
pub(super) fn portals_of(text: Text, users: &[Site]) -> Markup {
    html! {
        @if users.is_empty() { p.fine { (text.get("destinations-users-none")) } }
        @else {
            ul.plain-list {
                @for site in users {
                    li { a href=(portals::address(site, "/audit-webhook")) { (portals::name(site)) } }
                }
            }
        }
    }
}
