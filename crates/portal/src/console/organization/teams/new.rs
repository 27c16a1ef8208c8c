//! A new team of the organisation.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::components::{button, form, link_button, outcome, page_heading, way};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::settings::{body, fields, labels};
use super::{Acting, LIST, NEW, Refused, Told, address, text};
use crate::Portal;
use crate::service::organization_teams;

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
    match organization_teams::create(&portal, &acting.ctx, body(&input)).await {
        Ok(team) => {
            let said = text.get("teams-made");
            let next = address(&team, "/add");
            Ok(visitor
                .redirect_saying(next, Tone::Success, said)
                .into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            Ok(draw(&visitor, &input, &told).into_response())
        }
    }
}

fn draw(visitor: &Visitor, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("teams-new");
    let entered = (input.text("name"), input.text("description"));
    let main = html! {
        (way(text, &[(&text.get("teams-title"), LIST)]))
        (page_heading(&title, Some(&text.get("teams-new-lead")), None))
        (told.above(text))
        (form(visitor, NEW, &told.fields, html! {
            (fields(text, entered, &told.fields))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}
