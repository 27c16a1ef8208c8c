//! Connections: where users come from, and who may send users there.

mod delete;
mod new;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use web::components::{
    Definition, Field, badge, button, definitions, link_button, notice, page_heading,
    settings_form, table,
};
use web::{Administrator, Form, Markup, Page, Text, Tone, Visitor, Width, html};

use crate::console::text::{choice, outcome, switch, way};
use crate::console::{Acting, Input, Refused, Told, clients, text};
use crate::management::connections::CHANGE;
use crate::management::schema::Body;
use crate::model::Members;
use crate::model::connection::Connection;
use crate::service::connections as service;
use crate::store::connections::Filter;
use crate::store::page::Window;
use crate::{Error, Tenant, store};

const LIST: &str = "/tenant/connections";
const NEW: &str = "/tenant/connections/new";
const POLICIES: [&str; 5] = ["none", "low", "fair", "good", "excellent"];
/// How many of a connection's clients its page names.
const NAMED: i64 = 100;

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(LIST, get(list))
        .route(NEW, get(new::page).post(new::create))
        .route("/tenant/connections/{id}", get(show).post(save))
        .route(
            "/tenant/connections/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// Every connection; a tenant has few.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn every(tenant: &Tenant) -> Result<Vec<Connection>, Error> {
    let window = Window {
        after: None,
        offset: 0,
        limit: 500,
    };
    let listed = store::connections::list(tenant.db(), &Filter::default(), &window).await?;
    let opened = listed
        .into_iter()
        .map(|stored| service::open(tenant, stored));
    opened.collect()
}

async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Refused> {
    let connections = every(&tenant).await?;
    let text = text(&visitor);
    let title = text.get("connections-title");
    let columns = [
        "name",
        "connections-kind",
        "connections-open-to",
        "connections-sign-up",
    ]
    .map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let new = html! { a.button.button-primary href=(NEW) { (text.get("connections-new")) } };
    let new = reader.role.may_change().then_some(new);
    let main = html! {
        (page_heading(&title, Some(&text.get("connections-lead")), new))
        (table(&title, &columns, None, html! {
            @for connection in &connections {
                tr {
                    td data-label=(columns[0]) {
                        div {
                            a href=(address(connection, "")) { strong { (connection.display_name()) } }
                            @if connection.display_name() != connection.name { " " span.fine { (connection.name) } }
                        }
                    }
                    td data-label=(columns[1]) { (kind(text, connection)) }
                    td data-label=(columns[2]) { (level(text, connection)) }
                    td data-label=(columns[3]) {
                        @if connection.is_database() {
                            (text.get(if connection.is_closed() { "connections-closed" } else { "connections-open" }))
                        }
                    }
                }
            }
        }))
    };
    Ok(visitor.page(&title).main(main))
}

fn kind(text: Text, connection: &Connection) -> String {
    match connection.is_database() {
        true => text.get("connections-database"),
        false => connection.strategy.clone(),
    }
}

fn level(text: Text, connection: &Connection) -> Markup {
    match connection.is_domain_connection {
        true => badge(Tone::Warning, &text.get("connections-domain")),
        false => badge(Tone::Neutral, &text.get("connections-listed")),
    }
}

fn address(connection: &Connection, below: &str) -> String {
    format!("{LIST}/{}{below}", connection.id)
}

async fn find(tenant: &Tenant, id: &str) -> Result<Connection, Error> {
    let found = service::find(tenant, id).await?;
    found.ok_or_else(Error::no_connection)
}

async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let connection = find(&tenant, &id).await?;
    let users = users_of(&tenant, &visitor, &id).await?;
    let editor = reader.role.may_change();
    Ok(draw(&visitor, &connection, users, editor, &Told::default()))
}

async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let connection = find(&tenant, &id).await?;
    let changes = changes(&connection, &input);
    let outcome = match CHANGE.read(Value::Object(changes.clone()), Body::Change) {
        Ok(valid) => service::change(&tenant, &id, valid).await,
        Err(error) => Err(error),
    };
    let text = text(&visitor);
    if let Err(error) = outcome {
        let told = Told::of(text, error, &[("display_name", "display_name")])?;
        let mut entered = connection.clone();
        entered.apply(changes, tenant.clock().now());
        let users = users_of(&tenant, &visitor, &id).await?;
        return Ok(draw(&visitor, &entered, users, true, &told).into_response());
    }
    acting.record(&tenant, "Update a connection", &id);
    Ok(visitor
        .redirect_saying(address(&connection, ""), Tone::Success, text.get("saved"))
        .into_response())
}

