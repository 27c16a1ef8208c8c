//! API keys of an application.

use web::components::{
    Field, FieldErrors, badge, button, code_block, confirm, copyable, danger_button, form, notice,
    page_heading, table,
};
use web::{Markup, Page, Text, Tone, Visitor, Width, date, html};

use super::application::Details;
use crate::pages::text::{status, text, tone};

/// A key; never the key itself.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) expires_at: Option<i64>,
    pub(crate) created_at: i64,
}

pub(crate) fn section(visitor: &Visitor, app: &Details) -> Markup {
    let text = text(visitor);
    let names = app.key_names.join(", ");
    html! {
        section.section aria-labelledby="keys" {
            div.section-heading {
                h2 id="keys" { (text.get("keys-title")) }
                a.button.button-small.button-primary href=(format!("{}/keys/new", app.path())) { (text.get("keys-create")) }
            }
            p.fine { (text.with("keys-lead", [("names", (&names).into())])) }
            @if app.keys.is_empty() {
                div.panel { p.fine { (text.get("keys-empty")) } }
            } @else {
                (rows(text, app))
            }
        }
    }
}

fn rows(text: Text, app: &Details) -> Markup {
    let columns = [
        text.get("keys-name"),
        text.get("keys-status"),
        text.get("app-created-at"),
        text.get("keys-expires"),
    ];
    let shown: Vec<&str> = columns.iter().map(String::as_str).collect();
    table(
        &text.get("keys-title"),
        &shown,
        Some(&text.get("keys-revoke")),
        html! {
            @for key in &app.keys {
                tr {
                    td { strong { (key.name) } }
                    td data-label=(shown[1]) { (badge(tone(&key.status), &status(text, &key.status))) }
                    td data-label=(shown[2]) { (date(text, key.created_at)) }
                    td data-label=(shown[3]) {
                        @match key.expires_at {
                            Some(at) => (date(text, at)),
                            None => (text.get("keys-never")),
                        }
                    }
                    td.row-actions {
                        a href=(format!("{}/keys/{}/delete", app.path(), key.id)) {
                            (text.get("keys-revoke")) span.visually-hidden { " " (key.name) }
                        }
                    }
                }
            }
        },
    )
}

/// Asks for a name and makes the key.
pub(crate) fn new(
    visitor: &Visitor,
    id: &str,
    app: &str,
    name: &str,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let (label, hint) = (text.get("keys-name"), text.get("keys-name-hint"));
    let path = format!("/my-apps/{id}");
    let main = html! {
        (super::application::above_in(text, id, app))
        (page_heading(&text.get("keys-create"), None, None))
        (form(visitor, &format!("{path}/keys/new"), errors, html! {
            (Field::line(text, "display_name", &label).hint(&hint).value(name).error(errors.of("display_name")).max_length(255))
            div.form-actions {
                (button(&text.get("keys-create")))
                (web::components::link_button(&path, &text.get("app-cancel")))
            }
        }))
    };
    let page = visitor.page(&text.get("keys-create")).width(Width::Reading);
    if errors.is_empty() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}

/// Shows a key once, in the answer to the form that made it.
pub(crate) fn once(
    visitor: &Visitor,
    id: &str,
    key: &str,
    key_name: &str,
    example_url: Option<&str>,
) -> Page {
    let text = text(visitor);
    let title = text.get("keys-created-title");
    let main = html! {
        (page_heading(&title, None, None))
        (notice(text, Tone::Warning, html! { p { strong { (text.get("keys-created-lead")) } } }))
        section.panel aria-label=(text.get("app-credentials")) {
            (copyable(text, "api-key", &text.get("keys-key"), key))
        }
        @if let Some(url) = example_url {
            section.section aria-labelledby="try" {
                h2 id="try" { (text.get("secret-curl")) }
                div.spaced { (code_block(text, "curl", &format!("curl {url} -H \"{key_name}: {key}\""))) }
            }
        }
        div.proceed {
            p { (text.get("secret-stored")) }
            a.button.button-primary href=(format!("/my-apps/{id}")) { (text.get("secret-proceed")) }
        }
    };
    visitor.page(&title).width(Width::Reading).main(main)
}

/// Asks before deleting a key.
pub(crate) fn delete(visitor: &Visitor, id: &str, key_id: &str, name: &str) -> Page {
    let text = text(visitor);
    let path = format!("/my-apps/{id}");
    confirm(
        visitor,
        &text.with("keys-revoke-title", [("name", name.into())]),
        html! { p { (text.get("keys-revoke-text")) } },
        &format!("{path}/keys/{key_id}/delete"),
        danger_button(&text.get("keys-revoke-button")),
        (&path, &text.get("app-cancel")),
    )
}
