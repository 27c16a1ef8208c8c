//! How an application proves who it is.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret as _;
use web::components::{
    Definition, confirm, copyable, danger_button, definitions, notice, page_heading, shown_once,
    table,
};
use web::{Administrator, Editor, Form, Page, Tone, Visitor, Width, html};

use super::{LIST, address, find, heading};
use crate::console::text::{way, when};
use crate::console::{Acting, Input, Refused, text};
use crate::store::clients::StoredClient;
use crate::{Error, Tenant, service, store};

/// Whether there is a secret with which the application proves who it is.
pub(super) fn has_secret(stored: &StoredClient) -> bool {
    let method = stored.client.authentication_method();
    stored.sealed_secret.is_some() && !matches!(method, Some("none" | "private_key_jwt"))
}

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(client_id): Path<String>,
) -> Result<Page, Refused> {
    let stored = find(&tenant, &client_id).await?;
    let keys = store::credentials::list(tenant.db(), &client_id).await?;
    let text = text(&visitor);
    let client = &stored.client;
    let method = client.authentication_method();
    let has_secret = has_secret(&stored);
    let said = match method {
        Some("none") => text.get("method-none"),
        Some("private_key_jwt") => text.get("method-private_key_jwt"),
        Some(method) => text
            .lookup(&format!("method-{method}"))
            .unwrap_or_else(|| method.to_owned()),
        None => text.get("method-any"),
    };
    let rows = [
        Definition::new(text.get("credentials-method"), html! { (said) }),
        Definition::new(
            text.get("client-secret"),
            html! {
                @if has_secret { (text.get("credentials-kept")) } @else { (text.get("credentials-no-secret")) }
            },
        ),
    ];
    let columns = [
        "name",
        "credentials-kid",
        "credentials-alg",
        "tokens-expires",
    ]
    .map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let caption = text.get("credentials-keys");
    let main = html! {
        (heading(text, client, "/credentials"))
        div.panel {
            (copyable(text, "client-id", &text.get("client-id"), &client.client_id))
            div.spaced { (definitions(&rows)) }
        }
        @if has_secret && reader.role.may_change() {
            section.section aria-labelledby="rotation" {
                h2 id="rotation" { (text.get("credentials-rotate-title")) }
                p.fine.spaced { (text.get("credentials-rotate-hint")) }
                div.actions.spaced {
                    a.button.button-secondary href=(address(&client_id, "/credentials/rotate")) { (text.get("credentials-rotate")) }
                }
            }
        }
        @if !keys.is_empty() {
            section.section aria-labelledby="keys" {
                h2 id="keys" { (caption) }
                div.spaced {
                    (table(&caption, &columns, None, html! {
                        @for key in &keys {
                            tr {
                                td data-label=(columns[0]) { (key.name.as_deref().unwrap_or(&key.id)) }
                                td data-label=(columns[1]) { code { (key.kid) } }
                                td data-label=(columns[2]) { (key.alg) }
                                td data-label=(columns[3]) { (when(text, key.expires_at)) }
                            }
                        }
                    }))
                }
            }
        }
    };
    Ok(visitor.page(&client.name).width(Width::Reading).main(main))
}

pub(super) async fn rotate_page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(client_id): Path<String>,
) -> Result<Page, Refused> {
    let client = find(&tenant, &client_id).await?.client;
    let text = text(&visitor);
    let title = text.with("credentials-rotate-ask", [("name", (&client.name).into())]);
    let back = address(&client_id, "/credentials");
    Ok(confirm(
        &visitor,
        &title,
        html! { p { (text.get("credentials-rotate-lead")) } },
        &address(&client_id, "/credentials/rotate"),
        danger_button(&text.get("credentials-rotate")),
        (&back, &text.get("cancel")),
    ))
}

/// Replaces the secret. The answer is the one page that shows it.
pub(super) async fn rotate(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(client_id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    find(&tenant, &client_id).await?;
    let text = text(&visitor);
    let back = address(&client_id, "/credentials");
    let (client, secret) = match service::clients::rotate_secret(&tenant, &client_id).await {
        Ok(rotated) => rotated,
        Err(Error::Invalid { .. }) => {
            let said = text.get("method-private_key_jwt");
            let redirect = visitor.redirect_saying(back, Tone::Danger, said);
            return Ok(redirect.into_response());
        }
        Err(error) => return Err(error.into()),
    };
    acting.record_of(&tenant, &client_id, "Rotate a client secret", &client_id);
    let title = text.get("credentials-rotated");
    let main = html! {
        (way(text, &[(&text.get("clients-title"), LIST), (&client.name, &address(&client_id, ""))]))
        (page_heading(&title, Some(&client.name), None))
        (notice(text, Tone::Success, html! { p { (text.get("credentials-rotated-lead")) } }))
        (shown_once(text, html! {
            (copyable(text, "client-id", &text.get("client-id"), &client.client_id))
            (copyable(text, "client-secret", &text.get("client-secret"), secret.expose_secret()))
        }))
        div.proceed { a.button.button-secondary href=(back) { (text.get("done")) } }
    };
    Ok(visitor
        .page(&title)
        .width(Width::Reading)
        .main(main)
        .into_response())
}
