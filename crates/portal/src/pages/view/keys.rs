//! API keys of an application.

use std::time::Duration;

use web::components::{
    Choice, Field, FieldErrors, badge, button, code_block, confirm, copyable, danger_button, form,
    notice, page_heading, table,
};
use web::{Markup, Page, Text, Tone, Visitor, Width, date, html, moment};

use super::application::Details;
use super::secrets::overlap;
use crate::pages::text::{status, text, tone};

/// A key; never the key itself.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its first characters; empty where nobody knows them.
    pub(crate) prefix: String,
    pub(crate) status: String,
    pub(crate) expires_at: Option<i64>,
    pub(crate) created_at: i64,
    /// When gateways last let it in, to the minute.
    pub(crate) last_used_at: Option<i64>,
}

impl Key {
    pub(super) fn works(&self) -> bool {
        self.status == "active"
    }
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
        text.get("secrets-last-use"),
        text.get("keys-expires"),
    ];
    let shown: Vec<&str> = columns.iter().map(String::as_str).collect();
    table(
        &text.get("keys-title"),
        &shown,
        Some(&text.get("keys-actions")),
        html! {
            @for key in &app.keys {
                tr {
                    td { div {
                        strong { (key.name) }
                        @if !key.prefix.is_empty() { div { code { (key.prefix) "…" } } }
                    } }
                    td data-label=(shown[1]) { (badge(tone(&key.status), &status(text, &key.status))) }
                    td data-label=(shown[2]) { (date(text, key.created_at)) }
                    td data-label=(shown[3]) {
                        @match key.last_used_at {
                            Some(at) => (moment(text, at)),
                            None => (text.get("secrets-unused")),
                        }
                    }
                    td data-label=(shown[4]) {
                        @match key.expires_at {
                            Some(at) => (moment(text, at)),
                            None => (text.get("keys-never")),
                        }
                    }
                    td.row-actions { (actions(text, app, key)) }
                }
            }
        },
    )
}

fn actions(text: Text, app: &Details, key: &Key) -> Markup {
    let of = format!("{}/keys/{}", app.path(), key.id);
    // Keys may share a name: who hears the page tells them apart by their beginnings.
    let which = html! { span.visually-hidden { " " (key.name) " " (key.prefix) } };
    html! {
        @if key.works() { a href=(format!("{of}/rotate")) { (text.get("keys-rotate")) (which) } " " }
        a href=(format!("{of}/delete")) {
            (text.get(if key.works() { "keys-revoke" } else { "keys-remove" })) (which)
        }
    }
}

/// Asks for a name and an end, and makes the key.
pub(crate) fn new(
    visitor: &Visitor,
    app: &Details,
    (name, days): (&str, u64),
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let (label, hint) = (text.get("keys-name"), text.get("keys-name-hint"));
    let path = app.path();
    let ends = text.get("keys-ends");
    let choices = ends_choices(text, app.longest_key, days);
    let main = html! {
        (super::application::above_in(text, &app.id, &app.name))
        (page_heading(&text.get("keys-create"), None, None))
        (form(visitor, &format!("{path}/keys/new"), errors, html! {
            (Field::line(text, "display_name", &label).hint(&hint).value(name).error(errors.of("display_name")).max_length(255))
            (Field::select(text, "days", &ends, &choices).error(errors.of("days")))
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

const DAY: Duration = Duration::from_secs(24 * 3600);

/// After how many days a key may end: nothing that is longer than it may live.
fn ends_choices(text: Text, longest: Option<Duration>, chosen: u64) -> Vec<Choice> {
    let count = |days: u64| i64::try_from(days).unwrap_or(i64::MAX);
    let in_days = |days: u64| text.with("keys-ends-days", [("days", count(days).into())]);
    let last = match longest {
        None => text.get("keys-never"),
        Some(longest) => in_days(longest.as_secs() / DAY.as_secs()),
    };
    let shorter = [7_u64, 30, 90, 365].into_iter().filter(|days| {
        let end = DAY.saturating_mul(u32::try_from(*days).unwrap_or(u32::MAX));
        longest.is_none_or(|longest| end < longest)
    });
    let mut choices: Vec<Choice> = shorter
        .map(|days| Choice {
            value: days.to_string(),
            label: in_days(days),
            hint: None,
            chosen: days == chosen,
        })
        .collect();
    choices.push(Choice {
        value: "0".to_owned(),
        label: last,
        hint: None,
        chosen: chosen == 0,
    });
    choices
}

/// Asks before a key takes the place of another, and for how long the other works on.
pub(crate) fn rotate(visitor: &Visitor, app: &Details, key: &Key) -> Page {
    let text = text(visitor);
    let path = app.path();
    confirm(
        visitor,
        &text.with("keys-rotate-title", [("name", (&key.name).into())]),
        html! {
            p { (text.get("keys-rotate-text")) @if !key.prefix.is_empty() { " " code { (key.prefix) "…" } } }
            p { (text.get("keys-rotate-next")) }
        },
        &format!("{path}/keys/{}/rotate", key.id),
        html! { (overlap(text, "keys-overlap")) (danger_button(&text.get("keys-rotate-button"))) },
        (&path, &text.get("app-cancel")),
    )
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
                p.fine.spaced { (text.with("keys-curl-query", [("name", key_name.into())])) }
            }
        }
        div.proceed {
            p { (text.get("secret-stored")) }
            a.button.button-primary href=(format!("/my-apps/{id}")) { (text.get("secret-proceed")) }
        }
    };
    visitor.page(&title).width(Width::Reading).main(main)
}

/// Asks before a key ends.
pub(crate) fn delete(visitor: &Visitor, app: &Details, key: &Key) -> Page {
    let text = text(visitor);
    let path = app.path();
    let consequence = match key.works() {
        true => "keys-revoke-text",
        false => "keys-remove-text",
    };
    confirm(
        visitor,
        &text.with("keys-revoke-title", [("name", (&key.name).into())]),
        html! {
            @if !key.prefix.is_empty() { p { code { (key.prefix) "…" } } }
            p { (text.get(consequence)) }
        },
        &format!("{path}/keys/{}/delete", key.id),
        danger_button(&text.get("keys-revoke-button")),
        (&path, &text.get("app-cancel")),
    )
}
