//! The one door to the sandbox.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

pub(super) use actions::Modules;
use actions::{Api, CacheEntry, Engine, Error, Execution, Limits, modules};
pub(crate) use actions::{Command, Line};
use egress::Egress;
use serde_json::Value;
use tokio::runtime::Handle;

use super::cache::Cached;
use crate::model::Members;
use crate::model::action::{Dependency, Fault};
use crate::settings::ActionsSettings;

/// Compiled code.
pub(crate) type Program = Arc<actions::Program>;

/// How long the Actions of one run of a trigger may take, all together.
///
/// Source: the vendor's "Actions Limitations".
pub(super) const TIME: Duration = Duration::from_secs(20);

/// What the author of an Action with packages is told where there is nothing to fetch them from.
const NO_REGISTRY: &str = "this server knows no npm registry to fetch packages from: set \
    identity.actions.registry to the address of one and save the action again. Where npm itself is \
    configured (NPM_CONFIG_REGISTRY, or `registry` in the .npmrc of the user that the server runs \
    as), that address is taken";

/// What `api` offers at every trigger.
const CACHE: [&str; 3] = ["cache.get", "cache.set", "cache.delete"];

/// Runs programs on threads that are started when the first one runs.
pub(super) struct Runner {
    settings: ActionsSettings,
    egress: Egress,
    engine: OnceLock<Result<Engine, String>>,
}

/// One call of a handler.
pub(super) struct Job {
    pub(super) program: Program,
    pub(super) handler: &'static str,
    pub(super) event: Value,
    pub(super) secrets: Members,
    pub(super) methods: &'static [&'static str],
    /// Methods of `api` that answer with a value.
    pub(super) answers: BTreeMap<String, Value>,
    pub(super) cache: BTreeMap<String, Cached>,
    pub(super) deadline: Instant,
}

/// What came of it.
pub(super) struct Ran {
    pub(super) result: Result<Vec<Command>, Fault>,
    pub(super) console: Vec<Line>,
    pub(super) elapsed: Duration,
    pub(super) memory: u64,
}

/// Packages from the registry.
pub(super) struct Installed {
    pub(super) modules: Modules,
    /// What the database keeps.
    pub(super) bytes: Vec<u8>,
    /// What was asked for, with the versions that were found.
    pub(super) pinned: Vec<Dependency>,
}

impl Runner {
    pub(super) const fn new(settings: ActionsSettings, egress: Egress) -> Self {
        Self {
            settings,
            egress,
            engine: OnceLock::new(),
        }
    }

    pub(super) const fn egress(&self) -> &Egress {
        &self.egress
    }

    /// Fetches packages from the registry, and what they require.
    ///
    /// # Errors
    /// What the author can do about it.
    pub(super) async fn install(&self, wanted: &[Dependency]) -> Result<Installed, Fault> {
        let wanted: Vec<actions::Dependency> = wanted
            .iter()
            .map(|dependency| actions::Dependency {
                name: dependency.name.clone(),
                version: dependency.version.clone(),
            })
            .collect();
        let Some(registry) = self.settings.registry.clone() else {
            return Err(Fault {
                id: "no_registry".to_owned(),
                message: NO_REGISTRY.to_owned(),
                ..Fault::default()
            });
        };
        let egress = self.egress.clone();
        let runtime = Handle::current();
        // Unpacking takes its time, too: all of it is done on a thread for such work.
        let installing = tokio::task::spawn_blocking(move || {
            let limits = modules::Limits::default();
            let installing = modules::install(&egress, &registry, &wanted, limits);
            let installed = runtime.block_on(installing)?;
            let bytes = installed.to_bytes()?;
            Ok((installed, bytes))
        });
        let installed = installing
            .await
            .map_err(|error| broken(error.to_string()))?;
        let (installed, bytes) = installed.map_err(|error| of_packages(&error))?;
        let pinned = installed.pinned().iter().map(|found| Dependency {
            name: found.name.clone(),
            version: found.version.clone(),
        });
        Ok(Installed {
            pinned: pinned.collect(),
            bytes,
            modules: installed,
        })
    }

