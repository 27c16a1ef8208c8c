//! The library: every Action, a new one, one less.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use web::components::{
    Choice, Field, FieldErrors, badge, button, confirm, danger_button, empty_state, form,
    link_button, page_heading, table,
};
use web::{Administrator, Editor, Form, Markup, Page, Text, Tone, Visitor, Width, html, moment};

use super::{Part, address, found, note, parts, refused, text, trigger_name};
use crate::model::action::{Action, RUNTIME, Status, Trigger};
use crate::service::actions::{self as service, Change};
use crate::store::{action_bindings, actions};
use crate::{Error, Tenant};

/// Everything there is.
pub(super) async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Response> {
    let read = async {
        let all = actions::all(tenant.db()).await?;
        Ok::<_, Error>((all, action_bindings::all(tenant.db()).await?))
    };
    let (all, bindings) = read.await.map_err(|error| refused(&visitor, error))?;
    let text = text(&visitor);
    let title = text.get("actions-title");
    let new = html! { a.button.button-primary href="/actions/new" { (text.get("actions-new")) } };
    let new = reader.role.may_change().then_some(new);
    let columns = [
        "field-name",
        "field-trigger",
        "field-state",
        "field-changed",
    ]
    .map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let main = html! {
        (page_heading(&title, Some(&text.get("actions-lead")), new.clone()))
        (parts(text, Part::Library))
        @if all.is_empty() {
            (empty_state(&text.get("actions-none"), &text.get("actions-none-next"), new))
        } @else {
            (table(&title, &columns, None, html! {
                @for action in &all {
                    tr {
                        td data-label=(columns[0]) { a href=(address(&action.id)) { strong { (action.name) } } }
                        td data-label=(columns[1]) { (trigger_name(text, action.trigger)) }
                        td data-label=(columns[2]) {
                            (state(text, action))
                            @if bindings.iter().any(|binding| binding.action_id == action.id) {
                                " " (badge(Tone::Info, &text.get("state-bound")))
                            }
                        }
                        td data-label=(columns[3]) { (moment(text, action.updated_at.as_millis())) }
                    }
                }
            }))
        }
    };
    Ok(visitor.page(&title).main(main))
}

/// How far an Action has come.
pub(super) fn state(text: Text, action: &Action) -> Markup {
    let (tone, word) = match (
        action.status,
        &action.deployed_version,
        action.has_undeployed,
    ) {
        (Status::Failed, _, _) => (Tone::Danger, "state-failed"),
        (Status::Pending | Status::Building, _, _) => (Tone::Neutral, "state-building"),
        (Status::Built, None, _) => (Tone::Neutral, "state-draft"),
        (Status::Built, Some(_), true) => (Tone::Warning, "state-changed"),
        (Status::Built, Some(_), false) => (Tone::Success, "state-deployed"),
    };
    badge(tone, &text.get(word))
}

#[derive(Default, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    name: String,
    #[serde(default)]
    trigger: String,
}

/// The form for a new Action.
pub(super) async fn new_page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw_new(&visitor, &Entered::default(), &FieldErrors::new())
}

/// Makes an Action with its trigger's template.
pub(super) async fn create(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(administrator): Editor,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let text = text(&visitor);
    let name = entered.name.trim().to_owned();
    let mut errors = FieldErrors::new();
    if name.is_empty() {
        errors.add("name", text.get("invalid-name"));
    } else if name.chars().count() > 300 {
        errors.add("name", text.get("invalid-name-long"));
    }
    let trigger = Trigger::parse(&entered.trigger);
    if trigger.is_none() {
        errors.add("trigger", text.get("invalid-trigger"));
    }
    let (Some(trigger), true) = (trigger, errors.is_empty()) else {
        return Ok(draw_new(&visitor, &entered, &errors).into_response());
    };
    let change = Change {
        name: Some(name),
        trigger: Some((trigger, trigger.versions()[0].to_owned())),
        runtime: Some(RUNTIME.to_owned()),
        ..Change::default()
    };
    match service::create(&tenant, change).await {
        Ok(action) => {
            note(&tenant, &administrator, "Action made", &action.name);
            Ok(visitor.redirect(address(&action.id)).into_response())
        }
        Err(Error::Conflict(_)) => {
            errors.add("name", text.get("invalid-name-taken"));
            Ok(draw_new(&visitor, &entered, &errors).into_response())
        }
        Err(error) => Err(refused(&visitor, error)),
    }
}

fn draw_new(visitor: &Visitor, entered: &Entered, errors: &FieldErrors) -> Page {
    let text = text(visitor);
    let title = text.get("actions-new");
    let (name, trigger) = (text.get("field-name"), text.get("field-trigger"));
    let choices = Trigger::ALL.map(|own| Choice {
        value: own.id().to_owned(),
        label: trigger_name(text, own),
        hint: Some(text.get(&format!("trigger-{}-hint", own.id()))),
        chosen: own.id() == entered.trigger,
    });
    let main = html! {
        (page_heading(&title, Some(&text.get("actions-new-lead")), None))
        (form(visitor, "/actions/new", errors, html! {
            (Field::line(visitor.text(), "name", &name).value(&entered.name).error(errors.of("name")).autocomplete("off"))
            (Field::radios(visitor.text(), "trigger", &trigger, &choices).error(errors.of("trigger")))
            div.form-actions { (button(&text.get("actions-create"))) (link_button("/actions", &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    match errors.is_empty() {
        true => page.main(main),
        false => page.failed().main(main),
    }
}

/// Asks before an Action is removed, and says where it runs.
pub(super) async fn delete_page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let bindings = action_bindings::all(tenant.db()).await;
    let bindings = bindings.map_err(|error| refused(&visitor, error.into()))?;
    let bound = bindings
        .iter()
        .any(|binding| binding.action_id == action.id);
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&action.name).into())]);
    let here = address(&action.id);
    Ok(confirm(
        &visitor,
        &title,
        html! {
            p { (text.get("delete-lead")) }
            @if bound {
                p { strong { (text.with("delete-bound", [("trigger", trigger_name(text, action.trigger).into())])) } }
            }
        },
        &format!("{here}/delete"),
        danger_button(&text.get("delete-button")),
        (&here, &text.get("cancel")),
    ))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Removes an Action, and from its trigger.
pub(super) async fn delete(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(administrator): Editor,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let deleted = service::delete(&tenant, &id, true).await;
    deleted.map_err(|error| refused(&visitor, error))?;
    note(&tenant, &administrator, "Action removed", &action.name);
    let said = text(&visitor).with("deleted", [("name", (&action.name).into())]);
    Ok(visitor
        .redirect_saying("/actions", Tone::Success, said)
        .into_response())
}
