//! What may be done at an API.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use web::components::{Field, FieldErrors, button, empty_state, form, notice, table};
use web::{Administrator, Form, Page, Tone, Visitor, html};

use super::{address, find, heading, name};
use crate::Tenant;
use crate::console::{Acting, Input, Refused, Told, text};
use crate::management::resource_servers::CHANGE;
use crate::management::schema::Body;
use crate::model::resource_server::ResourceServer;
use crate::service;
use crate::store::resource_servers::Key;

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let api = find(&tenant, &id).await?;
    let editor = reader.role.may_change() && !api.is_system;
    let nothing = (Input::default(), Told::default());
    Ok(draw(&visitor, &api, editor, (&nothing.0, &nothing.1)))
}

/// Adds a permission, or removes the one named in `remove`.
pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let api = find(&tenant, &id).await?;
    let text = text(&visitor);
    let mut scopes: Vec<Value> = match api.settings.get("scopes") {
        Some(Value::Array(scopes)) => scopes.clone(),
        _ => Vec::new(),
    };
    let removed = input.text("remove");
    let value = input.text("value");
    let is_named = |scope: &Value, name: &str| scope.get("value") == Some(&json!(name));
    let mut errors = FieldErrors::new();
    if !removed.is_empty() {
        scopes.retain(|scope| !is_named(scope, removed));
    } else if scopes.iter().any(|scope| is_named(scope, value)) {
        errors.add("value", text.get("invalid-taken"));
    } else if value.is_empty() || value.contains(char::is_whitespace) {
        errors.add("value", text.get("invalid-value"));
    } else {
        scopes.push(json!({ "value": value, "description": input.text("description") }));
    }
    let told = if errors.is_empty() {
        let outcome = match CHANGE.read(json!({ "scopes": scopes }), Body::Change) {
            Ok(valid) => service::resource_servers::change(&tenant, Key::Id(&id), valid).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(_) => None,
            Err(error) => Some(Told::of(text, error, &[("scopes", "value")])?),
        }
    } else {
        Some(Told {
            fields: errors,
            notice: None,
        })
    };
    if let Some(told) = told {
        return Ok(draw(&visitor, &api, true, (&input, &told)).into_response());
    }
    acting.record(&tenant, "Update a resource server", &api.identifier);
    Ok(visitor
        .redirect_saying(
            address(&api, "/permissions"),
            Tone::Success,
            text.get("saved"),
        )
        .into_response())
}

fn draw(
    visitor: &Visitor,
    api: &ResourceServer,
    editor: bool,
    (input, told): (&Input, &Told),
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let here = address(api, "/permissions");
    let columns = ["apis-permission", "description"].map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let remove = text.get("remove");
    let scopes = api.scopes();
    let hint = text.get("apis-permission-hint");
    let main = html! {
        (heading(text, api, "/permissions"))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        @if editor {
            section.panel.form-row {
                (form(visitor, &here, errors, html! {
                    (Field::line(text, "value", columns[0]).hint(&hint).value(input.text("value")).error(errors.of("value")).max_length(280))
                    (Field::line(text, "description", columns[1]).value(input.text("description")).optional().max_length(500))
                    div.form-actions { (button(&text.get("apis-add-permission"))) }
                }))
            }
        }
        div.spaced {
            @if scopes.is_empty() {
                (empty_state(&text.get("apis-no-permissions"), &text.get("apis-no-permissions-next"), None))
            } @else {
                (table(&text.get("apis-permissions"), &columns, editor.then_some(remove.as_str()), html! {
                    @for scope in &scopes {
                        tr {
                            td data-label=(columns[0]) { code { (scope) } }
                            td data-label=(columns[1]) { (api.described(scope).unwrap_or_default()) }
                            @if editor {
                                td.row-actions {
                                    form.form-inline method="post" action=(here) {
                                        (visitor.csrf_field())
                                        input type="hidden" name="remove" value=(scope);
                                        button.button.button-small.button-secondary type="submit" {
                                            (remove) span.visually-hidden { " " (scope) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }))
            }
        }
    };
    let page = visitor.page(name(api));
    if errors.is_empty() && told.notice.is_none() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}
