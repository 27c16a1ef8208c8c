//! The threads that programs run on.

use std::io;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use egress::Egress;
use oauth::{Clock, Entropy};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::context::{Maker, Prepared};
use crate::pool::Pool;
use crate::{Error, Execution, Limits, Outcome, Program, run};

/// How much the engine may run at a time, and what with.
#[derive(Clone)]
pub struct Settings {
    /// Threads, and so executions at a time. One that waits for an answer keeps its thread, which
    /// then costs nothing but its stack.
    pub threads: usize,
    /// Executions that may wait for a thread; one more is refused with [`Error::Busy`].
    pub queue: usize,
    /// Limits of each execution.
    pub limits: Limits,
    /// Contexts that are kept ready of each program.
    pub warm: usize,
    /// Programs of which contexts are kept ready: those that ran last.
    pub warm_programs: usize,
    /// The way out for `fetch`: a client for strangers, with the tenant's own origins mounted.
    pub egress: Egress,
    /// What the time is, for the cache.
    pub clock: Clock,
    /// Randomness for `crypto`.
    pub entropy: Entropy,
}

impl Settings {
    /// Sizes for a server, and this way out.
    #[must_use]
    pub fn new(egress: Egress) -> Self {
        let processors = thread::available_parallelism().map_or(2, usize::from);
        Self {
            threads: (processors * 4).clamp(8, 64),
            queue: 256,
            limits: Limits::default(),
            warm: 2,
            warm_programs: 16,
            clock: egress.clock().clone(),
            egress,
            entropy: Entropy::system(),
        }
    }
}

/// Runs programs on threads of its own, so that one that computes does not hold up a server's.
///
/// A program that ends at once, and sends no request, is not worth the way to another thread and
/// back: it runs where its request is answered, in a context that is ready, for a millisecond at
/// most. If it has not ended by then, nothing was done, and it begins anew on a thread. A program
/// that does not end at once is soon not tried so any more.
///
/// Copies share the threads, which end when the last copy is dropped and their work is done.
#[derive(Clone)]
pub struct Engine {
    queue: SyncSender<Job>,
    shop: Arc<Shop>,
}

struct Job {
    execution: Execution,
    /// Where its requests are sent.
    runtime: Handle,
    answer: oneshot::Sender<Outcome>,
}

struct Shop {
    jobs: Mutex<Receiver<Job>>,
    maker: Maker,
    pool: Pool,
    /// Contexts that were used, or programs that need one.
    used: SyncSender<Used>,
}

/// A program that ran, and its context where it is still to be freed.
type Used = (Arc<Program>, Option<Prepared>);

/// How much longer than its deadline an execution may take before its caller stops waiting. The
/// interrupt handler needs a few milliseconds; only a fault in the engine needs more.
const GRACE: Duration = Duration::from_secs(2);

/// How long the processor is left to the request that used a context, before another one is made and the
/// used one is freed: either takes longer than many a program does.
const AFTERWARDS: Duration = Duration::from_millis(1);

