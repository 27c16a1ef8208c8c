//! What went wrong, in words for the program's author.

use rquickjs::{CaughtError, Exception};

use crate::host::Host;
use crate::program::position;
use crate::{Error, Position};

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
    let message = message(&exception);
    if message == "InternalError: out of memory" {
        return out_of_memory();
    }
    let stack = exception.stack().unwrap_or_default();
    Error::Threw {
        program: program.to_owned(),
        message,
        at: author(host, &stack),
        stack,
    }
}

fn message(exception: &Exception<'_>) -> String {
    let name: String = exception.get("name").unwrap_or_else(|_| "Error".to_owned());
    let message = exception.message().unwrap_or_default();
    if message.is_empty() {
        name
    } else {
        format!("{name}: {message}")
    }
}

fn author(host: &Host, stack: &str) -> Option<Position> {
    let (line, column) = place(stack, host.program.name())?;
    Some(host.program.position(line, column))
}

/// Line and column of the innermost frame of a stack trace that lies in the file:
/// `at handler (enrich.js:12:7)`.
fn place(stack: &str, file: &str) -> Option<(u32, u32)> {
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
