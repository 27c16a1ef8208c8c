//! The threads that scripts run on.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::execution;
use crate::script::{Error, Limits, Outcome, Script};

/// How much the engine may run at a time.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Threads, and so scripts that run at a time.
    pub threads: usize,
    /// Executions that may wait for a thread; one more is refused with [`Error::Busy`].
    pub queue: usize,
    /// Limits of each execution.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            threads: thread::available_parallelism().map_or(2, usize::from),
            queue: 256,
            limits: Limits::default(),
        }
    }
}

/// Runs scripts on threads of its own, so that one that computes does not hold up a server's.
///
/// Copies share the threads, which end when the last copy is dropped and their work is done.
#[derive(Clone, Debug)]
pub struct Engine {
    queue: SyncSender<Job>,
    limits: Limits,
}

struct Job {
    script: Arc<Script>,
    event: String,
    limits: Limits,
    /// Waiting longer than this is pointless.
    start_by: Instant,
    answer: oneshot::Sender<Outcome>,
}

/// How much longer than its limit an execution may take before its caller stops waiting. The
/// interrupt handler needs a few milliseconds; only a fault in the engine needs more.
const GRACE: Duration = Duration::from_secs(2);

impl Engine {
    /// Starts the threads.
    ///
    /// # Errors
    /// If the operating system gives no thread.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(settings.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        for index in 0..settings.threads.max(1) {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new()
                .name(format!("actions-{index}"))
                .spawn(move || work(&jobs))?;
        }
        Ok(Self {
            queue,
            limits: settings.limits,
        })
    }

    /// Runs the script's handler with the event and waits for its end.
    pub async fn run(&self, script: Arc<Script>, event: &Value) -> Outcome {
        let (answer, outcome) = oneshot::channel();
        let job = Job {
            script: Arc::clone(&script),
            event: event.to_string(),
            limits: self.limits,
            start_by: Instant::now() + self.limits.time,
            answer,
        };
        match self.queue.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return failed(Error::Busy),
            Err(TrySendError::Disconnected(_)) => {
                return failed(Error::Engine("its threads are gone".to_owned()));
            }
        }
        match tokio::time::timeout(self.limits.time * 2 + GRACE, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => failed(Error::Engine("the execution was abandoned".to_owned())),
            Err(_) => failed(Error::TimedOut {
                script: script.name.clone(),
                limit: self.limits.time,
            }),
        }
    }
}

fn failed(error: Error) -> Outcome {
    Outcome {
        result: Err(error),
        console: String::new(),
        elapsed: Duration::ZERO,
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        // The lock is held while this thread waits, so the threads take turns.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if job.answer.is_closed() {
            continue;
        }
        let outcome = if Instant::now() > job.start_by {
            failed(Error::Busy)
        } else {
            catch_unwind(AssertUnwindSafe(|| {
                execution::run(&job.script, &job.event, &job.limits)
            }))
            .unwrap_or_else(|_| failed(Error::Engine("a panic, see the log".to_owned())))
        };
        // Nobody may be waiting any more.
        let _ = job.answer.send(outcome);
    }
}
