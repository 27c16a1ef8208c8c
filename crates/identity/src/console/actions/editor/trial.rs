//! What came of a test.

use actions::Level;
use web::components::{Definition, badge, definitions};
use web::{Markup, Text, Tone, html};

use crate::console::actions::words;
use crate::service::actions::{Command, Line, Trial};

pub(super) fn shown(text: Text, trial: &Trial) -> Markup {
    let commands = trial.result.as_deref().unwrap_or_default();
    let (tone, title) = match trial.result {
        Ok(_) => (Tone::Success, "actions-test-succeeded"),
        Err(_) => (Tone::Danger, "actions-test-failed"),
    };
    let measured = [
        Definition::new(
            text.get("actions-time"),
            html! { (words::duration(text, trial.elapsed)) },
        ),
        Definition::new(
            text.get("actions-memory"),
            html! { (words::memory(trial.memory)) },
        ),
    ];
    html! {
        section.panel.trial id="result" aria-labelledby="result-title" tabindex="-1" {
            div.section-heading {
                h2 id="result-title" { (text.get("actions-result")) }
                div role="status" { (badge(tone, &text.get(title))) }
            }
            div.measured { (definitions(&measured)) }
            @if let Err(fault) = &trial.result {
                p.spaced { a href="#fault" { (fault.message) } }
            }
            h3 { (text.get("actions-console")) }
            (console(text, &trial.console))
            @if trial.result.is_ok() {
                h3 { (text.get("actions-commands")) }
                (calls(text, commands))
            }
        }
    }
}

fn console(text: Text, lines: &[Line]) -> Markup {
    html! {
        @if lines.is_empty() {
            p.fine { (text.get("actions-console-empty")) }
        } @else {
            ol.console {
                @for line in lines {
                    @let level = level(line.level);
                    li data-level=(level) { span.console-level { (level) } span.console-text { (line.text) } }
                }
            }
        }
    }
}

/// Levels are named as the methods of `console` are.
const fn level(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Log => "log",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

fn calls(text: Text, commands: &[Command]) -> Markup {
    html! {
        @if commands.is_empty() {
            p.fine { (text.get("actions-commands-empty")) }
        } @else {
            p.fine { (text.get("actions-commands-lead")) }
            ol.calls {
                @for command in commands {
                    li {
                        @if let Some(sentence) = words::call(text, command) { p { (sentence) } }
                        code { (words::code_of(command)) }
                    }
                }
            }
        }
    }
}
