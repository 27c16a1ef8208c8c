//! The author's file, compiled, and the packages that it requires.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rquickjs::module::Declared;
use rquickjs::{CatchResultExt as _, Context, Ctx, Module, Runtime};
use serde_json::json;

use crate::bytecode::{self, Bytecode, Keep};
use crate::modules::{How, ResolveError};
use crate::run::describe;
use crate::{Api, Error, Modules, Position};

/// The author's file, compiled, and the packages that it requires.
///
/// Bytecode is made once, from source: of the author's file here, of a package's file when it is
/// first required, for all programs that share the package.
#[derive(Debug)]
pub struct Program {
    name: String,
    source: String,
    modules: Modules,
    main: Bytecode,
    resolved: Mutex<HashMap<Asked, Result<Found, ResolveError>>>,
    parts: Mutex<Vec<String>>,
    surface: Mutex<Option<Arc<Surface>>>,
    ahead: AtomicBool,
    late: AtomicUsize,
    runs: AtomicUsize,
    memory: AtomicUsize,
}

/// What `api` offers, as JSON: its methods, and those that answer with a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Surface {
    pub(crate) methods: String,
    pub(crate) answers: String,
}

/// The file that asks for another, the name that it uses, and how.
type Asked = (String, String, How);

/// A package's file.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) is_es_module: bool,
}

/// How often the heap of a program that runs again and again is measured: one run in so many.
const MEASURED: usize = 64;

/// What a run counts that did not end at once; one that did takes one away.
const LATE: usize = 4;

/// From this count on a program runs on a thread, and only now and then where its request is answered: it
/// fails to end at once more often than once in five times.
const MOST_LATE: usize = 32;

/// What a program counts that waits or sends requests: it is never tried again.
const WAITS: usize = usize::MAX / 2;

/// One run in so many is tried again.
const TRIED: usize = 64;

/// How many names of modules are remembered with what they mean.
const MOST_RESOLVED: usize = 20_000;

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
            compile_script(&ctx, source, name, Keep::Source)
                .catch(&ctx)
                .map_err(|error| describe::syntax(name, source, error))
        })?;
        Ok(Self {
            name: name.to_owned(),
            source: source.to_owned(),
            modules,
            main,
            resolved: Mutex::default(),
            parts: Mutex::default(),
            surface: Mutex::default(),
            ahead: AtomicBool::new(true),
            late: AtomicUsize::new(0),
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

    /// What `wanted` means in the file `from`; looked for once.
    pub(crate) fn resolve(
        &self,
        from: &str,
        wanted: &str,
        how: How,
    ) -> Result<Found, ResolveError> {
        let key = (from.to_owned(), wanted.to_owned(), how);
        let lock = || self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = lock().get(&key) {
            return found.clone();
        }
        let found = self.modules.resolve(from, wanted, how);
        let found = found.map(|path| Found {
            is_es_module: self.modules.is_es_module(&path),
            path,
        });
        let mut resolved = lock();
        // A program can make up as many names as it likes.
        if resolved.len() < MOST_RESOLVED {
            resolved.insert(key, found.clone());
        }
        found
    }

    /// The bytecode of a package's CommonJS file, made from source the first time.
    pub(crate) fn module(&self, ctx: &Ctx<'_>, path: &str) -> rquickjs::Result<Arc<Bytecode>> {
        if let Some(bytecode) = self.modules.compiled(path) {
            return Ok(bytecode);
        }
        let source = self.modules.text(path).unwrap_or_default();
        let bytecode = compile_script(ctx, &source, path, Keep::Lines)?;
        Ok(self.modules.keep(path, bytecode))
    }

    /// A package's ES module, declared in the context; compiled from source the first time.
    pub(crate) fn es_module<'js>(
        &self,
        ctx: &Ctx<'js>,
        path: &str,
    ) -> rquickjs::Result<Module<'js, Declared>> {
        if let Some(bytecode) = self.modules.compiled(path) {
            return bytecode::declare(ctx, &bytecode);
        }
        let source = self.modules.text(path).unwrap_or_default();
        let (bytecode, module) = bytecode::compile_module(ctx, &source, path)?;
        self.modules.keep(path, bytecode);
        Ok(module)
    }

    /// Notes that a run needed a part of the library.
    pub(crate) fn used(&self, part: &str) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if !parts.iter().any(|known| known == part) {
            parts.push(part.to_owned());
        }
    }

    /// The parts of the library that runs needed so far, in the order of their first use.
    pub(crate) fn parts(&self) -> Vec<String> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.clone()
    }

    /// What `api` offers at a run, noted for the next one.
    pub(crate) fn surface(&self, api: &Api) -> Arc<Surface> {
        let surface = Surface {
            methods: json!(api.methods).to_string(),
            answers: json!(api.answers).to_string(),
        };
        let mut known = self.surface.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(known) if **known == surface => Arc::clone(known),
            _ => Arc::clone(known.insert(Arc::new(surface))),
        }
    }

    /// What `api` offered at the last run.
    pub(crate) fn last_surface(&self) -> Option<Arc<Surface>> {
        let known = self.surface.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// Whether the file's top level may run before a request comes.
    pub(crate) fn runs_ahead(&self) -> bool {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Its top level sends requests, fails or takes long: from now on it runs in the execution.
    pub(crate) fn never_ahead(&self) {
        self.ahead.store(false, Ordering::Relaxed);
    }

    /// Whether it can be expected to end at once.
    pub(crate) fn ends_at_once(&self) -> bool {
        let late = self.late.load(Ordering::Relaxed);
        let is_tried = self.runs.load(Ordering::Relaxed).is_multiple_of(TRIED);
        late < MOST_LATE || late < WAITS && is_tried
    }

    /// It ended at once.
    pub(crate) fn was_in_time(&self) {
        let less = |late: usize| (1..WAITS).contains(&late).then(|| late - 1);
        let _ = self
            .late
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// It did not end at once: it waits or sends requests, or it took its time, which may be chance.
    pub(crate) fn was_late(&self, by_chance: bool) {
        let weight = if by_chance { LATE } else { WAITS };
        let more = |late: usize| Some(late.saturating_add(weight).min(WAITS));
        let _ = self
            .late
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
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

fn compile_script(
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

#[cfg(test)]
mod tests {
    use super::{LATE, MOST_LATE, Program};
    use crate::Modules;

    #[test]
    fn chance_costs_a_program_its_place_for_a_while_and_waiting_for_good() {
        let program = Program::compile("a.js", "", Modules::default()).expect("it compiles");
        let run = |program: &Program| program.heap(|| 0);
        run(&program);
        // Now and then something else takes the processor.
        for _ in 0..1000 {
            program.was_late(true);
            (0..LATE).for_each(|_| program.was_in_time());
        }
        assert!(program.ends_at_once());
        for _ in 0..MOST_LATE / LATE {
            program.was_late(true);
        }
        assert!(!program.ends_at_once());
        let again = (0..200).find(|_| {
            run(&program);
            program.ends_at_once()
        });
        assert!(again.is_some(), "it is tried again");
        program.was_in_time();
        assert!(program.ends_at_once());
        program.was_late(false);
        let again = (0..200).find(|_| {
            run(&program);
            program.was_in_time();
            program.ends_at_once()
        });
        assert_eq!(again, None);
    }
}
