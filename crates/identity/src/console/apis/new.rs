//! A new API.
//!
//! Source: the vendor's "Register APIs".

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use web::components::{Field, button, form, link_button, notice, page_heading};
use web::{Editor, Form, Page, Tone, Visitor, Width, html};

use super::{LIST, NEW, address};
use crate::Tenant;
use crate::console::text::{choice, outcome, way};
use crate::console::{Acting, Input, Refused, Told, text};
use crate::management::resource_servers::CREATE;
use crate::management::schema::Body;
use crate::service;

const ALGORITHMS: [&str; 4] = ["RS256", "RS512", "PS256", "HS256"];

pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw(&visitor, &Input::default(), &Told::default())
}

pub(super) async fn create(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let request = json!({
        "name": input.text("name"),
        "identifier": input.text("identifier"),
        "signing_alg": match input.text("signing_alg") { "" => ALGORITHMS[0], chosen => chosen },
    });
    let made = match CREATE.read(request, Body::Create) {
        Ok(valid) => service::resource_servers::create(&tenant, valid).await,
        Err(error) => Err(error),
    };
    let stored = match made {
        Ok(stored) => stored,
        Err(error) => {
            let fields = [
                ("identifier", "identifier"),
                ("name", "name"),
                ("signing_alg", "signing_alg"),
            ];
            let told = Told::of(text(&visitor), error, &fields)?;
            return Ok(draw(&visitor, &input, &told).into_response());
        }
    };
    acting.record(&tenant, "Create a resource server", &stored.api.identifier);
    let to = address(&stored.api, "/permissions");
    let said = text(&visitor).get("apis-made");
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}

fn draw(visitor: &Visitor, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("apis-new");
    let labels = ["name", "apis-identifier", "apis-algorithm"].map(|id| text.get(id));
    let hint = text.get("apis-identifier-hint");
    let chosen = match input.text("signing_alg") {
        "" => ALGORITHMS[0],
        chosen => chosen,
    };
    let algorithms = ALGORITHMS.map(|word| choice(text, "algorithm", word, word == chosen));
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("apis-title"), LIST)]))
        (page_heading(&title, None, None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        (form(visitor, NEW, errors, html! {
            (Field::line(text, "name", &labels[0]).value(input.text("name")).error(errors.of("name")).max_length(200))
            (Field::url(text, "identifier", &labels[1]).hint(&hint).value(input.text("identifier")).error(errors.of("identifier")).max_length(600))
            (Field::select(text, "signing_alg", &labels[2], &algorithms).error(errors.of("signing_alg")))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
