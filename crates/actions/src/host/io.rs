//! Requests that an execution has open.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::fetch::{Answer, Failure};

/// The end of a request.
pub(crate) struct Completion {
    pub(crate) id: u32,
    pub(crate) result: Result<Answer, Failure>,
}

/// Requests that an execution has open. When it ends they are dropped, and so are their connections.
pub(crate) struct Io {
    sender: Sender<Completion>,
    inbox: Mutex<Receiver<Completion>>,
    open: Mutex<HashMap<u32, AbortHandle>>,
    runtime: Mutex<Option<Handle>>,
    /// Bytes of answers that may still come.
    pub(crate) left: Arc<AtomicUsize>,
    refused: AtomicBool,
}

/// What came while waiting.
pub(crate) enum Waited {
    Completed(Completion),
    NothingYet,
}

impl Io {
    pub(crate) fn new(bytes: usize) -> Self {
        let (sender, inbox) = channel();
        Self {
            sender,
            inbox: Mutex::new(inbox),
            open: Mutex::default(),
            runtime: Mutex::default(),
            left: Arc::new(AtomicUsize::new(bytes)),
            refused: AtomicBool::new(false),
        }
    }

    /// From now on requests are sent, by this runtime.
    pub(crate) fn connect(&self, runtime: Handle) {
        *self.runtime.lock().unwrap_or_else(PoisonError::into_inner) = Some(runtime);
    }

    /// Whether requests can be sent, and so waited for.
    pub(crate) fn is_connected(&self) -> bool {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        runtime.is_some()
    }

    /// Whether a request was wanted before there was an execution.
    pub(crate) fn came_too_early(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// How many requests are open.
    pub(crate) fn open(&self) -> usize {
        self.lock().len()
    }

    /// Sends a request whose end comes under this id; no, if there is no execution yet.
    pub(crate) fn start<F>(&self, id: u32, request: F) -> bool
    where
        F: Future<Output = Result<Answer, Failure>> + Send + 'static,
    {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(runtime) = runtime.as_ref() else {
            self.refused.store(true, Ordering::Relaxed);
            return false;
        };
        let sender = self.sender.clone();
        let task = runtime.spawn(async move {
            let result = request.await;
            // The execution may have ended meanwhile.
            let _ = sender.send(Completion { id, result });
        });
        self.lock().insert(id, task.abort_handle());
        true
    }

    /// Drops a request.
    pub(crate) fn abort(&self, id: u32) {
        if let Some(task) = self.lock().remove(&id) {
            task.abort();
        }
    }

    /// Waits for the end of any request.
    pub(crate) fn wait(&self, longest: Duration) -> Waited {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        match inbox.recv_timeout(longest) {
            Ok(completion) => {
                self.lock().remove(&completion.id);
                Waited::Completed(completion)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Waited::NothingYet,
        }
    }

    /// Drops all requests.
    pub(crate) fn close(&self) {
        for (_, task) in self.lock().drain() {
            task.abort();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u32, AbortHandle>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Io {
    fn drop(&mut self) {
        self.close();
    }
}
