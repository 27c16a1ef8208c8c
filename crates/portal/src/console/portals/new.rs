//! A new portal.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::{Field, button, choice, form, link_button, outcome, page_heading, way};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::{Acting, LIST, NEW, Refused, Told, address, labels, text};
use crate::Portal;
use crate::service::sites;

pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw(&visitor, &Input::default(), &Told::default())
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let mut body = Map::new();
    body.insert("name".into(), json!(input.text("name")));
    body.insert("is_public".into(), json!(input.text("access") == "public"));
    if !input.text("display_name").is_empty() {
        let display_name = json!(input.text("display_name"));
        body.insert("display_name".into(), display_name);
    }
    match sites::create(&portal, &acting.ctx, body).await {
        Ok(site) => {
            let said = text.get("portals-made");
            let next = address(&site, "/settings");
            Ok(visitor
                .redirect_saying(next, Tone::Success, said)
                .into_response())
        }
        Err(error) => {
            let fields = [
                ("name", "name"),
                ("display_name", "portals-display-name"),
                ("access", "portals-access"),
            ];
            let told = Told::of(text, error, &labels(text, fields), "name")?;
            Ok(draw(&visitor, &input, &told).into_response())
        }
    }
}

fn draw(visitor: &Visitor, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("portals-new");
    let errors = &told.fields;
    let public = input.text("access") == "public";
    let access = ["private", "public"]
        .map(|word| choice(text, "portals-access", word, (word == "public") == public));
    let names = ["name", "portals-display-name", "portals-access"].map(|id| text.get(id));
    let hints = ["portals-name-hint", "portals-display-name-hint"].map(|id| text.get(id));
    let main = html! {
        (way(text, &[(&text.get("portals-title"), LIST)]))
        (page_heading(&title, Some(&text.get("portals-new-lead")), None))
        (told.above(text))
        (form(visitor, NEW, errors, html! {
            (Field::line(text, "name", &names[0]).hint(&hints[0]).value(input.text("name")).error(errors.of("name")).max_length(255))
            (Field::line(text, "display_name", &names[1]).hint(&hints[1]).value(input.text("display_name")).error(errors.of("display_name")).max_length(255).optional())
            (Field::radios(text, "access", &names[2], &access).error(errors.of("access")))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
