//! The client secrets of an application: which work, when each was last used, replacing and retiring.

use oauth::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use web::components::{Choice, Field, badge, confirm, copyable, danger_button, notice, table};
use web::{Markup, Page, Text, Tone, Visitor, html, moment};

use super::application::Details;
use crate::pages::text::text;
use crate::service::applications::Credential;

pub(crate) fn section(text: Text, app: &Details) -> Markup {
    let uncollected = app.credentials.iter().any(|held| !held.collected);
    let verb = if uncollected {
        "secrets-collect"
    } else {
        "rotate"
    };
    let late = uncollected && app.credentials.len() == 1;
    let waits = if late {
        "secrets-uncollected-late"
    } else {
        "secrets-uncollected"
    };
    let style = if uncollected {
        "button-primary"
    } else {
        "button-secondary"
    };
    html! {
        section.section aria-labelledby="credentials" {
            div.section-heading {
                h2 id="credentials" { (text.get("app-credentials")) }
                @if app.can_rotate {
                    a.button.button-small.(style) href=(format!("{}/rotate-secret", app.path())) { (text.get(verb)) }
                }
            }
            @if uncollected {
                (notice(text, Tone::Warning, html! { p { (text.get(waits)) } }))
            }
            div.panel {
                @if let Some(client_id) = &app.client_id {
                    (copyable(text, "client-id", &text.get("app-client-id"), client_id))
                }
                @if app.can_rotate {
                    div.copyable {
                        span.copyable-label { (text.get("app-client-secret")) }
                        p.fine { (text.get("app-secret-hidden")) }
                    }
                }
                @if let [present] = app.credentials.as_slice() {
                    div.copyable {
                        span.copyable-label { (text.get("secrets-last-use")) }
                        p.fine { (last_use(text, present)) }
                    }
                }
            }
            @if app.credentials.len() > 1 { (rows(text, app)) }
        }
    }
}

fn rows(text: Text, app: &Details) -> Markup {
    let columns = [
        text.get("secrets-credential"),
        text.get("secrets-works"),
        text.get("secrets-last-use"),
        text.get("secrets-safe"),
    ];
    let shown: Vec<&str> = columns.iter().map(String::as_str).collect();
    let id = |held: &Credential| html! { code { (held.id) } };
    table(
        &text.get("secrets-title"),
        &shown,
        Some(&text.get("secrets-retire")),
        html! {
            @for held in &app.credentials {
                tr {
                    td { (id(held)) }
                    td data-label=(shown[1]) {
                        @match held.retires_at {
                            Some(at) => { (text.get("secrets-until")) " " (moment(text, at.as_millis())) }
                            None => (badge(Tone::Success, &text.get("secrets-present"))),
                        }
                    }
                    td data-label=(shown[2]) { (last_use(text, held)) }
                    td data-label=(shown[3]) { (safe(text, held)) }
                    td.row-actions {
                        @if held.retires_at.is_some() {
                            a href=(retire_path(app, held)) {
                                (text.get("secrets-retire")) span.visually-hidden { " " (held.id) }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn retire_path(app: &Details, held: &Credential) -> String {
    let id = utf8_percent_encode(&held.id, NON_ALPHANUMERIC);
    format!("{}/credentials/{id}/retire", app.path())
}

fn last_use(text: Text, held: &Credential) -> Markup {
    match held.last_used_at.map(Timestamp::as_millis) {
        Some(at) => moment(text, at),
        None => html! { (text.get("secrets-unused")) },
    }
}

fn safe(text: Text, held: &Credential) -> Markup {
    match held.safe_to_retire {
        Some(true) => badge(Tone::Success, &text.get("secrets-safe-yes")),
        Some(false) => badge(Tone::Warning, &text.get("secrets-safe-no")),
        None => html! { "–" },
    }
}

/// Asks before making a new secret, and for how long the old one works on.
pub(crate) fn rotate(visitor: &Visitor, app: &Details) -> Page {
    let text = text(visitor);
    let path = app.path();
    let name = &app.name;
    let collects = app.credentials.iter().any(|held| !held.collected);
    let (title, lead) = match (collects, app.credentials.len()) {
        (true, 1) => ("secrets-collect-title", "secrets-collect-text-late"),
        (true, _) => ("secrets-collect-title", "secrets-collect-text"),
        (false, _) => ("rotate-title", "rotate-text"),
    };
    let overlap = if collects || app.credentials.len() > 1 {
        html! {}
    } else {
        overlap(text, "rotate-overlap")
    };
    let button = match collects {
        true => web::components::button(&text.get("rotate-button")),
        false => danger_button(&text.get("rotate-button")),
    };
    confirm(
        visitor,
        &text.with(title, [("name", name.into())]),
        html! {
            p { (text.get(lead)) }
            @if !collects && app.credentials.len() > 1 { p { (text.get("rotate-text-older")) } }
            p { (text.get("rotate-text-next")) }
        },
        &format!("{path}/rotate-secret"),
        html! { (overlap) (button) },
        (&path, &text.get("app-cancel")),
    )
}

/// How long what is replaced works on; `prefix` begins the texts of the question.
pub(super) fn overlap(text: Text, prefix: &str) -> Markup {
    let choices = [
        (0, "rotate-overlap-none"),
        (3_600, "rotate-overlap-hour"),
        (86_400, "rotate-overlap-day"),
        (604_800, "rotate-overlap-week"),
        (2_592_000, "rotate-overlap-month"),
    ];
    let choice = |(seconds, label): (u64, &str)| Choice {
        value: seconds.to_string(),
        label: text.get(label),
        hint: None,
        chosen: seconds == 0,
    };
    let choices = choices.map(choice);
    let (label, hint) = (text.get(prefix), text.get(&format!("{prefix}-hint")));
    html! { (Field::select(text, "overlap", &label, &choices).hint(&hint)) }
}

/// Asks before an old credential ends.
pub(crate) fn retire(visitor: &Visitor, app: &Details, going: &Credential) -> Page {
    let text = text(visitor);
    let path = app.path();
    confirm(
        visitor,
        &text.get("secrets-retire-title"),
        html! {
            p { code { (going.id) } }
            p { (text.get("secrets-last-use")) ": " (last_use(text, going)) " " (safe(text, going)) }
            p { (text.get("secrets-retire-text")) }
        },
        &retire_path(app, going),
        danger_button(&text.get("secrets-retire-button")),
        (&path, &text.get("app-cancel")),
    )
}
