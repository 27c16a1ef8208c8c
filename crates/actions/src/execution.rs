//! What goes in and what comes out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Program};

/// One call of a handler.
#[derive(Clone, Debug)]
pub struct Execution {
    /// The program.
    pub program: Arc<Program>,
    /// The name of the export to call, such as `onExecuteCredentialsExchange`.
    pub handler: String,
    /// The event, an object. The handler gets it frozen.
    pub event: Value,
    /// What the handler finds in `event.secrets`.
    pub secrets: BTreeMap<String, String>,
    /// What `api` offers.
    pub api: Api,
    /// What `api.cache` holds at the start, by key. Expired entries are ignored.
    pub cache: BTreeMap<String, CacheEntry>,
    /// When it is stopped. Actions that run one after the other for one request share it.
    pub deadline: Instant,
}

/// The methods of `api`.
///
/// Each one notes a [`Command`] and returns `api`, so that calls can be chained, but for those that
/// must answer at once: `cache.get`, `cache.set`, `cache.delete`, `redirect.encodeToken`,
/// `redirect.validateToken`, and those in [`Api::answers`].
#[derive(Clone, Debug, Default)]
pub struct Api {
    /// Dotted names: `access.deny`, `accessToken.setCustomClaim`.
    pub methods: Vec<String>,
    /// Methods that answer with a value and note nothing, such as `redirect.canRedirect`.
    pub answers: BTreeMap<String, Value>,
}

impl Api {
    /// An `api` of these methods.
    #[must_use]
    pub fn new(methods: &[&str]) -> Self {
        Self {
            methods: methods.iter().map(|&method| method.to_owned()).collect(),
            answers: BTreeMap::new(),
        }
    }
}

/// A value that an action kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheEntry {
    /// The value.
    pub value: String,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// A call that the handler made on `api`, in the order of the calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Command {
    /// The method: one of [`Api::methods`]. The cache's are `cache.set` with key, value and time of
    /// expiry (milliseconds since the epoch), and `cache.delete` with the key.
    pub method: String,
    /// Its arguments as JSON; `undefined` and functions are null.
    pub arguments: Vec<Value>,
}

/// How far one execution may go, beside its deadline.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of JavaScript heap.
    pub memory: usize,
    /// Bytes of JavaScript stack; at most 1 MiB.
    pub stack: usize,
    /// Bytes of all commands' arguments together, as JSON.
    pub output: usize,
    /// Characters of console output that are kept; a last line says that the rest was dropped.
    pub console: usize,
    /// Bytes of one answer to `fetch`.
    pub response: usize,
    /// Requests that one execution may have open at a time.
    pub requests: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            stack: 512 << 10,
            output: 128 << 10,
            console: 8 << 10,
            response: 4 << 20,
            requests: 32,
        }
    }
}

/// One execution's end.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The commands of a handler that returned (and whose promise was fulfilled), or why it did
    /// not. The commands of a failed execution are dropped: all or nothing.
    pub result: Result<Vec<Command>, Error>,
    /// What the program wrote to the console.
    pub console: Vec<Line>,
    /// How long the execution took, without the wait for a thread.
    pub elapsed: Duration,
    /// Bytes of JavaScript heap in use at the end: of this run if it is its program's first, else of
    /// the last run that was measured, one in 64.
    pub memory: usize,
}

/// One call of a method of `console`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which method.
    pub level: Level,
    /// What it wrote; objects are shown as Node shows them.
    pub text: String,
}

/// Levels of console output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// `console.debug`, `console.trace`.
    Debug,
    /// `console.log`.
    Log,
    /// `console.info`.
    Info,
    /// `console.warn`.
    Warn,
    /// `console.error`, and rejections that nobody handles.
    Error,
}
