//! One application: what it is called, where it sends users, what it may ask for.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use web::components::{
    Choice, Definition, Field, button, copyable, definitions, link_button, notice, settings_form,
};
use web::{Administrator, Form, Markup, Page, Text, Tone, Visitor, Width, html};

use super::credentials::has_secret;
use super::{LIST, TYPES, address, find, heading, makers, origin, party};
use crate::console::text::{choice, outcome, when};
use crate::console::{Acting, Input, Refused, Told, text};
use crate::management::clients::members::CHANGE;
use crate::management::schema::Body;
use crate::model::Members;
use crate::model::client::Client;
use crate::store::clients::{StoredClient, search};
use crate::{Tenant, service};
use web::{as_lines, as_text};

/// Fields of lines: what they are called in the JSON and in the form.
const URLS: [&str; 4] = [
    "callbacks",
    "allowed_logout_urls",
    "web_origins",
    "allowed_origins",
];
const FIELDS: &[(&str, &str)] = &[
    ("name", "name"),
    ("description", "description"),
    ("app_type", "type"),
    ("logo_uri", "logo_uri"),
    ("callbacks", "callbacks"),
    ("allowed_logout_urls", "allowed_logout_urls"),
    ("web_origins", "web_origins"),
    ("allowed_origins", "allowed_origins"),
    ("grant_types", "grant_types"),
    ("jwt_configuration", "token_lifetime"),
];
/// The grant types that this tenant serves, in the order of the form.
const GRANTS: [&str; 7] = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "implicit",
    "password",
    "http://auth0.com/oauth/grant-type/password-realm",
    "urn:ietf:params:oauth:grant-type:device_code",
];

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(client_id): Path<String>,
) -> Result<Page, Refused> {
    let stored = find(&tenant, &client_id).await?;
    let facts = facts(&tenant, text(&visitor), &stored).await?;
    let client = &stored.client;
    let editor = reader.role.may_change();
    Ok(draw(&visitor, client, facts, editor, &Told::default()))
}

pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(client_id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let mut stored = find(&tenant, &client_id).await?;
    let changes = changes(&stored.client, &input);
    let outcome = match CHANGE.read(Value::Object(changes.clone()), Body::Change) {
        Ok(valid) => service::clients::change(&tenant, &client_id, valid).await,
        Err(error) => Err(error),
    };
    let text = text(&visitor);
    if let Err(error) = outcome {
        let told = Told::of(text, error, FIELDS)?;
        let facts = facts(&tenant, text, &stored).await?;
        stored.client.apply(changes, tenant.clock().now());
        return Ok(draw(&visitor, &stored.client, facts, true, &told).into_response());
    }
    acting.record_of(&tenant, &client_id, "Update a client", &client_id);
    Ok(visitor
        .redirect_saying(address(&client_id, ""), Tone::Success, text.get("saved"))
        .into_response())
}

/// The form as a PATCH. Grant types that the form does not name stay.
fn changes(client: &Client, input: &Input) -> Members {
    let mut changes = Members::new();
    changes.insert("name".to_owned(), json!(input.text("name")));
    for name in ["description", "logo_uri"] {
        let value = match input.text(name) {
            "" => Value::Null,
            text => json!(text),
        };
        if value != Value::Null || client.settings.contains_key(name) {
            changes.insert(name.to_owned(), value);
        }
    }
    if !input.text("type").is_empty() {
        changes.insert("app_type".to_owned(), json!(input.text("type")));
    }
    for name in URLS {
        let lines = input.lines(name);
        // What was never said and is not said now stays unsaid.
        if client.settings.contains_key(name) || lines != json!([]) {
            changes.insert(name.to_owned(), lines);
        }
    }
    let others = client.grant_types().filter(|grant| !GRANTS.contains(grant));
    let grants: Vec<&str> = input.all("grant_types").chain(others).collect();
    changes.insert("grant_types".to_owned(), json!(grants));
    if !input.text("token_lifetime").is_empty() {
        let lifetime = json!({ "lifetime_in_seconds": input.number("token_lifetime") });
        changes.insert("jwt_configuration".to_owned(), lifetime);
    }
    changes
}

