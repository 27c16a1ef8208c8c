//! One execution in a runtime of its own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use rquickjs::context::EvalOptions;
use rquickjs::promise::PromiseState;
use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, Exception, Function, Promise, Runtime, Value,
};

use crate::script::{Command, Error, Limits, Outcome, Script};

const PRELUDE: &str = include_str!("prelude.js");

/// Why the interrupt handler ends a script that cannot be trusted to end by itself.
#[derive(Clone, Copy, PartialEq)]
enum Stop {
    Time,
    Output,
}

/// What the script has done so far, shared with the functions that it calls.
struct Effects {
    commands: RefCell<Vec<Command>>,
    console: RefCell<String>,
    console_left: Cell<usize>,
    output_left: Cell<usize>,
    stop: Cell<Option<Stop>>,
}

/// Runs the script's handler with the event, which is JSON text, to its end or a limit.
pub(crate) fn run(script: &Script, event: &str, limits: &Limits) -> Outcome {
    let started = Instant::now();
    let effects = Rc::new(Effects {
        commands: RefCell::default(),
        console: RefCell::default(),
        console_left: Cell::new(limits.console),
        output_left: Cell::new(limits.output),
        stop: Cell::new(None),
    });
    let ran = in_fresh_runtime(script, event, limits, started, &effects);
    // A script can catch an error that a limit threw, and go on or throw another: the limit wins.
    let result = match (effects.stop.get(), ran) {
        (Some(Stop::Time), _) => Err(Error::TimedOut {
            script: script.name.clone(),
            limit: limits.time,
        }),
        (Some(Stop::Output), _) => Err(Error::TooMuchOutput {
            script: script.name.clone(),
            limit: limits.output,
        }),
        (None, Ok(())) => Ok(effects.commands.take()),
        (None, Err(error)) => Err(error),
    };
    Outcome {
        result,
        console: effects.console.take(),
        elapsed: started.elapsed(),
    }
}

fn in_fresh_runtime(
    script: &Script,
    event: &str,
    limits: &Limits,
    started: Instant,
    effects: &Rc<Effects>,
) -> Result<(), Error> {
    let runtime = Runtime::new().map_err(|error| Error::Engine(error.to_string()))?;
    runtime.set_memory_limit(limits.memory);
    runtime.set_max_stack_size(limits.stack);
    let deadline = started + limits.time;
    let watched = Rc::clone(effects);
    runtime.set_interrupt_handler(Some(Box::new(move || {
        if watched.stop.get().is_none() && Instant::now() >= deadline {
            watched.stop.set(Some(Stop::Time));
        }
        watched.stop.get().is_some()
    })));
    let context = Context::full(&runtime).map_err(|error| Error::Engine(error.to_string()))?;
    context.with(|ctx| {
        let promise = start(&ctx, script, event, effects)
            .catch(&ctx)
            .map_err(|error| describe(script, limits, error))?;
        // Only jobs settle promises here: there are no timers and no I/O to wait for.
        while promise.state() == PromiseState::Pending && effects.stop.get().is_none() {
            if !ctx.execute_pending_job() {
                return Err(Error::NeverSettles {
                    script: script.name.clone(),
                });
            }
        }
        match promise.result::<bool>() {
            Some(Ok(true)) | None => Ok(()),
            Some(Ok(false)) => Err(Error::NoHandler {
                script: script.name.clone(),
                handler: script.handler.clone(),
            }),
            Some(Err(error)) => Err(describe(
                script,
                limits,
                CaughtError::from_error(&ctx, error),
            )),
        }
    })
}

