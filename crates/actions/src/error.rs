//! Why an execution gave no commands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in the author's own file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
    /// The text of that line, without the space around it.
    pub source: String,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if !self.source.is_empty() {
            write!(f, ": {}", self.source)?;
        }
        Ok(())
    }
}

/// Why an execution gave no commands. The text is for the program's author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Every thread is taken and the queue is full, or the wait for a thread took too long.
    #[error("too many actions are running; try again in a moment")]
    Busy,
    /// The source is larger than [`Program::LARGEST_SOURCE`](crate::Program::LARGEST_SOURCE).
    #[error("{program} has {size} bytes of code; the limit is {limit}")]
    TooLarge {
        /// The program's name.
        program: String,
        /// Bytes of its source.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The source is not JavaScript.
    #[error("{program} does not parse: {message}{}", place(at.as_ref()))]
    Syntax {
        /// The program's name.
        program: String,
        /// What the parser says.
        message: String,
        /// Where.
        at: Option<Position>,
    },
    /// The program exports no function of that name.
    #[error(
        "{program} exports no function {handler}; add `exports.{handler} = async (event, api) => {{ … }}`"
    )]
    NoHandler {
        /// The program's name.
        program: String,
        /// The export that was looked for.
        handler: String,
    },
    /// The program threw, or the promise of its handler was rejected.
    #[error("{program} threw {message}{}", place(at.as_ref()))]
    Threw {
        /// The program's name.
        program: String,
        /// The error's name and message and those of its causes, or the thrown value.
        message: String,
        /// The innermost place in the author's own file that led to it.
        at: Option<Position>,
        /// The stack trace, modules included.
        stack: String,
    },
    /// The handler awaits a promise that nothing can settle any more.
    #[error("{program} waits for a promise that never settles")]
    NeverSettles {
        /// The program's name.
        program: String,
    },
    /// The execution was not done at its deadline.
    #[error("{program} was stopped after {elapsed_ms} ms; it may not take longer")]
    TimedOut {
        /// The program's name.
        program: String,
        /// How long it ran, in milliseconds.
        elapsed_ms: u64,
    },
    /// The program needs more than [`Limits::memory`](crate::Limits::memory).
    #[error("{program} needs more than {limit} bytes of memory")]
    OutOfMemory {
        /// The program's name.
        program: String,
        /// The limit.
        limit: usize,
    },
    /// The commands' arguments are larger than [`Limits::output`](crate::Limits::output).
    #[error("{program} passes more than {limit} bytes to `api`")]
    TooMuchOutput {
        /// The program's name.
        program: String,
        /// The limit.
        limit: usize,
    },
    /// The engine itself failed.
    #[error("the action engine failed: {0}")]
    Engine(String),
}

impl Error {
    /// Where in the author's file it happened, if that is known.
    #[must_use]
    pub const fn position(&self) -> Option<&Position> {
        match self {
            Self::Syntax { at, .. } | Self::Threw { at, .. } => at.as_ref(),
            _ => None,
        }
    }
}

fn place(position: Option<&Position>) -> String {
    position
        .map(|position| format!(" ({position})"))
        .unwrap_or_default()
}

/// What an author is told of an address that egress refuses.
pub(crate) fn refused_address(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!(
        "{host} is a private or local address; an operator can let actions reach its network with identity.actions.egress_allow"
    )
}
