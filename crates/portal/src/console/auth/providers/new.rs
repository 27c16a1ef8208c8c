//! A new provider: first its type, then its fields.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::components::{
    ListQuery, button, card_link, form, link_button, outcome, page_heading, way,
};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::fields::{Shown, TYPES, body, fields, labels};
use super::{Acting, LIST, NEW, Refused, Told, address, text};
use crate::Portal;
use crate::model::ProviderType;
use crate::service::dcr_providers;

/// The type that the address names.
fn chosen(list: &ListQuery) -> Option<ProviderType> {
    let kind = list.get("type").and_then(ProviderType::parse);
    kind.filter(|kind| TYPES.contains(kind))
}

pub(super) async fn page(visitor: Visitor, Editor(_): Editor, list: ListQuery) -> Page {
    match chosen(&list) {
        Some(kind) => draw(&visitor, kind, None, &Told::default()),
        None => choose(&visitor),
    }
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    list: ListQuery,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let Some(kind) = chosen(&list) else {
        return Ok(choose(&visitor).into_response());
    };
    let text = text(&visitor);
    match dcr_providers::create(&portal, &acting.ctx, body(kind, &input, None)).await {
        Ok(provider) => Ok(visitor
            .redirect_saying(
                address(&provider, "/verify"),
                Tone::Success,
                text.get("providers-made"),
            )
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text, kind), "name")?;
            Ok(draw(&visitor, kind, Some(&input), &told).into_response())
        }
    }
}

fn choose(visitor: &Visitor) -> Page {
    let text = text(visitor);
    let title = text.get("providers-new");
    let main = html! {
        (way(text, &[(&text.get("providers-title"), LIST)]))
        (page_heading(&title, Some(&text.get("providers-new-lead")), None))
        ul.cards {
            @for kind in TYPES {
                (card_link(
                    &format!("{NEW}?type={kind}"),
                    &text.get(&format!("provider-type-{kind}")),
                    html! { p { (text.get(&format!("provider-type-{kind}-hint"))) } },
                ))
            }
        }
    };
    visitor.page(&title).main(main)
}

fn draw(visitor: &Visitor, kind: ProviderType, entered: Option<&Input>, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("providers-new");
    let shown = Shown {
        present: None,
        entered,
    };
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("providers-title"), LIST), (&title, NEW)]))
        (page_heading(&text.get(&format!("provider-type-{kind}")), Some(&text.get(&format!("provider-type-{kind}-hint"))), None))
        (told.above(text))
        (form(visitor, &format!("{NEW}?type={kind}"), errors, html! {
            (fields(text, kind, &shown, errors))
            div.form-actions { (button(&text.get("save"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
