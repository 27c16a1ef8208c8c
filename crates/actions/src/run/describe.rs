//! What went wrong, in words for the program's author.

use std::fmt::Write as _;

use rquickjs::{CaughtError, Exception, Object, Value};

use crate::Error;
use crate::host::Host;
use crate::program::position;

/// Why a program does not compile.
pub(crate) fn syntax(program: &str, source: &str, error: CaughtError<'_>) -> Error {
    let CaughtError::Exception(exception) = error else {
        return Error::Engine(error.to_string());
    };
    let stack = exception.stack().unwrap_or_default();
    Error::Syntax {
        program: program.to_owned(),
        message: exception.message().unwrap_or_default(),
        at: place(&stack, program).map(|(line, column)| position(source, line, column)),
    }
}

/// Why an execution failed.
pub(crate) fn failure(host: &Host, error: CaughtError<'_>) -> Error {
    let program = host.program.name();
    let out_of_memory = || Error::OutOfMemory {
        program: program.to_owned(),
        limit: host.limits.memory,
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
                program: program.to_owned(),
                message: shown.map_or_else(|_| "a value".to_owned(), |shown| shown.0),
                at: None,
                stack: String::new(),
            };
        }
    };
    let mut message = headline(&exception);
    if message == "InternalError: out of memory" {
        return out_of_memory();
    }
    let mut stack = exception.stack().unwrap_or_default();
    let mut found = place(&stack, program);
    for cause in causes(&exception) {
        let _ = write!(message, " (caused by {})", headline(&cause));
        let of_cause = cause.stack().unwrap_or_default();
        found = found.or_else(|| place(&of_cause, program));
        let _ = write!(stack, "caused by {}\n{of_cause}", headline(&cause));
    }
    if let Some(answer) = answer(&exception) {
        let _ = write!(message, "; the answer was {answer}");
    }
    let found = found.or_else(|| host.trail.last());
    Error::Threw {
        program: program.to_owned(),
        message,
        at: found.map(|(line, column)| host.program.position(line, column)),
        stack,
    }
}

/// Name and message.
fn headline(exception: &Exception<'_>) -> String {
    let name: String = exception.get("name").unwrap_or_else(|_| "Error".to_owned());
    let message = exception.message().unwrap_or_default();
    if message.is_empty() {
        name
    } else {
        format!("{name}: {message}")
    }
}

/// `cause`, the cause's cause, and so on.
fn causes<'js>(exception: &Exception<'js>) -> Vec<Exception<'js>> {
    const DEEPEST: usize = 4;
    let mut causes = Vec::new();
    let mut at = exception.clone();
    while let Ok(cause) = at.get::<_, Exception<'js>>("cause") {
        if causes.len() >= DEEPEST {
            break;
        }
        causes.push(cause.clone());
        at = cause;
    }
    causes
}

/// The beginning of what a server said, where the error carries its answer as axios's do.
fn answer(exception: &Exception<'_>) -> Option<String> {
    const LONGEST: usize = 300;
    let response: Object<'_> = exception.get("response").ok()?;
    let data: Value<'_> = response.get("data").ok()?;
    let text = exception
        .ctx()
        .json_stringify(data)
        .ok()??
        .to_string()
        .ok()?;
    Some(text.chars().take(LONGEST).collect())
}

/// Line and column of the innermost frame of a stack trace that lies in the file:
/// `at handler (enrich.js:12:7)`.
pub(crate) fn place(stack: &str, file: &str) -> Option<(u32, u32)> {
    let file = format!("{file}:");
    stack.lines().find_map(|frame| {
        let (before, place) = frame.split_once(&file)?;
        if !before.ends_with(['(', ' ']) {
            return None;
        }
        let (line, column) = place.trim_end_matches(')').split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    })
}