/// What cannot be changed: who it is, and how it came to be.
async fn facts(tenant: &Tenant, text: Text, stored: &StoredClient) -> Result<Markup, Refused> {
    let client = &stored.client;
    let names = search::names(tenant.db(), &makers(std::iter::once(client))).await?;
    let secret = html! {
        @if has_secret(stored) {
            (text.get("credentials-kept")) " · "
            a href=(address(&client.client_id, "/credentials")) { (text.get("clients-credentials")) }
        } @else { (text.get("credentials-no-secret")) }
    };
    let rows = [
        Definition::new(text.get("client-secret"), secret),
        Definition::new(text.get("clients-party"), party(text, client)),
        Definition::new(
            text.get("clients-made"),
            html! { (origin(text, client, &names)) },
        ),
        Definition::new(text.get("created"), when(text, Some(client.created_at))),
        Definition::new(text.get("last-used"), when(text, client.last_used_at)),
    ];
    Ok(html! {
        div.panel {
            (copyable(text, "client-id", &text.get("client-id"), &client.client_id))
            div.spaced { (definitions(&rows)) }
        }
    })
}

fn draw(visitor: &Visitor, client: &Client, facts: Markup, editor: bool, told: &Told) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let here = address(&client.client_id, "");
    let fields = html! {
        (about(text, client, told))
        (addresses(text, client, told))
        (tokens(text, client, told))
    };
    let main = html! {
        (heading(text, client, ""))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        @if !client.is_first_party {
            (notice(text, Tone::Warning, html! { p { (text.get("third-party-lead")) } }))
        }
        (facts)
        section.section {
            (settings_form(visitor, editor.then_some(&here), errors, fields, html! {
                (button(&text.get("save"))) (link_button(LIST, &text.get("cancel")))
            }))
        }
        @if editor {
            section.section.danger-zone aria-labelledby="danger" {
                h2 id="danger" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("clients-delete-hint")) }
                div.actions.spaced { a.button.button-danger-quiet href=(address(&client.client_id, "/delete")) { (text.get("clients-delete")) } }
            }
        }
    };
    let page = visitor.page(&client.name).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn about(text: Text, client: &Client, told: &Told) -> Markup {
    let errors = &told.fields;
    let (name, description, logo, kind) = (
        text.get("name"),
        text.get("description"),
        text.get("clients-logo"),
        text.get("clients-type"),
    );
    let logo_hint = text.get("clients-logo-hint");
    let value = |name: &str| as_text(client.settings.get(name));
    let (said, uri) = (value("description"), value("logo_uri"));
    let chosen = client.app_type.as_deref().unwrap_or_default();
    let mut types: Vec<Choice> = TYPES
        .iter()
        .map(|word| choice(text, "type", word, *word == chosen))
        .collect();
    if !TYPES.contains(&chosen) {
        types.insert(
            0,
            Choice {
                value: chosen.to_owned(),
                label: super::kind(text, client),
                hint: None,
                chosen: true,
            },
        );
    }
    html! {
        (Field::line(text, "name", &name).value(&client.name).error(errors.of("name")).max_length(256))
        (Field::line(text, "description", &description).value(&said).error(errors.of("description")).optional().max_length(140))
        (Field::select(text, "type", &kind, &types).error(errors.of("type")))
        (Field::url(text, "logo_uri", &logo).hint(&logo_hint).value(&uri).error(errors.of("logo_uri")).optional())
    }
}

fn addresses(text: Text, client: &Client, told: &Told) -> Markup {
    html! {
        @for name in URLS {
            @let id = format!("clients-{}", name.replace('_', "-"));
            @let (label, hint) = (text.get(&id), text.get(&format!("{id}-hint")));
            @let lines = as_lines(client.settings.get(name));
            (Field::area(text, name, &label).hint(&hint).value(&lines).error(told.fields.of(name)).optional())
        }
    }
}

fn tokens(text: Text, client: &Client, told: &Told) -> Markup {
    let label = text.get("clients-grants");
    let has: Vec<&str> = client.grant_types().collect();
    let grants = GRANTS.map(|grant| Choice {
        value: grant.to_owned(),
        label: text.get(&format!(
            "grant-{}",
            grant.rsplit(['/', ':']).next().unwrap_or(grant)
        )),
        hint: None,
        chosen: has.contains(&grant),
    });
    let (lifetime, hint) = (
        text.get("clients-lifetime"),
        text.get("clients-lifetime-hint"),
    );
    let seconds = client
        .settings
        .get("jwt_configuration")
        .and_then(|jwt| jwt.get("lifetime_in_seconds"));
    let seconds = as_text(seconds);
    html! {
        (Field::checkboxes(text, "grant_types", &label, &grants).error(told.fields.of("grant_types")))
        (Field::line(text, "token_lifetime", &lifetime).hint(&hint).value(&seconds).error(told.fields.of("token_lifetime")).optional())
    }
}
