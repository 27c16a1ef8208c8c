//! What the editor looks like.

use web::components::{FieldErrors, error_summary, notice, page_heading};
use web::{Markup, Page, Text, Tone, Visitor, html};

use super::entered::Fields;
use super::{side, trial};
use crate::console::actions::words::{self, State};
use crate::console::actions::{View, address, drawn, head, text, views, way};
use crate::model::action::{Action, Fault, Status};
use crate::service::actions::Trial;

/// The fewest lines that the editor shows.
const LINES: usize = 18;

/// An Action's draft as the page shows it.
pub(super) struct Shown<'a> {
    pub(super) action: &'a Action,
    pub(super) fields: Fields,
    pub(super) trial: Option<Trial>,
    /// Why the draft was not saved, tested or deployed.
    pub(super) refusal: Option<String>,
    pub(super) errors: FieldErrors,
    pub(super) may_change: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn of(action: &'a Action, fields: Fields) -> Self {
        Self {
            action,
            fields,
            trial: None,
            refusal: None,
            errors: FieldErrors::new(),
            may_change: true,
        }
    }

    /// What is at fault: with the trial, or else with the draft.
    fn fault(&self) -> Option<&Fault> {
        match &self.trial {
            Some(trial) => trial.result.as_ref().err(),
            None => self.action.fault.as_ref(),
        }
    }
}

pub(super) fn page(visitor: &Visitor, shown: &Shown<'_>) -> Page {
    let text = text(visitor);
    let action = shown.action;
    let main = html! {
        (way(text, None))
        (page_heading(&action.name, Some(&words::trigger(text, action.trigger)), Some(state(text, action))))
        (views(text, action, View::Code))
        (error_summary(text, &shown.errors))
        @if let Some(why) = &shown.refusal { (notice(text, Tone::Danger, html! { p { (why) } })) }
        form.workbench method="post" action=(address(&action.id, "")) novalidate data-editor=(action.id) {
            (visitor.csrf_field())
            input type="hidden" name="seen" value=(action.build);
            div.workbench-code {
                (code(text, shown))
                @if shown.may_change { (buttons(text, action)) }
            }
            div.workbench-side {
                @if let Some(trial) = &shown.trial { (trial::shown(text, trial)) }
                (side::event(text, shown))
                (side::dependencies(text, shown))
                (side::secrets(text, shown))
                (side::general(text, shown))
            }
        }
    };
    let is_refused = !shown.errors.is_empty() || shown.refusal.is_some();
    drawn(visitor.page(&action.name).head(head()), is_refused, main)
}

/// How far the draft has come; looked at again by the script while it is being built.
fn state(text: Text, action: &Action) -> Markup {
    let state = State::of(action);
    html! {
        div.state id="state" data-live data-pending[state == State::Building] role="status" { (state.badge(text)) }
    }
}

fn code(text: Text, shown: &Shown<'_>) -> Markup {
    let code = &shown.fields.code;
    let rows = (code.lines().count() + 1).max(LINES);
    let fault = shown.fault();
    let marked = fault.and_then(|fault| usize::try_from(fault.line?).ok());
    let error = shown.errors.of("code");
    let invalid = (error.is_some() || fault.is_some()).then_some("true");
    html! {
        section aria-labelledby="code-title" {
            h2.group-title id="code-title" { label for="code" { (text.get("actions-code")) } }
            p.fine id="code-hint" { (text.with("actions-code-hint", [("handler", shown.action.trigger.handler().into())])) }
            div.editor {
                div.editor-numbers aria-hidden="true" {
                    @for number in 1..=rows {
                        span class=[(marked == Some(number)).then_some("editor-fault")] { (number) }
                    }
                }
                div.editor-code {
                    // The first line break of a textarea's content is not part of it.
                    textarea id="code" name="code" rows=(rows) wrap="off" spellcheck="false" autocapitalize="off"
                        autocomplete="off" aria-describedby="code-hint fault" aria-invalid=[invalid]
                        readonly[!shown.may_change] { "\n" (code) }
                }
            }
            div id="fault" data-live[shown.trial.is_none()] {
                @if let Some(error) = error { p.field-error { (error) } }
                @if let Some(fault) = fault { (words::fault(text, fault, Some(code))) }
            }
        }
    }
}

fn buttons(text: Text, action: &Action) -> Markup {
    let obstacle = match action.status {
        Status::Built => None,
        Status::Pending | Status::Building => Some("actions-deploy-building"),
        Status::Failed => Some("actions-deploy-failed"),
    };
    let tested = address(&action.id, "#result");
    html! {
        div.form-actions.editor-buttons {
            button.button.button-primary type="submit" name="intent" value="save" { (text.get("actions-save-draft")) }
            button.button.button-secondary type="submit" name="intent" value="test" formaction=(tested) { (text.get("actions-test")) }
            div.deploy id="deploy" data-live {
                button.button.button-secondary type="submit" name="intent" value="deploy"
                    disabled[obstacle.is_some()] aria-describedby=[obstacle.map(|_| "deploy-why")] { (text.get("actions-deploy")) }
                @if let Some(why) = obstacle { p.fine id="deploy-why" { (text.get(why)) } }
            }
        }
        p.fine { (text.get("actions-buttons-hint")) }
    }
}
