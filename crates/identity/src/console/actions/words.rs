//! What the pages about Actions say in the same words.

use std::time::Duration;

use serde_json::Value;
use web::components::badge;
use web::{Markup, Text, Tone, html};

use crate::model::action::{Action, Binding, Execution, Fault, Report, Status, Trigger};
use crate::service::actions::Command;

/// How far an Action has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// What was deployed is what the draft says.
    Deployed,
    /// The draft says something else than what was deployed.
    Changed,
    /// It was never deployed.
    Draft,
    Building,
    Failed,
}

impl State {
    pub(super) const ALL: [Self; 5] = [
        Self::Deployed,
        Self::Changed,
        Self::Draft,
        Self::Building,
        Self::Failed,
    ];

    pub(super) fn of(action: &Action) -> Self {
        match (
            action.status,
            &action.deployed_version,
            action.has_undeployed,
        ) {
            (Status::Failed, _, _) => Self::Failed,
            (Status::Pending | Status::Building, _, _) => Self::Building,
            (Status::Built, None, _) => Self::Draft,
            (Status::Built, Some(_), true) => Self::Changed,
            (Status::Built, Some(_), false) => Self::Deployed,
        }
    }

    /// As it stands in addresses, and in the names of texts.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Changed => "changed",
            Self::Draft => "draft",
            Self::Building => "building",
            Self::Failed => "failed",
        }
    }

    pub(super) fn word(self, text: Text) -> String {
        text.get(&format!("actions-state-{}", self.as_str()))
    }

    pub(super) fn badge(self, text: Text) -> Markup {
        let tone = match self {
            Self::Deployed => Tone::Success,
            Self::Changed => Tone::Warning,
            Self::Draft => Tone::Neutral,
            Self::Building => Tone::Info,
            Self::Failed => Tone::Danger,
        };
        badge(tone, &self.word(text))
    }
}

/// A trigger in words.
pub(super) fn trigger(text: Text, trigger: Trigger) -> String {
    text.get(&format!("actions-trigger-{}", trigger.id()))
}

/// When a trigger runs.
pub(super) fn trigger_lead(text: Text, trigger: Trigger) -> String {
    text.get(&format!("actions-trigger-{}-lead", trigger.id()))
}

/// How a run ended, for those who ask whether it did what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Succeeded,
    /// An Action refused, as it may.
    Denied,
    Suspended,
    Failed,
}

impl Outcome {
    pub(super) fn of(execution: &Execution) -> Self {
        use crate::model::action::Ending;
        let denies = |report: &Report| report.commands.iter().any(|name| name == "access.deny");
        match execution.ending {
            Ending::Partial => Self::Failed,
            Ending::Suspended => Self::Suspended,
            Ending::Final if execution.results.iter().any(denies) => Self::Denied,
            Ending::Final => Self::Succeeded,
        }
    }

    pub(super) fn badge(self, text: Text) -> Markup {
        let (tone, id) = match self {
            Self::Succeeded => (Tone::Success, "actions-outcome-succeeded"),
            Self::Denied => (Tone::Warning, "actions-outcome-denied"),
            Self::Suspended => (Tone::Info, "actions-outcome-suspended"),
            Self::Failed => (Tone::Danger, "actions-outcome-failed"),
        };
        badge(tone, &text.get(id))
    }
}

/// `0.42 ms`, `12 ms`, `1.3 s`.
pub(super) fn duration(text: Text, elapsed: Duration) -> String {
    let micros = elapsed.as_micros();
    let (number, id) = match micros {
        0..10_000 => (
            format!("{}.{:02}", micros / 1000, micros % 1000 / 10),
            "actions-milliseconds",
        ),
        10_000..1_000_000 => ((micros / 1000).to_string(), "actions-milliseconds"),
        _ => (
            format!("{}.{:01}", micros / 1_000_000, micros % 1_000_000 / 100_000),
            "actions-seconds",
        ),
    };
    text.with(id, [("number", number.into())])
}