/// Compiles the script and calls its handler; the promise settles when the handler is done.
fn start<'js>(
    ctx: &Ctx<'js>,
    script: &Script,
    event: &str,
    effects: &Rc<Effects>,
) -> rquickjs::Result<Promise<'js>> {
    let prelude: Function<'_> = ctx.eval_with_options(PRELUDE, options("prelude.js", true))?;
    let run: Function<'_> = prelude.call((emit(ctx, effects)?, print(ctx, effects)?))?;
    // The wrapper stays on the first line, so that line numbers are the author's own. The line
    // feed ends a comment on the last line.
    let source = format!("(function (exports, module) {{{}\n}})", script.source);
    let main: Value<'_> = ctx.eval_with_options(source, options(&script.name, false))?;
    let methods = serde_json::to_string(&script.api).unwrap_or_default();
    run.call((main, script.handler.as_str(), methods, event))
}

fn options(filename: &str, strict: bool) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.global = true;
    options.strict = strict;
    options.filename = Some(filename.to_owned());
    options
}

/// `emit(method, arguments as JSON)`: notes a command.
fn emit<'js>(ctx: &Ctx<'js>, effects: &Rc<Effects>) -> rquickjs::Result<Function<'js>> {
    let effects = Rc::clone(effects);
    Function::new(
        ctx.clone(),
        move |ctx: Ctx<'js>, method: String, arguments: String| {
            let Some(left) = effects.output_left.get().checked_sub(arguments.len()) else {
                effects.stop.set(Some(Stop::Output));
                return Err(Exception::throw_range(&ctx, "too much output"));
            };
            effects.output_left.set(left);
            let arguments = serde_json::from_str(&arguments)
                .map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?;
            effects
                .commands
                .borrow_mut()
                .push(Command { method, arguments });
            Ok(())
        },
    )
}

/// `print(line)`: keeps a line of console output.
fn print<'js>(ctx: &Ctx<'js>, effects: &Rc<Effects>) -> rquickjs::Result<Function<'js>> {
    let effects = Rc::clone(effects);
    Function::new(ctx.clone(), move |line: String| {
        let mut console = effects.console.borrow_mut();
        let left = effects.console_left.get();
        if left > 0 && !console.is_empty() {
            console.push('\n');
        }
        let kept: String = line.chars().take(left).collect();
        effects
            .console_left
            .set(left.saturating_sub(kept.chars().count() + 1));
        console.push_str(&kept);
    })
}

fn describe(script: &Script, limits: &Limits, error: CaughtError<'_>) -> Error {
    let out_of_memory = || Error::OutOfMemory {
        script: script.name.clone(),
        limit: limits.memory,
    };
    let exception = match error {
        CaughtError::Exception(exception) => exception,
        CaughtError::Error(rquickjs::Error::Allocation) => return out_of_memory(),
        CaughtError::Error(error) => return Error::Engine(error.to_string()),
        // With no memory left there is none for an error object either.
        CaughtError::Value(value) if value.is_null() => return out_of_memory(),
        CaughtError::Value(value) => {
            let shown = value.get::<rquickjs::Coerced<String>>();
            return Error::Threw {
                script: script.name.clone(),
                message: shown.map_or_else(|_| "a value".to_owned(), |shown| shown.0),
                line: None,
                stack: String::new(),
            };
        }
    };
    let message = exception.message().unwrap_or_default();
    let stack = exception.stack().unwrap_or_default();
    let name: String = exception.get("name").unwrap_or_else(|_| "Error".to_owned());
    let line = line_in(&stack, &script.name);
    match name.as_str() {
        "InternalError" if message == "out of memory" => out_of_memory(),
        // One that `new Function` or `eval` raised while the script ran has more frames.
        "SyntaxError" if stack.lines().count() <= 1 && line.is_some() => Error::Syntax {
            script: script.name.clone(),
            message,
            line,
        },
        _ => Error::Threw {
            script: script.name.clone(),
            message: format!("{name}: {message}"),
            line,
            stack,
        },
    }
}

/// The line of the innermost frame of a stack trace that lies in the script:
/// `at handler (enrich.js:12:7)`.
fn line_in(stack: &str, script: &str) -> Option<u32> {
    let (_, position) = stack.split_once(&format!("{script}:"))?;
    let digits = position
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    digits.parse().ok()
}