/// The form as a PATCH. `options` are replaced whole, so what is not on the page goes along.
fn changes(connection: &Connection, input: &Input) -> Members {
    let mut changes = Members::new();
    let domain = json!(input.is_on("domain"));
    changes.insert("is_domain_connection".to_owned(), domain);
    let name = match input.text("display_name") {
        "" => Value::Null,
        name => json!(name),
    };
    changes.insert("display_name".to_owned(), name);
    if connection.is_database() {
        let mut options = connection.options.clone();
        let closed = json!(!input.is_on("sign_up"));
        options.insert("disable_signup".to_owned(), closed);
        let protects = json!(input.is_on("protection"));
        options.insert("brute_force_protection".to_owned(), protects);
        if let Some(policy) = POLICIES
            .iter()
            .find(|known| **known == input.text("policy"))
        {
            options.insert("passwordPolicy".to_owned(), json!(policy));
        }
        changes.insert("options".to_owned(), options.into());
    }
    changes
}

/// The applications that may send users to a connection, as far as they are listed.
async fn users_of(tenant: &Tenant, visitor: &Visitor, id: &str) -> Result<Markup, Error> {
    let text = text(visitor);
    let ids = store::connections::clients(tenant.db(), id, "", NAMED).await?;
    let mut named = store::clients::search::names(tenant.db(), &ids).await?;
    named.sort_by(|(_, one), (_, other)| one.cmp(other));
    Ok(html! {
        section.section aria-labelledby="clients" {
            h2 id="clients" { (text.get("connections-clients")) }
            p.fine.spaced { (text.get("connections-clients-lead")) }
            @if named.is_empty() {
                p.spaced { (text.get("connections-no-clients")) }
            } @else {
                ul.plain-list.spaced {
                    @for (client_id, name) in &named {
                        li { a href=(clients::address(client_id, "/connections")) { (name) } " " code.fine { (client_id) } }
                    }
                }
            }
        }
    })
}

fn draw(
    visitor: &Visitor,
    connection: &Connection,
    users: Markup,
    editor: bool,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let here = address(connection, "");
    let facts = [
        Definition::new(text.get("name"), html! { code { (connection.name) } }),
        Definition::new(text.get("id"), html! { code { (connection.id) } }),
        Definition::new(
            text.get("connections-kind"),
            html! { (kind(text, connection)) },
        ),
    ];
    let domain = switch(text, "domain", connection.is_domain_connection);
    let sign_up = switch(text, "sign-up", !connection.is_closed());
    let protection = switch(text, "protection", connection.protects_accounts());
    let policy = connection.password_policy();
    let policies = POLICIES.map(|word| choice(text, "password-policy", word, word == policy));
    let labels = [
        "connections-domain-label",
        "connections-sign-up",
        "connections-policy",
        "connections-protection",
        "connections-display-name",
    ]
    .map(|id| text.get(id));
    let hint = text.get("connections-display-name-hint");
    let shown = connection.settings.get("display_name");
    let shown = shown.and_then(Value::as_str).unwrap_or_default();
    let main = html! {
        (way(text, &[(&text.get("connections-title"), LIST)]))
        (page_heading(connection.display_name(), None, None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        div.panel { (definitions(&facts)) }
        section.section {
            (settings_form(
                visitor, editor.then_some(&here), errors,
                html! {
                    (Field::checkboxes(text, "domain", &labels[0], &domain))
                    @if connection.is_database() {
                        (Field::checkboxes(text, "sign_up", &labels[1], &sign_up))
                        (Field::select(text, "policy", &labels[2], &policies))
                        (Field::checkboxes(text, "protection", &labels[3], &protection))
                    }
                    (Field::line(text, "display_name", &labels[4]).hint(&hint).value(shown).error(errors.of("display_name")).optional())
                },
                html! { (button(&text.get("save"))) (link_button(LIST, &text.get("cancel"))) },
            ))
        }
        (users)
        @if editor {
            section.section.danger-zone aria-labelledby="danger" {
                h2 id="danger" { (text.get("danger-zone")) }
                div.actions.spaced { a.button.button-danger-quiet href=(address(connection, "/delete")) { (text.get("connections-delete")) } }
            }
        }
    };
    let page = visitor.page(connection.display_name());
    outcome(page.width(Width::Reading), errors, told.notice.as_deref()).main(main)
}
