//! A new system account.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::components::{button, form, link_button, outcome, page_heading, way};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::settings::{body, fields, labels};
use super::{Acting, LIST, NEW, Refused, Told, address, text};
use crate::Portal;
use crate::service::system_accounts;

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
    match system_accounts::create(&portal, &acting.ctx, body(&input)).await {
        Ok(account) => {
            let said = text.get("accounts-made");
            let next = address(&account, "/roles/new");
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
    let title = text.get("accounts-new");
    let entered = (input.text("name"), input.text("description"));
    let main = html! {
        (way(text, &[(&text.get("accounts-title"), LIST)]))
        (page_heading(&title, Some(&text.get("accounts-new-lead")), None))
        (told.above(text))
        (form(visitor, NEW, &told.fields, html! {
            (fields(text, entered, &told.fields))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}
