//! What the editor looks like.

use web::components::{
    Crumb, Field, FieldErrors, breadcrumbs, error_summary, link_button, notice, page_heading,
};
use web::{Markup, Page, Text, Tone, Visitor, html};

use super::Entered;
use crate::console::actions::library::state;
use crate::console::actions::{address, head, text, trigger_name};
use crate::model::action::{Action, Fault, Status};
use crate::service::actions::Trial;
use crate::service::actions::flow::joined;

/// Empty places for new secrets.
const PLACES: usize = 2;
/// The fewest lines that the editor shows.
const LINES: usize = 20;

/// What is shown beside the Action itself.
pub(super) struct Shown<'a> {
    /// JSON.
    pub(super) event: &'a str,
    pub(super) trial: Option<&'a Trial>,
    /// Why the draft was not saved.
    pub(super) refusal: Option<&'a str>,
    /// What was typed, where it was not saved.
    pub(super) entered: Option<&'a Entered>,
    pub(super) may_change: bool,
}

pub(super) fn page(
    visitor: &Visitor,
    action: &Action,
    shown: &Shown<'_>,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let fault = fault(action, shown);
    let label = text.get("actions-title");
    let crumbs = [Crumb {
        label: &label,
        href: "/actions",
    }];
    let main = html! {
        (breadcrumbs(visitor.text(), &crumbs))
        (page_heading(&action.name, Some(&trigger_name(text, action.trigger)), Some(html! {
            (state(text, action))
            (link_button(&format!("{}/versions", address(&action.id)), &text.get("versions-title")))
        })))
        (error_summary(visitor.text(), errors))
        @if let Some(why) = shown.refusal { (notice(visitor.text(), Tone::Danger, html! { p { (why) } })) }
        @if action.status == Status::Building || action.status == Status::Pending {
            (notice(visitor.text(), Tone::Info, html! { p { (text.get("building-lead")) } }))
        }
        form.workbench method="post" action=(address(&action.id)) novalidate {
            (visitor.csrf_field())
            div { (code(text, action, shown, fault, errors)) (buttons(text, action, shown)) }
            div {
                @if let Some(trial) = shown.trial { (trial_shown(visitor, trial)) }
                (event(visitor, shown, errors))
                (settings(visitor, action, shown, errors))
            }
        }
    };
    let page = visitor.page(&action.name).head(head());
    match errors.is_empty() && shown.refusal.is_none() {
        true => page.main(main),
        false => page.failed().main(main),
    }
}

/// What is at fault: with the trial, or with the draft.
fn fault<'a>(action: &'a Action, shown: &'a Shown<'_>) -> Option<&'a Fault> {
    match shown.trial {
        Some(trial) => trial.result.as_ref().err(),
        None => action.fault.as_ref(),
    }
}

fn code(
    text: Text,
    action: &Action,
    shown: &Shown<'_>,
    fault: Option<&Fault>,
    errors: &FieldErrors,
) -> Markup {
    let code = shown
        .entered
        .map_or(action.draft.code.as_str(), |entered| &entered.code);
    let lines = code.lines().count() + 1;
    let rows = lines.max(LINES);
    let marked = fault.and_then(|fault| fault.line);
    let wrong = |number: usize| marked.is_some_and(|line| usize::try_from(line) == Ok(number));
    html! {
        section aria-labelledby="code-title" {
            h2 id="code-title" { label for="code" { (text.get("field-code")) } }
            p.fine id="code-hint" { (text.get("code-hint")) }
            div.editor {
                div.editor-numbers aria-hidden="true" {
                    @for number in 1..=rows {
                        span class=[wrong(number).then_some("editor-fault")] { (number) }
                    }
                }
                textarea id="code" name="code" rows=(rows) wrap="off" spellcheck="false" autocapitalize="off"
                    autocomplete="off" aria-describedby="code-hint code-fault"
                    aria-invalid=[errors.of("code").or(fault.map(|_| "")).map(|_| "true")]
                    readonly[!shown.may_change] { "\n" (code) }
            }
            div id="code-fault" {
                @if let Some(error) = errors.of("code") { p.field-error { (error) } }
                @if let Some(fault) = fault { (fault_shown(text, fault)) }
            }
        }
    }
}

/// A fault, with the line that it is in.
pub(in crate::console::actions) fn fault_shown(text: Text, fault: &Fault) -> Markup {
    html! {
        div.notice.notice-danger.editor-line role="alert" {
            div {
                p { strong { (fault.message) } }
                @if let Some(number) = fault.line {
                    p { (text.with("fault-line", [("line", i64::from(number).into())])) }
                    code { (fault.source) }
                }
                @if !fault.stack.is_empty() {
                    details { summary { (text.get("fault-stack")) } pre tabindex="0" { (fault.stack) } }
                }
            }
        }
    }
}

