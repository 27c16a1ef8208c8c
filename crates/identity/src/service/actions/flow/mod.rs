//! Running the Actions of a trigger: one file a trigger says what the event holds and what the calls
//! on `api` do.

mod client_credentials;
mod clients;
pub(crate) mod event;
mod post_login;
mod users;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use oauth::Timestamp;
use serde_json::Value;

pub(crate) use client_credentials::{ClientToken, client_credentials};
pub(crate) use clients::{
    ClientOrigin, NewClient, Wish as ClientWish, client_registration, governs_clients,
};
pub(crate) use post_login::{
    Login, Protocol, Refused as LoginRefused, Wish as LoginWish, post_login,
};
pub(crate) use users::{SignUp, post_user_registration, pre_user_registration};

use super::bound::Ready;
use super::runner::{Command, Job, Line, Ran, TIME};
use crate::Tenant;
use crate::model::action::{CONTINUE, Ending, Execution, Fault, Report, Trigger};
use crate::model::log::{Entry, Event};

/// What `api` offers at a trigger.
pub(crate) struct Surface {
    /// Methods that are noted as commands.
    pub(crate) methods: &'static [&'static str],
    redirects: bool,
}

impl Surface {
    /// Methods that answer with a value.
    pub(super) fn answers(&self, may_redirect: bool) -> BTreeMap<String, Value> {
        let answers = [
            ("redirect.canRedirect", may_redirect),
            // The vendor's predecessor of Actions, which this tenant never had.
            ("rules.wasExecuted", false),
        ];
        let answers = answers.into_iter().filter(|_| self.redirects);
        answers
            .map(|(name, answer)| (name.to_owned(), Value::Bool(answer)))
            .collect()
    }
}

/// What `api` offers at a trigger.
pub(crate) const fn surface(trigger: Trigger) -> Surface {
    Surface {
        methods: match trigger {
            Trigger::CredentialsExchange => client_credentials::METHODS,
            Trigger::PostLogin => post_login::METHODS,
            Trigger::PreUserRegistration => users::METHODS,
            Trigger::PostUserRegistration => &[],
            Trigger::ClientRegistration => clients::METHODS,
        },
        redirects: matches!(trigger, Trigger::PostLogin),
    }
}

/// Whether the flow goes on after an Action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// With the next one.
    GoOn,
    /// No further one runs.
    Stop,
    /// The user is sent elsewhere first.
    Suspend,
}

/// What a trigger does with the calls on `api` of an Action that succeeded.
trait Effects {
    /// Notes the effect of a call, and shows it to the Actions that follow.
    ///
    /// # Errors
    /// What the author did wrong: the Action fails with it.
    fn obey(&mut self, command: &Command, event: &mut Value) -> Result<After, String>;
}

/// A run of a trigger.
struct Turn {
    trigger: Trigger,
    event: Value,
    client_id: Option<String>,
    user_id: Option<String>,
    /// Whether the user may be sent elsewhere.
    may_redirect: bool,
    /// Goes on where an earlier part of the run stopped.
    resumed: Option<Resumed>,
}

/// Where a run goes on.
struct Resumed {
    /// The binding whose Action sent the user away.
    binding_id: String,
    earlier: Execution,
}

/// How a run ended that did not fail.
struct Done {
    execution: Execution,
    /// The binding of the Action that sent the user away.
    suspended_at: Option<String>,
}

/// An Action failed: nothing of what the run asked for happens.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    /// What the log and the Management API know the run by.
    pub(crate) execution_id: String,
    /// The Action that failed.
    pub(crate) action: String,
    /// Why, for the log.
    pub(crate) why: String,
}

impl Failed {
    /// What a stranger is told.
    pub(crate) fn sentence(&self) -> String {
        format!(
            "An action of this tenant failed: its administrator finds why under execution {}",
            self.execution_id
        )
    }
}

/// Runs the Actions of a trigger in order, with one time limit for all of them.
async fn run(
    tenant: &Tenant,
    list: &[Arc<Ready>],
    turn: Turn,
    effects: &mut (dyn Effects + Send),
) -> Result<Done, Failed> {
    let now = tenant.clock().now();
    let mut execution = Execution {
        id: tenant.entropy().uuid().to_string(),
        trigger: turn.trigger,
        ending: Ending::Final,
        results: Vec::new(),
        client_id: turn.client_id,
        user_id: turn.user_id,
        created_at: now,
        updated_at: now,
    };
    let mut start = 0;
    let mut continuing = false;
    if let Some(resumed) = turn.resumed {
        let at = list
            .iter()
            .position(|ready| ready.binding_id == resumed.binding_id);
        // An Action that was unbound meanwhile has nothing to say any more.
        continuing = at.is_some();
        start = at.unwrap_or(0);
        execution = resumed.earlier;
        execution.ending = Ending::Final;
    }
    let deadline = Instant::now() + TIME;
    let surface = surface(turn.trigger);
    let mut event = turn.event;
    let mut suspended_at = None;
    for ready in &list[start..] {
        let handler = match std::mem::take(&mut continuing) {
            true => CONTINUE,
            false => turn.trigger.handler(),
        };
        let started = tenant.clock().now();
        let answers = surface.answers(turn.may_redirect);
        let mut ran = one(
            tenant,
            turn.trigger,
            ready,
            handler,
            event.clone(),
            (&surface, answers, deadline),
        )
        .await;
        let mut after = After::GoOn;
        if let Ok(commands) = &ran.result {
            match obey(commands, effects, &mut event) {
                Ok(wish) => after = wish,
                Err(fault) => ran.result = Err(fault),
            }
        }
        if let Ok(commands) = &ran.result {
            remember(tenant, turn.trigger, commands);
        }
        let failed = ran.result.as_ref().err().cloned();
        execution.results.push(report(tenant, ready, &ran, started));
        if let Some(fault) = failed {
            return Err(fail(tenant, execution, ready, fault));
        }
        match after {
            After::GoOn => {}
            After::Stop => break,
            After::Suspend => {
                execution.ending = Ending::Suspended;
                suspended_at = Some(ready.binding_id.clone());
                break;
            }
        }
    }
    execution.updated_at = tenant.clock().now();
    tenant.actions().records.push(execution.clone());
    Ok(Done {
        execution,
        suspended_at,
    })
}

