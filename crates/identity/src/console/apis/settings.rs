//! One API: its name, how long its tokens live, who needs what.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use web::components::{
    Definition, Field, button, copyable, definitions, link_button, notice, settings_form,
};
use web::{Administrator, Form, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{LIST, address, find, heading, name};
use crate::Tenant;
use crate::console::text::{outcome, switch};
use crate::console::{Acting, Input, Refused, Told, text};
use crate::management::resource_servers::CHANGE;
use crate::management::schema::Body;
use crate::model::Members;
use crate::model::resource_server::ResourceServer;
use crate::service;
use crate::store::resource_servers::Key;
use web::as_text;

const FIELDS: &[(&str, &str)] = &[
    ("name", "name"),
    ("token_lifetime", "token_lifetime"),
    ("token_lifetime_for_web", "token_lifetime_for_web"),
];

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let api = find(&tenant, &id).await?;
    let editor = reader.role.may_change();
    Ok(draw(&visitor, &api, editor, &Told::default()))
}

pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let mut api = find(&tenant, &id).await?;
    let changes = changes(&input);
    let outcome = match CHANGE.read(Value::Object(changes.clone()), Body::Change) {
        Ok(valid) => service::resource_servers::change(&tenant, Key::Id(&id), valid).await,
        Err(error) => Err(error),
    };
    let text = text(&visitor);
    if let Err(error) = outcome {
        let told = Told::of(text, error, FIELDS)?;
        api.apply(changes, tenant.clock().now());
        return Ok(draw(&visitor, &api, true, &told).into_response());
    }
    acting.record(&tenant, "Update a resource server", &api.identifier);
    Ok(visitor
        .redirect_saying(address(&api, ""), Tone::Success, text.get("saved"))
        .into_response())
}

/// The form as a PATCH.
fn changes(input: &Input) -> Members {
    let rbac = input.is_on("rbac");
    let dialect = match rbac && input.is_on("permissions") {
        true => "access_token_authz",
        false => "access_token",
    };
    let changes = json!({
        "name": input.text("name"),
        "token_lifetime": input.number("token_lifetime"),
        "token_lifetime_for_web": input.number("token_lifetime_for_web"),
        "allow_offline_access": input.is_on("offline"),
        "enforce_policies": rbac,
        "token_dialect": dialect,
    });
    match changes {
        Value::Object(changes) => changes,
        _ => Members::new(),
    }
}

fn draw(visitor: &Visitor, api: &ResourceServer, editor: bool, told: &Told) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let here = address(api, "");
    let algorithm = as_text(api.settings.get("signing_alg"));
    let facts = [Definition::new(
        text.get("apis-algorithm"),
        html! { (algorithm) },
    )];
    let main = html! {
        (heading(text, api, ""))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        div.panel {
            (copyable(text, "identifier", &text.get("apis-identifier"), &api.identifier))
            div.spaced { (definitions(&facts)) }
        }
        @if api.is_system {
            div.spaced { (notice(text, Tone::Info, html! { p { (text.get("apis-system-lead")) } })) }
        } @else {
            section.section {
                (settings_form(visitor, editor.then_some(&here), errors, fields(text, api, told), html! {
                    (button(&text.get("save"))) (link_button(LIST, &text.get("cancel")))
                }))
            }
            @if editor {
                section.section.danger-zone aria-labelledby="danger" {
                    h2 id="danger" { (text.get("danger-zone")) }
                    div.actions.spaced { a.button.button-danger-quiet href=(address(api, "/delete")) { (text.get("apis-delete")) } }
                }
            }
        }
    };
    let page = visitor.page(name(api)).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn fields(text: Text, api: &ResourceServer, told: &Told) -> Markup {
    let errors = &told.fields;
    let labels = [
        "name",
        "apis-lifetime",
        "apis-web-lifetime",
        "apis-offline",
        "apis-rbac",
    ]
    .map(|id| text.get(id));
    let hint = text.get("apis-lifetime-hint");
    let values =
        ["token_lifetime", "token_lifetime_for_web"].map(|name| as_text(api.settings.get(name)));
    let offline = switch(text, "offline", api.allows_offline_access());
    let [rbac] = switch(text, "rbac", api.enforces_policies());
    let [permissions] = switch(text, "permissions", api.writes_permissions());
    let (rbac, permissions) = ([rbac], [permissions]);
    let in_token = text.get("apis-permissions-in-token");
    html! {
        (Field::line(text, "name", &labels[0]).value(name(api)).error(errors.of("name")).max_length(200))
        (Field::line(text, "token_lifetime", &labels[1]).hint(&hint).value(&values[0]).error(errors.of("token_lifetime")))
        (Field::line(text, "token_lifetime_for_web", &labels[2]).hint(&hint).value(&values[1]).error(errors.of("token_lifetime_for_web")))
        (Field::checkboxes(text, "offline", &labels[3], &offline))
        (Field::checkboxes(text, "rbac", &labels[4], &rbac))
        (Field::checkboxes(text, "permissions", &in_token, &permissions))
    }
}