impl Engine {
    /// Starts the threads.
    ///
    /// # Errors
    /// If the operating system gives no thread.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(settings.queue);
        let (used, wanted) = sync_channel(settings.warm_programs.max(1) * settings.warm.max(1));
        let shop = Arc::new(Shop {
            jobs: Mutex::new(jobs),
            maker: Maker {
                library: Arc::default(),
                limits: settings.limits,
                clock: settings.clock,
                entropy: settings.entropy,
                egress: settings.egress,
            },
            pool: Pool::new(settings.warm_programs, settings.warm),
            used,
        });
        for index in 0..settings.threads.max(1) {
            let shop = Arc::clone(&shop);
            thread::Builder::new()
                .name(format!("actions-{index}"))
                .spawn(move || {
                    yield_to_servers();
                    shop.work();
                })?;
        }
        let keeper = Arc::downgrade(&shop);
        let prepare = move || {
            yield_to_servers();
            while let Ok(first) = wanted.recv() {
                thread::sleep(AFTERWARDS);
                let Some(shop) = keeper.upgrade() else { return };
                let all: Vec<Used> = iter::once(first).chain(wanted.try_iter()).collect();
                for (program, _) in &all {
                    shop.stock(program);
                }
                drop(all);
            }
        };
        thread::Builder::new()
            .name("actions-ahead".to_owned())
            .spawn(prepare)?;
        Ok(Self { queue, shop })
    }

    /// Runs the handler and waits for its end. What it fetches is sent by the caller's runtime.
    pub async fn run(&self, execution: Execution) -> Outcome {
        if let Some(outcome) = self.shop.at_once(&execution) {
            return outcome;
        }
        let deadline = execution.deadline;
        let program = Arc::clone(&execution.program);
        let (answer, outcome) = oneshot::channel();
        let job = Job {
            execution,
            runtime: Handle::current(),
            answer,
        };
        match self.queue.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return failed(Error::Busy),
            Err(TrySendError::Disconnected(_)) => {
                return failed(Error::Engine("its threads are gone".to_owned()));
            }
        }
        let waited = tokio::time::timeout_at((deadline + GRACE).into(), outcome).await;
        match waited {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => failed(Error::Engine("the execution was abandoned".to_owned())),
            Err(_) => failed(Error::TimedOut {
                program: program.name().to_owned(),
                elapsed_ms: u64::try_from(GRACE.as_millis()).unwrap_or(u64::MAX),
            }),
        }
    }
}

/// Lets the threads that answer requests go first where processors are short: an action that
/// computes for seconds shall not be felt by others.
fn yield_to_servers() {
    // On Linux a thread has a niceness of its own; elsewhere it is the process's.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(5);
}

fn failed(error: Error) -> Outcome {
    Outcome {
        result: Err(error),
        console: Vec::new(),
        elapsed: Duration::ZERO,
        memory: 0,
    }
}

impl Shop {
    /// Runs the program here and now, if a context is ready and it ends at once.
    fn at_once(&self, execution: &Execution) -> Option<Outcome> {
        let program = &execution.program;
        if !program.ends_at_once() {
            return None;
        }
        let prepared = self.pool.take(program)?;
        let ran = catch_unwind(AssertUnwindSafe(|| run::at_once(&prepared, execution)));
        // Freeing a context takes longer than many a program does.
        let _ = self.used.try_send((Arc::clone(program), Some(prepared)));
        ran.unwrap_or_else(|_| Some(failed(Error::Engine("a panic, see the log".to_owned()))))
    }

    fn work(&self) {
        loop {
            // The lock is held while this thread waits, so the threads take turns.
            let job = self
                .jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            let Ok(Job {
                execution,
                runtime,
                answer,
            }) = job
            else {
                return;
            };
            // Nobody may be waiting any more.
            if answer.is_closed() {
                continue;
            }
            if Instant::now() >= execution.deadline {
                let _ = answer.send(failed(Error::Busy));
                continue;
            }
            let executed = catch_unwind(AssertUnwindSafe(|| {
                let prepared = match self.pool.take(&execution.program) {
                    Some(prepared) => prepared,
                    None => self.maker.fresh(&execution.program)?,
                };
                prepared.host.io.connect(runtime);
                let outcome = run::to_the_end(&prepared, &execution);
                Ok((outcome, prepared))
            }));
            let (outcome, used) = match executed {
                Ok(Ok((outcome, prepared))) => (outcome, Some(prepared)),
                Ok(Err(error)) => (failed(error), None),
                Err(_) => (
                    failed(Error::Engine("a panic, see the log".to_owned())),
                    None,
                ),
            };
            let _ = answer.send(outcome);
            // If contexts are in demand already, one request more changes nothing.
            let _ = self.used.try_send((execution.program, None));
            // The context is freed here, after the answer.
            drop(used);
        }
    }

    /// Makes contexts of a program until enough are ready.
    fn stock(&self, program: &Arc<Program>) {
        self.pool.sweep();
        while self.pool.wants(program) {
            let made = catch_unwind(AssertUnwindSafe(|| self.maker.ahead(program)));
            match made {
                Ok(Ok(prepared)) => self.pool.put(prepared),
                // The next execution makes one itself, and says what is wrong.
                _ => return,
            }
        }
    }
}
