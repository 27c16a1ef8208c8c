//! One execution, from its start to its end or a limit.

pub(crate) mod describe;

use std::time::{Duration, Instant};

use rquickjs::promise::PromiseState;
use rquickjs::{CatchResultExt as _, CaughtError, Ctx, Function, Object, Promise};
use serde_json::json;

use crate::context::{Prepared, core};
use crate::host::{Stop, Waited};
use crate::{Error, Execution, Outcome};

/// Jobs that still run after the handler is done.
const LAST_JOBS: usize = 1000;

/// How long a handler may take where its request is answered.
const AT_ONCE: Duration = Duration::from_millis(1);

/// Runs the handler where its request is answered, if it ends at once: without waiting, without a
/// request, and before anybody could notice. If not, nothing was done, and it is to be run elsewhere
/// from its beginning.
pub(crate) fn at_once(prepared: &Prepared, execution: &Execution) -> Option<Outcome> {
    let host = &prepared.host;
    let until = Instant::now() + AT_ONCE;
    host.watch.until(until, Stop::Elsewhere);
    let outcome = run(prepared, execution);
    let waits = host.io.came_too_early();
    if host.watch.stopped() != Some(Stop::Elsewhere) && !waits {
        execution.program.was_in_time();
        return Some(outcome);
    }
    let by_chance = !waits && Instant::now() >= until;
    execution.program.was_late(by_chance);
    None
}

/// Runs the handler to its end or its deadline.
pub(crate) fn to_the_end(prepared: &Prepared, execution: &Execution) -> Outcome {
    prepared.host.watch.until(execution.deadline, Stop::Time);
    run(prepared, execution)
}

/// Runs the handler in a context that was prepared for its program.
fn run(prepared: &Prepared, execution: &Execution) -> Outcome {
    let started = Instant::now();
    let host = &prepared.host;
    let ran = prepared.context.with(|ctx| {
        let ran = drive(&ctx, prepared, execution);
        if host.watch.stopped().is_none() {
            wind_up(&ctx);
        }
        ran
    });
    // What it still fetches is dropped now, not when its context is freed.
    host.io.close();
    let (commands, console) = host.effects.take();
    let program = || execution.program.name().to_owned();
    // A program can catch an error that a limit threw, and go on or throw another: the limit wins.
    let result = match (host.watch.stopped(), ran) {
        // Nobody gets to see this.
        (Some(Stop::Elsewhere), _) => Err(Error::Busy),
        (Some(Stop::Time), _) => Err(Error::TimedOut {
            program: program(),
            elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        }),
        (Some(Stop::Output), _) => Err(Error::TooMuchOutput {
            program: program(),
            limit: host.limits.output,
        }),
        (None, Ok(())) => Ok(commands),
        (None, Err(error)) => Err(error),
    };
    let elapsed = started.elapsed();
    let measure = || {
        let used = prepared.runtime.memory_usage().memory_used_size;
        usize::try_from(used).unwrap_or(0)
    };
    let memory = execution.program.heap(measure);
    Outcome {
        result,
        console,
        elapsed,
        memory,
    }
}

/// Writes rejections that nobody handled to the console. Whether one is handled is known when what is
/// due at once is done.
fn wind_up(ctx: &Ctx<'_>) {
    let _ = (0..LAST_JOBS).any(|_| !ctx.execute_pending_job());
    let finish = core(ctx).and_then(|core| core.get::<_, Function<'_>>("finish"));
    // What fails here is lost output of a console, nothing more.
    let _ = finish
        .and_then(|finish| finish.call::<_, ()>(()))
        .catch(ctx);
}

fn drive(ctx: &Ctx<'_>, prepared: &Prepared, execution: &Execution) -> Result<(), Error> {
    let host = &prepared.host;
    let failed = |error| describe::failure(host, error);
    let core = core(ctx).catch(ctx).map_err(failed)?;
    let promise = start(&core, execution).catch(ctx).map_err(failed)?;
    let tick: Function<'_> = core.get("tick").catch(ctx).map_err(failed)?;
    let settle: Function<'_> = core.get("settle").catch(ctx).map_err(failed)?;
    while promise.state() == PromiseState::Pending && host.watch.stopped().is_none() {
        if ctx.execute_pending_job() {
            continue;
        }
        let wait: f64 = tick.call(()).catch(ctx).map_err(failed)?;
        if wait == 0.0 {
            continue;
        }
        if wait < 0.0 && host.io.open() == 0 {
            return Err(Error::NeverSettles {
                program: execution.program.name().to_owned(),
            });
        }
        if !host.io.is_connected() {
            host.watch.stop(Stop::Elsewhere);
            continue;
        }
        let left = execution.deadline.saturating_duration_since(Instant::now());
        let wait = Duration::try_from_secs_f64(wait / 1000.0).unwrap_or(left);
        if let Waited::Completed(completion) = host.io.wait(wait.min(left)) {
            let (failure, answer) = match completion.result {
                Ok(answer) => (None, Some(answer.into_js(ctx).catch(ctx).map_err(failed)?)),
                Err(failure) => (Some(failure.into_js(ctx).catch(ctx).map_err(failed)?), None),
            };
            let settled = settle.call::<_, ()>((completion.id, failure, answer));
            settled.catch(ctx).map_err(failed)?;
        } else if left.is_zero() {
            host.watch.stop(Stop::Time);
        }
    }
    match promise.result::<bool>() {
        Some(Ok(true)) | None => Ok(()),
        Some(Ok(false)) => Err(Error::NoHandler {
            program: execution.program.name().to_owned(),
            handler: execution.handler.clone(),
        }),
        Some(Err(error)) => Err(failed(CaughtError::from_error(ctx, error))),
    }
}

/// Calls the handler; the promise settles when it is done.
fn start<'js>(core: &Object<'js>, execution: &Execution) -> rquickjs::Result<Promise<'js>> {
    let run: Function<'_> = core.get("run")?;
    let surface = execution.program.surface(&execution.api);
    run.call((
        execution.handler.as_str(),
        surface.methods.as_str(),
        surface.answers.as_str(),
        execution.event.to_string(),
        json!(execution.secrets).to_string(),
        json!(execution.cache).to_string(),
    ))
}