fn buttons(text: Text, action: &Action, shown: &Shown<'_>) -> Markup {
    html! {
        @if shown.may_change {
            div.form-actions {
                button.button.button-primary type="submit" name="intent" value="save" { (text.get("save-draft")) }
                button.button.button-secondary type="submit" name="intent" value="test" { (text.get("test")) }
                button.button.button-secondary type="submit" name="intent" value="deploy" { (text.get("deploy")) }
                a href=(format!("{}/delete", address(&action.id))) { (text.get("delete-button")) }
            }
        }
    }
}

fn trial_shown(visitor: &Visitor, trial: &Trial) -> Markup {
    let text = text(visitor);
    let micros = u64::try_from(trial.elapsed.as_micros()).unwrap_or(u64::MAX);
    let time = format!("{}.{:03}", micros / 1000, micros % 1000);
    let memory = (trial.memory / 1024).to_string();
    let console = joined(&trial.console);
    let commands = trial.result.as_deref().unwrap_or_default();
    let (tone, title) = match trial.result {
        Ok(_) => (Tone::Success, "trial-succeeded"),
        Err(_) => (Tone::Danger, "trial-failed"),
    };
    html! {
        section.panel.trial id="result" aria-labelledby="trial-title" {
            h2 id="trial-title" { (text.get("trial-title")) }
            (notice(visitor.text(), tone, html! {
                p { strong { (text.get(title)) } }
                p { (text.with("trial-took", [("time", time.into()), ("memory", memory.into())])) }
            }))
            h3 { (text.get("trial-console")) }
            @if console.is_empty() { p.fine { (text.get("trial-console-empty")) } }
            @else { pre tabindex="0" { (console) } }
            h3 { (text.get("trial-commands")) }
            @if commands.is_empty() { p.fine { (text.get("trial-commands-empty")) } }
            @else {
                pre tabindex="0" {
                    @for command in commands {
                        @let arguments: Vec<String> = command.arguments.iter().map(ToString::to_string).collect();
                        (format!("api.{}({})\n", command.method, arguments.join(", ")))
                    }
                }
            }
        }
    }
}

fn event(visitor: &Visitor, shown: &Shown<'_>, errors: &FieldErrors) -> Markup {
    let text = text(visitor);
    html! {
        section.panel.editor-event aria-labelledby="event-title" {
            h2 id="event-title" { (text.get("event-title")) }
            (Field::area(visitor.text(), "event", &text.get("field-event"))
                .value(shown.event).hint(&text.get("event-hint")).error(errors.of("event")).optional())
        }
    }
}

fn settings(visitor: &Visitor, action: &Action, shown: &Shown<'_>, errors: &FieldErrors) -> Markup {
    let text = text(visitor);
    let listed: Vec<String> = action
        .draft
        .dependencies
        .iter()
        .map(|package| format!("{}@{}", package.name, package.version))
        .collect();
    let listed = listed.join("\n");
    let name = shown
        .entered
        .map_or(action.name.as_str(), |entered| &entered.name);
    let packages = shown
        .entered
        .map_or(listed.as_str(), |entered| &entered.dependencies);
    html! {
        section.panel aria-labelledby="settings-title" {
            h2 id="settings-title" { (text.get("settings-title")) }
            (Field::line(visitor.text(), "name", &text.get("field-name")).value(name).error(errors.of("name")).autocomplete("off"))
            (Field::area(visitor.text(), "dependencies", &text.get("field-dependencies"))
                .value(packages).hint(&text.get("dependencies-hint")).error(errors.of("dependencies")).optional())
        }
        section.panel aria-labelledby="secrets-title" {
            h2 id="secrets-title" { (text.get("secrets-title")) }
            p.fine { (text.get("secrets-hint")) }
            div.secrets { (secrets(text, action)) }
        }
    }
}

fn secrets(text: Text, action: &Action) -> Markup {
    html! {
        @for (place, secret) in action.draft.secret_names.iter().enumerate() {
            @let id = format!("secret-{place}");
            div.secret-known {
                input type="hidden" name="secret_name" value=(secret.name);
                div.field {
                    label for=(id) { code { (secret.name) } }
                    input id=(id) type="password" name="secret_value" autocomplete="new-password"
                        placeholder=(text.get("secret-kept"));
                }
                label.choice {
                    input type="checkbox" name="remove" value=(secret.name);
                    " " (text.with("secret-remove", [("name", (&secret.name).into())]))
                }
            }
        }
        @for place in 0..PLACES {
            @let (name, value) = (format!("new-secret-{place}"), format!("new-value-{place}"));
            div.secret {
                div.field {
                    label for=(name) { (text.get("field-secret-name")) }
                    input id=(name) type="text" name="secret_name" autocomplete="off" spellcheck="false";
                }
                div.field {
                    label for=(value) { (text.get("field-secret-value")) }
                    input id=(value) type="password" name="secret_value" autocomplete="new-password";
                }
            }
        }
    }
}
