//! Initial access tokens: who may register clients where not everybody may (RFC 7591 §3).

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use oauth::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use web::components::{
    Field, badge, button, confirm, copyable, danger_button, empty_state, form, link_button, notice,
    page_heading, shown_once, table,
};
use web::{Administrator, Editor, Form, Page, Text, Tone, Visitor, Width, html};

use super::settings::heading;
use super::text::{outcome, way, when};
use super::{Acting, Input, Refused, Told, text};
use crate::management::initial_access_tokens::CREATE;
use crate::management::schema::Body;
use crate::registration::initial_access::{self, NewToken};
use crate::store::initial_access_tokens::{self as store, InitialAccessToken};
use crate::{Error, Tenant};

pub(super) const LIST: &str = "/tenant/initial-access-tokens";
const NEW: &str = "/tenant/initial-access-tokens/new";

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(LIST, get(list))
        .route(NEW, get(new_page).post(create))
        .route(
            "/tenant/initial-access-tokens/{id}/revoke",
            get(revoke_page).post(revoke),
        )
}

async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Refused> {
    let tokens = store::list(tenant.db()).await?;
    let text = text(&visitor);
    let title = text.get("tokens-title");
    let now = tenant.clock().now();
    let editor = reader.role.may_change();
    let columns = [
        "name",
        "tokens-remaining",
        "tokens-expires",
        "last-used",
        "created",
    ]
    .map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let new = html! { a.button.button-primary href=(NEW) { (text.get("tokens-new")) } };
    let revoke = text.get("revoke");
    let main = html! {
        (heading(text, LIST))
        div.section-heading {
            p.lead { (text.get("tokens-lead")) }
            @if editor && !tokens.is_empty() { (new) }
        }
        @if !tenant.settings().registration.require_token {
            (notice(text, Tone::Info, html! { p { (text.get("tokens-not-required")) " " code { "identity.registration.require_token" } } }))
        }
        @if tokens.is_empty() {
            (empty_state(&text.get("tokens-none"), &text.get("tokens-none-next"), editor.then_some(new)))
        } @else {
            (table(&title, &columns, editor.then_some(revoke.as_str()), html! {
                @for token in &tokens {
                    tr {
                        td data-label=(columns[0]) { div { strong { (token.name) } " " (state(text, token, now)) } }
                        td data-label=(columns[1]) {
                            @match token.remaining { Some(left) => (left), None => (text.get("tokens-any-number")) }
                        }
                        td data-label=(columns[2]) { (when(text, token.expires_at)) }
                        td data-label=(columns[3]) { (when(text, token.last_used_at)) }
                        td data-label=(columns[4]) { (when(text, Some(token.created_at))) }
                        @if editor {
                            td.row-actions {
                                a.button.button-small.button-secondary href=(format!("{LIST}/{}/revoke", token.id)) {
                                    (revoke) span.visually-hidden { " " (token.name) }
                                }
                            }
                        }
                    }
                }
            }))
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn state(text: Text, token: &InitialAccessToken, now: Timestamp) -> web::Markup {
    html! {
        @if token.expires_at.is_some_and(|end| end <= now) { (badge(Tone::Warning, &text.get("tokens-expired"))) }
        @else if token.remaining == Some(0) { (badge(Tone::Neutral, &text.get("tokens-used-up"))) }
    }
}

async fn new_page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw_new(&visitor, &Input::default(), &Told::default())
}

async fn create(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let new = match read(&tenant, &input) {
        Ok(new) => new,
        Err(error) => {
            let fields = [("name", "name"), ("count", "count"), ("expires_at", "days")];
            let told = Told::of(text, error, &fields)?;
            return Ok(draw_new(&visitor, &input, &told).into_response());
        }
    };
    let (token, clear) = initial_access::create(&tenant, new).await?;
    acting.record(&tenant, "Create an initial access token", &token.id);
    let clear = clear.reveal();
    let title = text.get("tokens-made");
    let call = format!(
        "curl -X POST {} -H \"Authorization: Bearer {}\" -H \"Content-Type: application/json\" -d '{{\"client_name\":\"My app\",\"redirect_uris\":[\"https://app.example.com/callback\"]}}'",
        acting.visit.issuer.endpoint("oidc/register"),
        clear.expose_secret()
    );
    let main = html! {
        (way(text, &[(&text.get("tokens-title"), LIST)]))
        (page_heading(&title, Some(&token.name), None))
        (shown_once(text, html! {
            (copyable(text, "token", &text.get("tokens-token"), clear.expose_secret()))
            (copyable(text, "call", &text.get("tokens-call"), &call))
        }))
        div.proceed { (link_button(LIST, &text.get("done"))) }
    };
    Ok(visitor
        .page(&title)
        .width(Width::Reading)
        .main(main)
        .into_response())
}

/// What the form asks for, held against the Management API's rules.
fn read(tenant: &Tenant, input: &Input) -> Result<NewToken, Error> {
    let mut body = json!({ "name": input.text("name") });
    if !input.text("count").is_empty() {
        body["count"] = input.number("count");
    }
    let days = input.number("days");
    let expires_at = match days.as_i64() {
        None if input.text("days").is_empty() => None,
        Some(days @ 1..=3650) => {
            let lifetime = std::time::Duration::from_secs(days.unsigned_abs() * 86_400);
            Some(tenant.clock().now() + lifetime)
        }
        _ => {
            return Err(Error::invalid_body(
                "Payload validation error: 'Not a number of days' on property expires_at.",
            ));
        }
    };
    let request = CREATE.read(body, Body::Create)?;
    Ok(NewToken {
        name: request["name"].as_str().unwrap_or_default().to_owned(),
        count: request.get("count").and_then(Value::as_i64),
        expires_at,
    })
}

fn draw_new(visitor: &Visitor, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("tokens-new");
    let (name, count, days) = (
        text.get("name"),
        text.get("tokens-count"),
        text.get("tokens-days"),
    );
    let hint = text.get("tokens-name-hint");
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("tokens-title"), LIST)]))
        (page_heading(&title, Some(&text.get("tokens-lead")), None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        (form(visitor, NEW, errors, html! {
            (Field::line(text, "name", &name).hint(&hint).value(input.text("name")).error(errors.of("name")))
            (Field::line(text, "count", &count).value(input.text("count")).error(errors.of("count")).optional())
            (Field::line(text, "days", &days).value(input.text("days")).error(errors.of("days")).optional())
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

async fn find(tenant: &Tenant, id: &str) -> Result<InitialAccessToken, Error> {
    let tokens = store::list(tenant.db()).await?;
    let found = tokens.into_iter().find(|token| token.id == id);
    found.ok_or_else(|| Error::from(storage::Error::NotFound))
}

async fn revoke_page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let token = find(&tenant, &id).await?;
    let text = text(&visitor);
    let title = text.with("tokens-revoke-title", [("name", (&token.name).into())]);
    Ok(confirm(
        &visitor,
        &title,
        html! { p { (text.get("tokens-revoke-lead")) } },
        &format!("{LIST}/{id}/revoke"),
        danger_button(&text.get("revoke")),
        (LIST, &text.get("cancel")),
    ))
}

async fn revoke(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let token = find(&tenant, &id).await?;
    store::delete(tenant.db(), &id).await?;
    acting.record(&tenant, "Delete an initial access token", &token.id);
    let said = text(&visitor).with("removed", [("name", (&token.name).into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
