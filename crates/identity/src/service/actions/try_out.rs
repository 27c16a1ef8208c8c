//! Trying an Action's draft with a made-up event. Nothing is changed by it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::bound::shown;
use super::flow::surface;
use super::packages::installed;
use super::runner::{Command, Job, Line, Modules, TIME};
use super::{missing, secrets};
use crate::model::action::{Fault, Status};
use crate::model::action_samples;
use crate::store::actions;
use crate::{Error, Tenant};

/// What came of a trial, for the author.
pub(crate) struct Trial {
    pub(crate) result: Result<Vec<Command>, Fault>,
    /// What was written to the console.
    pub(crate) console: Vec<Line>,
    pub(crate) elapsed: Duration,
    /// Bytes.
    pub(crate) memory: u64,
}

/// Runs the draft with this event; an empty one stands for the trigger's sample. Its requests are real ones; what it asks of `api` is only told.
///
/// # Errors
/// 404 for an unknown Action, 400 while it is being built. A draft that does not build is a trial that
/// failed.
pub(crate) async fn try_out(tenant: &Tenant, id: &str, event: Value) -> Result<Trial, Error> {
    let action = actions::find(tenant.db(), id).await?.ok_or_else(missing)?;
    let failed = |fault| Trial {
        result: Err(fault),
        console: Vec::new(),
        elapsed: Duration::ZERO,
        memory: 0,
    };
    match action.status {
        Status::Built => {}
        Status::Failed => return Ok(failed(action.fault.unwrap_or_default())),
        Status::Pending | Status::Building => {
            return Err(Error::Invalid {
                code: "action_not_built",
                message:
                    "The action must be in the 'built' state before it can be tested: try again \
                          in a moment"
                        .into(),
            });
        }
    }
    let packages = match &action.draft.modules {
        Some(id) => match installed(tenant, id).await? {
            Ok(modules) => modules,
            Err(fault) => return Ok(failed(fault)),
        },
        None => Modules::default(),
    };
    let runner = &tenant.actions().runner;
    let compiled = runner
        .compile(&action.name, &action.draft.code, packages)
        .await;
    let program = match compiled {
        Ok(program) => program,
        Err(fault) => return Ok(failed(fault)),
    };
    let values = secrets::open(tenant, id, &action.draft)?;
    let surface = surface(action.trigger);
    let event = match event.as_object().is_some_and(serde_json::Map::is_empty) {
        true => action_samples::sample(action.trigger),
        false => event,
    };
    let job = Job {
        program,
        handler: action.trigger.handler(),
        event,
        secrets: shown(&values),
        methods: surface.methods,
        answers: surface.answers(true),
        cache: BTreeMap::new(),
        deadline: Instant::now() + TIME,
    };
    let ran = runner.run(job).await;
    Ok(Trial {
        result: ran.result,
        console: ran.console,
        elapsed: ran.elapsed,
        memory: ran.memory,
    })
}
