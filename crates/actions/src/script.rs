//! What goes in and what comes out.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// A script and the handler in it that is to run.
#[derive(Clone, Debug)]
pub struct Script {
    /// The name that stack traces show, such as `enrich-token.js`.
    pub name: String,
    /// The source: a CommonJS module in sloppy mode, as Node reads one.
    pub source: String,
    /// The name of the export to call, such as `onExecuteCredentialsExchange`.
    pub handler: String,
    /// The methods of `api`, dotted: `access.deny`, `accessToken.setCustomClaim`.
    pub api: Vec<String>,
}

/// A call that the script made on `api`, in the order of the calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Command {
    /// The method: one of [`Script::api`].
    pub method: String,
    /// Its arguments as JSON; `undefined` and functions are null.
    pub arguments: Vec<Value>,
}

/// How far one execution may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time from the start of the execution to its end.
    pub time: Duration,
    /// Bytes of JavaScript heap.
    pub memory: usize,
    /// Bytes of JavaScript stack. A thread's own stack (2 MiB) must hold it.
    pub stack: usize,
    /// Bytes of all commands' arguments together, as JSON.
    pub output: usize,
    /// Characters of console output that are kept; the rest is dropped in silence.
    pub console: usize,
}

impl Default for Limits {
    /// Auth0's time and console limits
    /// (<https://auth0.com/docs/customize/actions/limitations>); memory and stack are ours.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(20),
            memory: 32 << 20,
            stack: 512 << 10,
            output: 128 << 10,
            console: 256,
        }
    }
}

/// One execution's end.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The commands of a handler that returned (and whose promise was fulfilled), or why it did
    /// not. The commands of a failed execution are dropped: all or nothing.
    pub result: Result<Vec<Command>, Error>,
    /// What the script wrote to the console, one line a call.
    pub console: String,
    /// How long the execution took, without the wait for a thread.
    pub elapsed: Duration,
}

/// Why an execution gave no commands. The text is for the script's author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Every thread is taken and the queue is full, or the wait for a thread took too long.
    #[error("too many scripts are running; try again in a moment")]
    Busy,
    /// The source is not JavaScript.
    #[error("{script} does not parse: {message}{}", at(*line))]
    Syntax {
        /// The script's name.
        script: String,
        /// What the parser says.
        message: String,
        /// The line, counted from 1.
        line: Option<u32>,
    },
    /// The script exports no function of that name.
    #[error(
        "{script} exports no function {handler}; add `exports.{handler} = async (event, api) => {{ … }}`"
    )]
    NoHandler {
        /// The script's name.
        script: String,
        /// The export that was looked for.
        handler: String,
    },
    /// The script threw, or the promise of its handler was rejected.
    #[error("{script} threw {message}{}", at(*line))]
    Threw {
        /// The script's name.
        script: String,
        /// The error's name and message, or the thrown value.
        message: String,
        /// The line that threw, counted from 1.
        line: Option<u32>,
        /// The stack trace.
        stack: String,
    },
    /// The handler awaits a promise that nothing can settle any more.
    #[error("{script} waits for a promise that never settles")]
    NeverSettles {
        /// The script's name.
        script: String,
    },
    /// The execution took longer than [`Limits::time`].
    #[error("{script} was stopped after {} ms", limit.as_millis())]
    TimedOut {
        /// The script's name.
        script: String,
        /// The limit.
        limit: Duration,
    },
    /// The script needs more than [`Limits::memory`].
    #[error("{script} needs more than {limit} bytes of memory")]
    OutOfMemory {
        /// The script's name.
        script: String,
        /// The limit.
        limit: usize,
    },
    /// The commands' arguments are larger than [`Limits::output`].
    #[error("{script} passes more than {limit} bytes to `api`")]
    TooMuchOutput {
        /// The script's name.
        script: String,
        /// The limit.
        limit: usize,
    },
    /// The engine itself failed.
    #[error("the script engine failed: {0}")]
    Engine(String),
}

fn at(line: Option<u32>) -> String {
    line.map(|line| format!(" (line {line})"))
        .unwrap_or_default()
}
