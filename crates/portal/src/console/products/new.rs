//! A new API product.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::components::{button, form, link_button, outcome, page_heading, way};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::details::{Entered, FIELDS, body, fields};
use super::{Acting, LIST, NEW, Refused, Told, address, labels, settle, text};
use crate::Portal;
use crate::service::products;

pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw(&visitor, &Entered::default(), &Told::default())
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let made = products::create(&portal, &acting.ctx, body(&input, None)).await;
    match settle(&portal, made).await {
        Ok(product) => Ok(visitor
            .redirect_saying(
                address(&product, "/versions"),
                Tone::Success,
                text.get("products-made"),
            )
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text, FIELDS), "name")?;
            Ok(draw(&visitor, &Entered::of_form(&input), &told).into_response())
        }
    }
}

fn draw(visitor: &Visitor, entered: &Entered, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("products-new");
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("products-title"), LIST)]))
        (page_heading(&title, Some(&text.get("products-new-lead")), None))
        (told.above(text))
        (form(visitor, NEW, errors, html! {
            (fields(text, entered, errors))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