async fn one(
    tenant: &Tenant,
    trigger: Trigger,
    ready: &Ready,
    handler: &'static str,
    event: Value,
    (surface, answers, deadline): (&Surface, BTreeMap<String, Value>, Instant),
) -> Ran {
    let program = match &ready.program {
        Ok(program) => program.clone(),
        Err(fault) => {
            return Ran {
                result: Err(fault.clone()),
                console: Vec::new(),
                elapsed: std::time::Duration::ZERO,
                memory: 0,
            };
        }
    };
    let job = Job {
        program,
        handler,
        event,
        secrets: ready.secrets.clone(),
        methods: surface.methods,
        answers,
        cache: tenant.actions().cache.entries(trigger),
        deadline,
    };
    tenant.actions().runner.run(job).await
}

/// The effects of an Action's calls, in their order; the last wish about how the flow goes on counts.
fn obey(
    commands: &[Command],
    effects: &mut (dyn Effects + Send),
    event: &mut Value,
) -> Result<After, Fault> {
    let mut after = After::GoOn;
    for command in commands {
        if command.method.starts_with("cache.") {
            continue;
        }
        match effects.obey(command, event) {
            Ok(After::GoOn) => {}
            // A refusal is final, whatever is asked for after it.
            Ok(_) if after == After::Stop => {}
            Ok(wish) => after = wish,
            Err(sentence) => {
                return Err(Fault {
                    id: "invalid_call".to_owned(),
                    message: format!("api.{}: {sentence}", command.method),
                    ..Fault::default()
                });
            }
        }
    }
    Ok(after)
}

/// What an Action put into its cache or took out of it.
fn remember(tenant: &Tenant, trigger: Trigger, commands: &[Command]) {
    let cache = &tenant.actions().cache;
    for command in commands {
        let text = |place: usize| command.arguments.get(place).and_then(Value::as_str);
        match (command.method.as_str(), text(0)) {
            ("cache.set", Some(key)) => {
                let until = command.arguments.get(2).and_then(Value::as_i64);
                cache.set(trigger, key, text(1).unwrap_or_default(), until);
            }
            ("cache.delete", Some(key)) => cache.delete(trigger, key),
            _ => {}
        }
    }
}

fn report(tenant: &Tenant, ready: &Ready, ran: &Ran, started_at: Timestamp) -> Report {
    let commands = ran.result.as_deref().unwrap_or_default();
    let mut methods: Vec<String> = Vec::new();
    for command in commands {
        if !methods.contains(&command.method) {
            methods.push(command.method.clone());
        }
    }
    Report {
        action_id: ready.action_id.clone(),
        action_name: ready.name.clone(),
        error: ran.result.as_ref().err().cloned(),
        console: joined(&ran.console).chars().take(Report::CONSOLE).collect(),
        started_at,
        ended_at: tenant.clock().now(),
        elapsed_us: u64::try_from(ran.elapsed.as_micros()).unwrap_or(u64::MAX),
        memory: ran.memory,
        commands: methods,
    }
}

/// Console output as one text.
pub(crate) fn joined(console: &[Line]) -> String {
    let lines: Vec<&str> = console.iter().map(|line| line.text.as_str()).collect();
    lines.join("\n")
}

fn fail(tenant: &Tenant, mut execution: Execution, ready: &Ready, fault: Fault) -> Failed {
    execution.ending = Ending::Partial;
    execution.updated_at = tenant.clock().now();
    let failed = Failed {
        execution_id: execution.id.clone(),
        action: ready.name.clone(),
        why: match fault.line {
            Some(line) => format!("line {line}: {}", fault.message),
            None => fault.message,
        },
    };
    tracing::info!(action.id = %ready.action_id, execution.id = %failed.execution_id, "an action failed");
    let mut entry = Entry::new(Event::ActionsExecutionFailed)
        .saying(format!("{}: {}", failed.action, failed.why))
        .with("details", details(&failed.execution_id));
    entry.client_id.clone_from(&execution.client_id);
    entry.user_id.clone_from(&execution.user_id);
    tenant.log(entry);
    tenant.actions().records.push(execution);
    failed
}

/// The member of log entries that leads to a run.
pub(crate) fn details(execution_id: &str) -> Value {
    serde_json::json!({ "actions": { "executions": [execution_id] } })
}

/// An argument that must be text.
fn text<'a>(command: &'a Command, place: usize, name: &str) -> Result<&'a str, String> {
    let argument = command.arguments.get(place).and_then(Value::as_str);
    argument.ok_or_else(|| format!("`{name}` must be a string"))
}

/// An argument that may be left out, and is text.
fn optional_text(command: &Command, place: usize) -> Option<String> {
    let argument = command.arguments.get(place).and_then(Value::as_str);
    argument.map(str::to_owned)
}