/// `812 kB`, `3.4 MB`.
pub(super) fn memory(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// Calls on `api` that there are words for.
const CALLS: [&str; 17] = [
    "access.deny",
    "accessToken.setCustomClaim",
    "accessToken.addScope",
    "accessToken.removeScope",
    "idToken.setCustomClaim",
    "user.setUserMetadata",
    "user.setAppMetadata",
    "transaction.setMetadata",
    "redirect.sendUserTo",
    "authentication.recordMethod",
    "refreshToken.revoke",
    "session.revoke",
    "validation.error",
    "client.set",
    "client.setMetadata",
    "cache.set",
    "cache.delete",
];

/// A call on `api` as a sentence.
pub(super) fn call(text: Text, call: &Command) -> Option<String> {
    let known = CALLS.iter().find(|known| **known == call.method)?;
    let argument = |place: usize| -> String {
        match call.arguments.get(place) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    };
    let id = format!("actions-call-{}", known.replace('.', "-"));
    let (first, second) = (argument(0), argument(1));
    Some(text.with(&id, [("first", first.into()), ("second", second.into())]))
}

/// The same call as code.
pub(super) fn code_of(call: &Command) -> String {
    let arguments: Vec<String> = call.arguments.iter().map(Value::to_string).collect();
    format!("api.{}({})", call.method, arguments.join(", "))
}

/// What kind of fault it is, in the reader's language.
fn kind(text: Text, fault: &Fault) -> String {
    let own = text.lookup(&format!("actions-fault-{}", fault.id));
    own.unwrap_or_else(|| text.get("actions-fault"))
}

/// A fault in a list: the line, where one is known, and what happened there.
pub(super) fn short_fault(text: Text, fault: &Fault) -> String {
    match fault.line {
        Some(line) => text.with(
            "actions-fault-short",
            [
                ("line", i64::from(line).into()),
                ("message", fault.message.as_str().into()),
            ],
        ),
        None => fault.message.clone(),
    }
}

/// A fault, with the line that it is in and its neighbours. `code` is what failed.
pub(super) fn fault(text: Text, fault: &Fault, code: Option<&str>) -> Markup {
    let at = fault.line.and_then(|line| usize::try_from(line).ok());
    let quoted = at.and_then(|line| Some((line, quoted(fault, code, line)?)));
    html! {
        div.notice.notice-danger.fault role="alert" {
            p { strong { (kind(text, fault)) } }
            p.fault-message { (fault.message) }
            @if let Some((line, lines)) = quoted {
                p {
                    (text.with("actions-fault-line", [("line", line.into())]))
                    " " button.button.button-small.button-secondary type="button" hidden data-line=(line) { (text.get("actions-go-to-line")) }
                }
                pre.quoted tabindex="0" {
                    @for (number, source) in lines {
                        span.quoted-line.quoted-fault[number == line] {
                            span.quoted-number { (number) } (source) "\n"
                        }
                    }
                }
            } @else if let Some(line) = at {
                p { (text.with("actions-fault-line", [("line", line.into())])) }
            }
            @if !fault.stack.is_empty() {
                details { summary { (text.get("actions-stack")) } pre tabindex="0" { (fault.stack) } }
            }
        }
    }
}

/// The line as it was when it failed, with its neighbours if the code still says it.
fn quoted<'a>(
    fault: &'a Fault,
    code: Option<&'a str>,
    line: usize,
) -> Option<Vec<(usize, &'a str)>> {
    let around = code.and_then(|code| quote(code, line));
    let says_it = |lines: &Vec<(usize, &str)>| {
        let own = lines.iter().find(|(number, _)| *number == line);
        fault.source.is_empty() || own.is_some_and(|(_, text)| text.trim() == fault.source.trim())
    };
    match around.filter(says_it) {
        Some(lines) => Some(lines),
        None if fault.source.is_empty() => None,
        None => Some(vec![(line, fault.source.as_str())]),
    }
}

/// The line with this number, and one around it on each side.
fn quote(code: &str, line: usize) -> Option<Vec<(usize, &str)>> {
    let all: Vec<(usize, &str)> = (1..).zip(code.lines()).collect();
    all.get(line.checked_sub(1)?)?;
    let (from, to) = (line.saturating_sub(2), (line + 1).min(all.len()));
    Some(all[from..to].to_vec())
}

/// Where an Action runs: the triggers that it is bound to.
pub(super) fn bound<'a>(
    bindings: &'a [Binding],
    action: &'a Action,
) -> impl Iterator<Item = &'a Binding> {
    bindings
        .iter()
        .filter(|binding| binding.action_id == action.id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use web::{Locale, Text};

    use serde_json::json;

    use super::{CALLS, call, duration, memory, quote};
    use crate::console::actions::CATALOG;
    use crate::service::actions::Command;

    #[test]
    fn times_and_sizes_have_as_many_digits_as_matter() {
        let text = Text::new(Locale::En).of(&CATALOG);
        let of = |micros| duration(text, Duration::from_micros(micros));
        assert_eq!(of(427), "0.42 ms");
        assert_eq!(of(12_345), "12 ms");
        assert_eq!(of(1_340_000), "1.3 s");
        assert_eq!(memory(811_100), "812 kB");
        assert_eq!(memory(3_450_000), "3.4 MB");
    }

    #[test]
    fn every_call_has_words_in_every_language() {
        for method in CALLS {
            let command = Command {
                method: method.to_owned(),
                arguments: vec![json!("one"), json!({ "two": 2 })],
            };
            for locale in Locale::ALL {
                let said = call(Text::new(locale).of(&CATALOG), &command);
                assert!(
                    said.is_some_and(|said| !said.starts_with("actions-")),
                    "{method}"
                );
            }
        }
    }

    #[test]
    fn a_line_is_quoted_with_its_neighbours_where_it_has_some() {
        let code = "a\nb\nc\nd";
        assert_eq!(quote(code, 1), Some(vec![(1, "a"), (2, "b")]));
        assert_eq!(quote(code, 3), Some(vec![(2, "b"), (3, "c"), (4, "d")]));
        assert_eq!(quote(code, 4), Some(vec![(3, "c"), (4, "d")]));
        assert_eq!(quote(code, 5), None);
        assert_eq!(quote(code, 0), None);
    }
}
