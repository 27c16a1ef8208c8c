//! The author's file, compiled, and the packages that it requires.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rquickjs::{CatchResultExt as _, Context, Ctx, Runtime};

use crate::bytecode::{self, Bytecode, Keep};
use crate::run::describe;
use crate::{Error, Modules, Position};

/// The author's file, compiled, and the packages that it requires.
///
/// Bytecode is made once, from source: of the author's file here, of a package's file when it is
/// first required.
#[derive(Debug)]
pub struct Program {
    name: String,
    source: String,
    modules: Modules,
    main: Bytecode,
    compiled: Mutex<HashMap<String, Arc<Bytecode>>>,
    ahead: AtomicBool,
    runs: AtomicUsize,
    memory: AtomicUsize,
}

/// How often the heap of a program that runs again and again is measured: one run in so many.
const MEASURED: usize = 64;

/// What stands before the source of a CommonJS file; on its first line, so that lines are the
/// author's own.
const BEFORE: &str = "(function (exports, require, module, __filename, __dirname) {";

impl Program {
    /// Auth0's limit on an action's code, in bytes
    /// (<https://auth0.com/docs/customize/actions/limitations>).
    pub const LARGEST_SOURCE: usize = 100_000;

    /// Compiles the author's file, a CommonJS module in sloppy mode. `name` is what stack traces
    /// and errors call it, such as `enrich-token.js`.
    ///
    /// # Errors
    /// [`Error::TooLarge`], or [`Error::Syntax`] with the place.
    pub fn compile(name: &str, source: &str, modules: Modules) -> Result<Self, Error> {
        if source.len() > Self::LARGEST_SOURCE {
            return Err(Error::TooLarge {
                program: name.to_owned(),
                size: source.len(),
                limit: Self::LARGEST_SOURCE,
            });
        }
        let failed = |error: rquickjs::Error| Error::Engine(error.to_string());
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(64 << 20);
        let context = Context::full(&runtime).map_err(failed)?;
        let main = context.with(|ctx| {
            compile_module(&ctx, source, name, Keep::Source)
                .catch(&ctx)
                .map_err(|error| describe::syntax(name, source, error))
        })?;
        Ok(Self {
            name: name.to_owned(),
            source: source.to_owned(),
            modules,
            main,
            compiled: Mutex::default(),
            ahead: AtomicBool::new(true),
            runs: AtomicUsize::new(0),
            memory: AtomicUsize::new(0),
        })
    }

    /// What stack traces and errors call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The packages that it can require.
    #[must_use]
    pub const fn modules(&self) -> &Modules {
        &self.modules
    }

    pub(crate) const fn main(&self) -> &Bytecode {
        &self.main
    }

    /// The bytecode of a package's file, made from source the first time.
    pub(crate) fn module(&self, ctx: &Ctx<'_>, path: &str) -> rquickjs::Result<Arc<Bytecode>> {
        let lock = || self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytecode) = lock().get(path) {
            return Ok(Arc::clone(bytecode));
        }
        let source = self.modules.text(path).unwrap_or_default();
        let bytecode = Arc::new(compile_module(ctx, source, path, Keep::Lines)?);
        lock().insert(path.to_owned(), Arc::clone(&bytecode));
        Ok(bytecode)
    }

    /// Whether the file's top level may run before a request comes.
    pub(crate) fn runs_ahead(&self) -> bool {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Its top level sends requests, fails or takes long: from now on it runs in the execution.
    pub(crate) fn never_ahead(&self) {
        self.ahead.store(false, Ordering::Relaxed);
    }

    /// The heap at the end of a run. To measure is to walk all of it, which takes longer than a small
    /// run does: the first run is measured, then one in 64, and what was measured last stands for others.
    pub(crate) fn heap(&self, measure: impl FnOnce() -> usize) -> usize {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        if run.is_multiple_of(MEASURED) {
            self.memory.store(measure(), Ordering::Relaxed);
        }
        self.memory.load(Ordering::Relaxed)
    }

    /// The place that a line and column of the compiled file stand for.
    pub(crate) fn position(&self, line: u32, column: u32) -> Position {
        position(&self.source, line, column)
    }
}

fn compile_module(
    ctx: &Ctx<'_>,
    source: &str,
    file: &str,
    keep: Keep,
) -> rquickjs::Result<Bytecode> {
    // A first line for a shell is a comment to Node. The line feed ends a comment on the last line.
    let comment = if source.starts_with("#!") { "//" } else { "" };
    bytecode::compile(ctx, &format!("{BEFORE}{comment}{source}\n}})"), file, keep)
}

pub(crate) fn position(source: &str, line: u32, column: u32) -> Position {
    let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let text: String = source
        .lines()
        .nth(index)
        .unwrap_or_default()
        .chars()
        .take(160)
        .collect();
    let before = u32::try_from(BEFORE.len()).unwrap_or(0);
    let column = if line == 1 {
        column.saturating_sub(before).max(1)
    } else {
        column
    };
    Position {
        line,
        column,
        source: text.trim().to_owned(),
    }
}
