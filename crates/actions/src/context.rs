//! A fresh JavaScript context, ready for its one execution.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egress::Egress;
use oauth::{Clock, Entropy};
use rquickjs::promise::PromiseHookType;
use rquickjs::{CatchResultExt as _, Context, Ctx, Function, Object, Runtime};

use crate::host::{Effects, Host, Imports, Io, Library, Stop, Trail, Watch};
use crate::{Error, Limits, Program};

/// How long the top level of a program may run before a request comes. One that needs longer runs
/// in the execution.
const AHEAD: Duration = Duration::from_millis(250);

/// The part of the library that every context begins with.
const CORE: &str = "core";

/// A thread's own stack (2 MiB) must hold JavaScript's and what Rust needs beside it.
const LARGEST_STACK: usize = 1 << 20;

/// What contexts are made of.
pub(crate) struct Maker {
    pub(crate) library: Arc<Library>,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) egress: Egress,
}

/// A context in a runtime of its own. Dropped in this order.
pub(crate) struct Prepared {
    pub(crate) context: Context,
    pub(crate) runtime: Runtime,
    pub(crate) host: Arc<Host>,
}

impl Maker {
    /// A context in which nothing ran but our own code.
    pub(crate) fn fresh(&self, program: &Arc<Program>) -> Result<Prepared, Error> {
        let failed = |error: rquickjs::Error| Error::Engine(error.to_string());
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(self.limits.memory);
        runtime.set_max_stack_size(self.limits.stack.min(LARGEST_STACK));
        // Contexts are short-lived and bounded: collecting cycles early costs more than it frees.
        runtime.set_gc_threshold(self.limits.memory / 4);
        let context = Context::full(&runtime).map_err(failed)?;
        let host = Arc::new(Host {
            program: Arc::clone(program),
            library: Arc::clone(&self.library),
            limits: self.limits,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            egress: self.egress.clone(),
            io: Io::new(self.limits.memory),
            watch: Watch::default(),
            effects: Effects::new(&self.limits),
            trail: Trail::default(),
            born: Instant::now(),
        });
        let watched = Arc::clone(&host);
        runtime.set_interrupt_handler(Some(Box::new(move || watched.watch.check())));
        runtime.set_loader(Imports(Arc::clone(&host)), Imports(Arc::clone(&host)));
        let noting = Arc::clone(&host);
        runtime.set_promise_hook(Some(Box::new(move |ctx, kind, _, _| {
            if matches!(kind, PromiseHookType::Init) {
                noting.trail.note(&ctx, noting.program.name());
            }
        })));
        runtime.set_host_promise_rejection_tracker(Some(Box::new(
            |ctx, promise, reason, handled| {
                // What fails here is lost output of a console, nothing more.
                let note = core(&ctx).and_then(|core| core.get::<_, Function<'_>>("rejection"));
                if note
                    .and_then(|note| note.call::<_, ()>((promise, reason, handled)))
                    .is_err()
                {
                    ctx.catch();
                }
            },
        )));
        context.with(|ctx| {
            install(&ctx, &host)
                .catch(&ctx)
                .map_err(|error| Error::Engine(error.to_string()))
        })?;
        Ok(Prepared {
            context,
            runtime,
            host,
        })
    }

    /// A context in which the program's top level has run, if that can be done ahead, and that holds
    /// what earlier runs needed of the library.
    pub(crate) fn ahead(&self, program: &Arc<Program>) -> Result<Prepared, Error> {
        let prepared = self.fresh(program)?;
        prepared.context.with(|ctx| {
            load_parts(&ctx, &program.parts())
                .and_then(|()| make_api(&ctx, program))
                .catch(&ctx)
                .map_err(|error| Error::Engine(error.to_string()))
        })?;
        if !program.runs_ahead() {
            return Ok(prepared);
        }
        prepared
            .host
            .watch
            .until(Instant::now() + AHEAD, Stop::Time);
        let loaded = prepared.context.with(|ctx| {
            let loaded = core(&ctx)
                .and_then(|core| core.get::<_, Function<'_>>("load"))
                .and_then(|load| load.call::<_, ()>(()));
            loaded.catch(&ctx).is_ok()
        });
        let host = &prepared.host;
        if loaded && host.watch.stopped().is_none() && !host.io.came_too_early() {
            return Ok(prepared);
        }
        // Whatever it was, the author shall see it where it counts: in the execution.
        program.never_ahead();
        self.fresh(program)
    }
}

/// Loads the core of the library. Userdata is out of the program's reach.
fn install(ctx: &Ctx<'_>, host: &Arc<Host>) -> rquickjs::Result<()> {
    let make: Function<'_> = host.part(ctx, CORE)?.get()?;
    let core: Object<'_> = make.call((host.natives(ctx)?,))?;
    // Nobody borrows userdata yet, so it can be stored.
    let _ = ctx.store_userdata(core);
    Ok(())
}

/// Loads parts of the library that a program will touch, before any code of its author runs.
fn load_parts(ctx: &Ctx<'_>, names: &[String]) -> rquickjs::Result<()> {
    let part: Function<'_> = core(ctx)?.get("part")?;
    names
        .iter()
        // It is there already, and not one of the library's modules.
        .filter(|name| *name != CORE)
        .try_for_each(|name| part.call::<_, ()>((name.as_str(),)))
}

/// Makes `api` as it was at the last run.
fn make_api(ctx: &Ctx<'_>, program: &Program) -> rquickjs::Result<()> {
    let Some(surface) = program.last_surface() else {
        return Ok(());
    };
    let make: Function<'_> = core(ctx)?.get("apiOf")?;
    make.call((surface.methods.as_str(), surface.answers.as_str()))
}

/// The functions of the core.
pub(crate) fn core<'js>(ctx: &Ctx<'js>) -> rquickjs::Result<Object<'js>> {
    let core = ctx.userdata::<Object<'js>>();
    core.map(|core| core.clone())
        .ok_or(rquickjs::Error::Unknown)
}