    /// Compiles an Action's code, which takes its time, on a thread for such work.
    ///
    /// # Errors
    /// Where the code is not JavaScript.
    pub(super) async fn compile(
        &self,
        name: &str,
        code: &str,
        packages: Modules,
    ) -> Result<Program, Fault> {
        let (name, code) = (name.to_owned(), code.to_owned());
        let compiled = tokio::task::spawn_blocking(move || {
            actions::Program::compile(&name, &code, packages).map_err(|error| fault(&error))
        });
        match compiled.await {
            Ok(compiled) => compiled.map(Arc::new),
            Err(error) => Err(broken(error.to_string())),
        }
    }

    /// Runs a handler to its end, or to its deadline.
    pub(super) async fn run(&self, job: Job) -> Ran {
        let engine = match self.engine.get_or_init(|| self.start()) {
            Ok(engine) => engine,
            Err(why) => return failed(broken(why.clone())),
        };
        let mut api = Api::new(job.methods);
        api.methods.extend(CACHE.map(str::to_owned));
        api.answers = job.answers;
        let cache = job.cache.into_iter().map(|(key, cached)| {
            let entry = CacheEntry {
                value: cached.value,
                expires_at: cached.expires_at,
            };
            (key, entry)
        });
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let secrets = job.secrets.into_iter();
        let outcome = engine
            .run(Execution {
                program: job.program,
                handler: job.handler.to_owned(),
                event: job.event,
                secrets: secrets.map(|(name, value)| (name, text(value))).collect(),
                api,
                cache: cache.collect(),
                deadline: job.deadline,
            })
            .await;
        Ran {
            result: outcome.result.map_err(|error| fault(&error)),
            console: outcome.console,
            elapsed: outcome.elapsed,
            memory: u64::try_from(outcome.memory).unwrap_or(u64::MAX),
        }
    }

    fn start(&self) -> Result<Engine, String> {
        let mut settings = actions::Settings::new(self.egress.clone());
        if let Some(threads) = self.settings.threads {
            settings.threads = threads;
        }
        settings.queue = self.settings.queue;
        settings.limits = Limits {
            memory: self.settings.memory,
            ..Limits::default()
        };
        Engine::start(settings).map_err(|error| format!("no threads for actions: {error}"))
    }
}

fn failed(fault: Fault) -> Ran {
    Ran {
        result: Err(fault),
        console: Vec::new(),
        elapsed: Duration::ZERO,
        memory: 0,
    }
}

fn of_packages(error: &modules::ModuleError) -> Fault {
    Fault {
        id: "dependency_error".to_owned(),
        message: error.to_string(),
        ..Fault::default()
    }
}

fn broken(message: String) -> Fault {
    Fault {
        id: "engine_error".to_owned(),
        message,
        ..Fault::default()
    }
}

/// A failure as the author sees it.
fn fault(error: &Error) -> Fault {
    let id = match error {
        Error::Busy => "too_many_executions",
        Error::TooLarge { .. } => "code_too_large",
        Error::Syntax { .. } => "syntax_error",
        Error::NoHandler { .. } => "no_handler",
        Error::Threw { .. } => "runtime_error",
        Error::NeverSettles { .. } => "never_settles",
        Error::TimedOut { .. } => "timeout",
        Error::OutOfMemory { .. } => "out_of_memory",
        Error::TooMuchOutput { .. } => "too_much_output",
        Error::Engine(_) => "engine_error",
    };
    let stack = match error {
        Error::Threw { stack, .. } => stack.chars().take(4000).collect(),
        _ => String::new(),
    };
    // Where it happened is said apart.
    let message = match error {
        Error::Threw { message, .. } | Error::Syntax { message, .. } => message.clone(),
        other => other.to_string(),
    };
    Fault {
        id: id.to_owned(),
        message: message.chars().take(2000).collect(),
        line: error.position().map(|position| position.line),
        source: error
            .position()
            .map(|position| position.source.clone())
            .unwrap_or_default(),
        stack,
    }
}
