//! Build custom: a new Action, with its trigger's template.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use web::components::{Choice, Field, FieldErrors, button, form, link_button, page_heading};
use web::{Editor, Form, Page, Visitor, Width, html};

use super::{Acting, LIBRARY, address, drawn, refused, text, way, words};
use crate::model::action::{MAX_NAME, Trigger};
use crate::service::actions::{self as service, Change};
use crate::{Error, Tenant};

#[derive(Default, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    name: String,
    #[serde(default)]
    trigger: String,
}

/// The form.
pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw(&visitor, &Entered::default(), &FieldErrors::new())
}

/// Makes the Action and leads to its editor.
pub(super) async fn create(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let text = text(&visitor);
    let name = entered.name.trim();
    let mut errors = FieldErrors::new();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        errors.add("name", text.get("actions-invalid-name"));
    }
    let trigger = Trigger::parse(&entered.trigger);
    if trigger.is_none() {
        errors.add("trigger", text.get("actions-invalid-trigger"));
    }
    let (Some(trigger), true) = (trigger, errors.is_empty()) else {
        return Ok(draw(&visitor, &entered, &errors).into_response());
    };
    let change = Change {
        name: Some(name.to_owned()),
        trigger: Some((trigger, trigger.versions()[0].to_owned())),
        ..Change::default()
    };
    match service::create(&tenant, change).await {
        Ok(action) => {
            acting.record(&tenant, "Create an action", &action.name);
            Ok(visitor.redirect(address(&action.id, "")).into_response())
        }
        Err(Error::Conflict(_)) => {
            errors.add("name", text.get("actions-invalid-name-taken"));
            Ok(draw(&visitor, &entered, &errors).into_response())
        }
        Err(error) => Err(refused(&visitor, &error)),
    }
}

fn draw(visitor: &Visitor, entered: &Entered, errors: &FieldErrors) -> Page {
    let text = text(visitor);
    let title = text.get("actions-build-custom");
    let (name, trigger) = (
        text.get("actions-field-name"),
        text.get("actions-field-trigger"),
    );
    let choices = Trigger::ALL.map(|own| Choice {
        value: own.id().to_owned(),
        label: words::trigger(text, own),
        hint: Some(words::trigger_lead(text, own)),
        chosen: own.id() == entered.trigger,
    });
    let hint = text.get("actions-field-name-hint");
    let main = html! {
        (way(text, None))
        (page_heading(&title, Some(&text.get("actions-build-custom-lead")), None))
        (form(visitor, "/actions/library/new", errors, html! {
            (Field::line(text, "name", &name).value(&entered.name).hint(&hint).error(errors.of("name")).autocomplete("off").max_length(MAX_NAME))
            (Field::radios(text, "trigger", &trigger, &choices).error(errors.of("trigger")))
            div.form-actions { (button(&text.get("actions-create"))) (link_button(LIBRARY, &text.get("actions-cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    drawn(page, !errors.is_empty(), main)
}
