//! A new application.
//!
//! Source: the vendor's "Create Applications"; Konnect, "Configure Auth0 for Dynamic Client Registration".

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret as _;
use serde_json::json;
use web::components::{
    Field, button, copyable, form, link_button, notice, page_heading, shown_once,
};
use web::{Editor, Form, Page, Tone, Visitor, Width, html};

use super::{LIST, NEW, TYPES, address};
use crate::console::text::{choice, outcome, way};
use crate::console::{Acting, Input, Refused, Told, text};
use crate::management::clients::ask_actions;
use crate::management::clients::members::CREATE;
use crate::management::schema::Body;
use crate::model::Members;
use crate::model::registration::Creator;
use crate::service;
use crate::service::actions::flow::ClientOrigin;
use crate::service::clients::Created;
use crate::visit::Visit;
use crate::{Error, Tenant};

pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw(&visitor, &Input::default(), &Told::default())
}

pub(super) async fn create(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let kind = match input.text("type") {
        "" => TYPES[2],
        kind => kind,
    };
    let mut request = json!({
        "name": input.text("name"),
        "app_type": kind,
        "oidc_conformant": true,
        "jwt_configuration": { "alg": "RS256" },
    });
    if kind == "non_interactive" {
        request["grant_types"] = json!(["client_credentials"]);
    }
    let creator = Creator::Administrator(acting.administrator.email.clone());
    let made = match CREATE.read(request, Body::Create) {
        Ok(valid) => make(&tenant, &acting.visit, valid, creator).await,
        Err(error) => Err(error),
    };
    let created = match made {
        Ok(created) => created,
        Err(error) => {
            let fields = [("name", "name"), ("app_type", "type")];
            let told = Told::of(text(&visitor), error, &fields)?;
            return Ok(draw(&visitor, &input, &told).into_response());
        }
    };
    let client_id = created.client.client_id.as_str();
    acting.record_of(&tenant, client_id, "Create a client", client_id);
    if created.client.authentication_method() == Some("none") {
        let said = text(&visitor).get("clients-made-public");
        return Ok(visitor
            .redirect_saying(address(client_id, ""), Tone::Success, said)
            .into_response());
    }
    Ok(draw_secret(&visitor, &created).into_response())
}

/// Asks the tenant's Actions, as for every new client, and makes it.
async fn make(
    tenant: &Tenant,
    visit: &Visit,
    request: Members,
    creator: Creator,
) -> Result<Created, Error> {
    let email = match &creator {
        Creator::Administrator(email) => email.clone(),
        _ => String::new(),
    };
    let origin = ClientOrigin::Console { email };
    let request = ask_actions(tenant, origin, visit, request).await?;
    service::clients::create(tenant, request, Vec::new(), creator).await
}

/// The one page that shows the secret, and what to do next.
fn draw_secret(visitor: &Visitor, created: &Created) -> Page {
    let text = text(visitor);
    let client = &created.client;
    let is_machine = client.app_type.as_deref() == Some("non_interactive");
    let next = if is_machine { "/apis" } else { "" };
    let label = text.get(if is_machine {
        "clients-authorize-next"
    } else {
        "clients-settings-next"
    });
    let main = html! {
        (way(text, &[(&text.get("clients-title"), LIST)]))
        (page_heading(&client.name, Some(&text.get("clients-made-lead")), None))
        (shown_once(text, html! {
            (copyable(text, "client-id", &text.get("client-id"), &client.client_id))
            (copyable(text, "client-secret", &text.get("client-secret"), created.secret.expose_secret()))
        }))
        div.proceed { a.button.button-primary href=(address(&client.client_id, next)) { (label) } }
    };
    visitor.page(&client.name).width(Width::Reading).main(main)
}

fn draw(visitor: &Visitor, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("clients-new");
    let chosen = match input.text("type") {
        "" => TYPES[2],
        kind => kind,
    };
    let types = TYPES.map(|word| choice(text, "type", word, word == chosen));
    let (name, kind) = (text.get("name"), text.get("clients-type"));
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("clients-title"), LIST)]))
        (page_heading(&title, None, None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        (form(visitor, NEW, errors, html! {
            (Field::line(text, "name", &name).value(input.text("name")).error(errors.of("name")).max_length(256))
            (Field::radios(text, "type", &kind, &types).error(errors.of("type")))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Body, CREATE, TYPES};

    #[test]
    fn every_type_is_one_that_the_management_api_knows() {
        for kind in TYPES {
            let body = json!({ "name": "x", "app_type": kind });
            assert!(CREATE.read(body, Body::Create).is_ok(), "{kind}");
        }
    }
}
