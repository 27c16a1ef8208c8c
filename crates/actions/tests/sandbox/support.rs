//! Engines and programs for tests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actions::{Api, Engine, Execution, Limits, Modules, Outcome, Program, Settings};
use egress::{Egress, Policy};
use oauth::{Clock, Entropy};
use serde_json::{Value, json};

pub(crate) const HANDLER: &str = "onExecuteCredentialsExchange";

/// An engine's settings, small.
pub(crate) fn settings() -> Settings {
    Settings {
        threads: 2,
        queue: 8,
        entropy: Entropy::seeded(1),
        ..Settings::new(Egress::new(Policy::default(), Clock::system()))
    }
}

pub(crate) fn engine() -> Engine {
    Engine::start(settings()).expect("threads")
}

pub(crate) fn engine_with(limits: Limits) -> Engine {
    Engine::start(Settings {
        limits,
        ..settings()
    })
    .expect("threads")
}

pub(crate) fn program(source: &str) -> Arc<Program> {
    program_with(source, Modules::default())
}

pub(crate) fn program_with(source: &str, modules: Modules) -> Arc<Program> {
    Arc::new(Program::compile("action.js", source, modules).expect("it compiles"))
}

/// A program of a handler's body.
pub(crate) fn body(body: &str) -> Arc<Program> {
    program(&format!(
        "exports.{HANDLER} = async (event, api) => {{{body}\n}}"
    ))
}

pub(crate) fn execution(program: &Arc<Program>, event: Value) -> Execution {
    Execution {
        program: Arc::clone(program),
        handler: HANDLER.to_owned(),
        event,
        secrets: BTreeMap::new(),
        api: Api::new(&[
            "access.deny",
            "accessToken.setCustomClaim",
            "cache.get",
            "cache.set",
            "cache.delete",
        ]),
        cache: BTreeMap::new(),
        deadline: Instant::now() + Duration::from_secs(5),
    }
}

/// An execution that is stopped soon.
pub(crate) fn short(program: &Arc<Program>) -> Execution {
    Execution {
        deadline: Instant::now() + Duration::from_millis(300),
        ..execution(program, json!({}))
    }
}

/// Runs the body of a handler, with an engine of its own.
pub(crate) async fn run(source: &str) -> Outcome {
    engine().run(execution(&body(source), json!({}))).await
}

/// What the handler passed to `api.access.deny`, or what went wrong.
pub(crate) fn said(outcome: &Outcome) -> Value {
    match &outcome.result {
        Ok(commands) => {
            let arguments = commands.iter().map(|command| command.arguments.first());
            arguments.flatten().cloned().collect()
        }
        Err(error) => json!(error.to_string()),
    }
}
