//! What stands beside the code: the event to test with, packages, secrets, the name.

use web::components::{Field, badge};
use web::{Markup, Text, Tone, html, moment};

use super::view::Shown;
use crate::console::actions::address;
use crate::model::action::{MAX_NAME, MAX_SECRET_NAME, SecretName, Status};

pub(super) fn event(text: Text, shown: &Shown<'_>) -> Markup {
    let (label, hint) = (
        text.get("actions-field-event"),
        text.get("actions-event-hint"),
    );
    let error = shown.errors.of("event");
    html! {
        section.panel.editor-event aria-labelledby="event-title" {
            h2 id="event-title" { (text.get("actions-event")) }
            (Field::area(text, "event", &label).value(&shown.fields.event).hint(&hint).error(error).optional())
        }
    }
}

pub(super) fn dependencies(text: Text, shown: &Shown<'_>) -> Markup {
    let rows = shown.fields.dependencies.iter();
    let rows: Vec<(&str, &str)> = rows
        .map(|(name, version)| (name.as_str(), version.as_str()))
        .chain(shown.may_change.then_some(("", "")))
        .collect();
    html! {
        section.panel aria-labelledby="dependencies-title" id="dependencies" {
            div.section-heading {
                h2 id="dependencies-title" { (text.get("actions-dependencies")) }
                div id="dependencies-state" data-live { (installed(text, shown)) }
            }
            p.fine { (text.get("actions-dependencies-hint")) }
            @if let Some(error) = shown.errors.of("dependencies") { p.field-error { (error) } }
            div.rows data-rows {
                @for (place, (name, version)) in rows.iter().enumerate() {
                    (dependency(text, place, name, version, shown.may_change))
                }
            }
            (another(text, shown.may_change, "actions-add-dependency"))
        }
    }
}

/// Whether the packages are there.
fn installed(text: Text, shown: &Shown<'_>) -> Markup {
    let action = shown.action;
    let why = action.fault.as_ref();
    let why = why.filter(|fault| fault.id == "dependency_error");
    html! {
        @if let Some(fault) = why {
            (badge(Tone::Danger, &text.get("actions-not-installed")))
            p.field-error { (fault.message) }
        } @else if !action.draft.dependencies.is_empty() {
            @match (&action.draft.modules, action.status) {
                (Some(_), _) => (badge(Tone::Success, &text.get("actions-installed"))),
                (None, Status::Pending | Status::Building) => (badge(Tone::Info, &text.get("actions-installing"))),
                (None, _) => {}
            }
        }
    }
}

fn dependency(text: Text, place: usize, name: &str, version: &str, may_change: bool) -> Markup {
    let (id, of) = (
        format!("dependency-{place}"),
        format!("dependency-version-{place}"),
    );
    html! {
        div.pair {
            div.field {
                label for=(id) { (text.get("actions-package")) }
                input.mono id=(id) type="text" name="dependency_name" value=(name) autocomplete="off" spellcheck="false"
                    autocapitalize="off" readonly[!may_change];
            }
            div.field {
                label for=(of) { (text.get("actions-package-version")) }
                input.mono id=(of) type="text" name="dependency_version" value=(version) placeholder="latest" autocomplete="off"
                    spellcheck="false" autocapitalize="off" readonly[!may_change];
            }
        }
    }
}

pub(super) fn secrets(text: Text, shown: &Shown<'_>) -> Markup {
    let new = shown.fields.new_secrets.iter().map(String::as_str);
    let new: Vec<&str> = new.filter(|name| !name.is_empty()).chain([""]).collect();
    let known = &shown.action.draft.secret_names;
    html! {
        section.panel aria-labelledby="secrets-title" id="secrets" {
            h2 id="secrets-title" { (text.get("actions-secrets")) }
            p.fine { (text.get("actions-secrets-hint")) }
            @if let Some(error) = shown.errors.of("secrets") { p.field-error { (error) } }
            @if !known.is_empty() {
                ul.known-secrets {
                    @for (place, secret) in known.iter().enumerate() {
                        li { (secret_shown(text, place, secret, shown.may_change)) }
                    }
                }
            }
            @if shown.may_change {
                div.rows data-rows {
                    @for (place, name) in new.iter().enumerate() { (new_secret(text, place, name)) }
                }
                (another(text, true, "actions-add-secret"))
            }
        }
    }
}

fn secret_shown(text: Text, place: usize, secret: &SecretName, may_change: bool) -> Markup {
    let (id, remove) = (format!("secret-{place}"), format!("secret-remove-{place}"));
    let named = |id: &str| text.with(id, [("name", (&secret.name).into())]);
    html! {
        p {
            code { (secret.name) }
            span.fine { " " (text.get("actions-secret-updated")) " " (moment(text, secret.updated_at.as_millis())) }
        }
        @if may_change {
            input type="hidden" name="secret_name" value=(secret.name);
            div.pair {
                div.field {
                    label for=(id) { (named("actions-secret-replace")) }
                    input id=(id) type="password" name="secret_value" autocomplete="new-password" placeholder=(text.get("actions-secret-kept"));
                }
                div.remove {
                    input id=(remove) type="checkbox" name="secret_remove" value=(secret.name);
                    label for=(remove) { (named("actions-secret-remove")) }
                }
            }
        }
    }
}

fn new_secret(text: Text, place: usize, name: &str) -> Markup {
    let (id, of) = (
        format!("new-secret-{place}"),
        format!("new-secret-value-{place}"),
    );
    html! {
        div.pair {
            div.field {
                label for=(id) { (text.get("actions-secret-name")) }
                input.mono id=(id) type="text" name="new_secret_name" value=(name) maxlength=(MAX_SECRET_NAME) autocomplete="off"
                    spellcheck="false" autocapitalize="off";
            }
            div.field {
                label for=(of) { (text.get("actions-secret-value")) }
                input id=(of) type="password" name="new_secret_value" autocomplete="new-password";
            }
        }
    }
}

/// The button that adds a row, where scripts run; without them saving makes room for one more.
fn another(text: Text, may_change: bool, label: &str) -> Markup {
    html! {
        @if may_change {
            button.button.button-small.button-secondary type="button" hidden data-another { (text.get(label)) }
        }
    }
}

pub(super) fn general(text: Text, shown: &Shown<'_>) -> Markup {
    let label = text.get("actions-field-name");
    let field = Field::line(text, "name", &label)
        .value(&shown.fields.name)
        .error(shown.errors.of("name"))
        .autocomplete("off")
        .max_length(MAX_NAME);
    html! {
        section.panel aria-labelledby="general-title" {
            h2 id="general-title" { (text.get("actions-general")) }
            (field)
            @if shown.may_change {
                p.spaced { a.button.button-small.button-danger-quiet href=(address(&shown.action.id, "/delete")) { (text.get("actions-delete")) } }
            }
        }
    }
}
