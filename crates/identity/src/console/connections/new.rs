//! A new connection: a database of users that this tenant keeps.
//!
//! Source: the vendor's "Create Custom Database Connections" (name, one to 128 characters, for good).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use web::components::{Field, button, form, link_button, notice, page_heading};
use web::{Editor, Form, Page, Tone, Visitor, Width, html};

use super::{LIST, NEW, address};
use crate::Tenant;
use crate::console::text::{outcome, switch, way};
use crate::console::{Acting, Input, Refused, Told, text};
use crate::management::connections::CREATE;
use crate::management::schema::Body;
use crate::model::connection::DATABASE;
use crate::service;

pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw(&visitor, &Input::default(), &Told::default())
}

pub(super) async fn create(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let mut request = json!({
        "name": input.text("connection_name"),
        "strategy": DATABASE,
        "options": { "disable_signup": !input.is_on("sign_up") },
    });
    if !input.text("display_name").is_empty() {
        request["display_name"] = Value::from(input.text("display_name"));
    }
    let made = match CREATE.read(request, Body::Create) {
        Ok(valid) => service::connections::create(&tenant, valid).await,
        Err(error) => Err(error),
    };
    let text = text(&visitor);
    let connection = match made {
        Ok(connection) => connection,
        Err(error) => {
            let fields = [
                ("name", "connection_name"),
                ("display_name", "display_name"),
            ];
            let told = Told::of(text, error, &fields)?;
            return Ok(draw(&visitor, &input, &told).into_response());
        }
    };
    acting.record(&tenant, "Create a connection", &connection.id);
    let said = text.get("connections-made");
    Ok(visitor
        .redirect_saying(address(&connection, ""), Tone::Success, said)
        .into_response())
}

fn draw(visitor: &Visitor, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("connections-new");
    let [name, name_hint, shown, shown_hint, sign_up] = [
        "name",
        "connections-name-hint",
        "connections-display-name",
        "connections-display-name-hint",
        "connections-sign-up",
    ]
    .map(|id| text.get(id));
    let errors = &told.fields;
    let may_sign_up = switch(text, "sign-up", input.is_on("sign_up"));
    let main = html! {
        (way(text, &[(&text.get("connections-title"), LIST)]))
        (page_heading(&title, Some(&text.get("connections-new-lead")), None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        (form(visitor, NEW, errors, html! {
            (Field::line(text, "connection_name", &name).hint(&name_hint).value(input.text("connection_name")).error(errors.of("connection_name")).max_length(128))
            (Field::line(text, "display_name", &shown).hint(&shown_hint).value(input.text("display_name")).error(errors.of("display_name")).optional().max_length(128))
            (Field::checkboxes(text, "sign_up", &sign_up, &may_sign_up))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
