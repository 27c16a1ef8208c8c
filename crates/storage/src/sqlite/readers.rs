//! The reading threads: each owns a connection and takes one statement at a time.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::sync::{oneshot, watch};

use super::statement::Statement;
use super::{Reply, closed, file};
use crate::{Error, Limits, Row};

#[derive(Debug)]
pub(super) struct Readers {
    /// Empty once closed.
    readers: Mutex<Vec<Reader>>,
}

#[derive(Clone, Debug)]
struct Reader {
    statements: mpsc::Sender<(Statement, Reply<Vec<Row>>)>,
    /// How many statements wait for it or run.
    load: Arc<AtomicUsize>,
    /// Nothing is ever sent: the other end goes with the thread.
    ended: watch::Receiver<()>,
}

impl Readers {
    pub(super) fn start(path: &Path, limits: Limits) -> Result<Self, Error> {
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let readers = (0..cores.clamp(2, 8)).map(|_| Reader::start(path, limits));
        Ok(Self {
            readers: Mutex::new(readers.collect::<Result<_, _>>()?),
        })
    }

    pub(super) async fn read(&self, statement: Statement) -> Result<Vec<Row>, Error> {
        let reader = {
            let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            let idlest = readers
                .iter()
                .min_by_key(|reader| reader.load.load(Ordering::Relaxed));
            idlest.cloned().ok_or_else(closed)?
        };
        let (reply, answer) = oneshot::channel();
        reader.load.fetch_add(1, Ordering::Relaxed);
        reader
            .statements
            .send((statement, reply))
            .map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Ends the threads and waits for them.
    pub(super) async fn close(&self) {
        let readers =
            std::mem::take(&mut *self.readers.lock().unwrap_or_else(PoisonError::into_inner));
        let endings: Vec<_> = readers.into_iter().map(|reader| reader.ended).collect();
        for mut ended in endings {
            while ended.changed().await.is_ok() {}
        }
    }
}

impl Reader {
    fn start(path: &Path, limits: Limits) -> Result<Self, Error> {
        let connection = file::open_reader(path, limits)?;
        let (statements, inbox) = mpsc::channel::<(Statement, Reply<Vec<Row>>)>();
        let load = Arc::new(AtomicUsize::new(0));
        let running = load.clone();
        let (ending, ended) = watch::channel(());
        let work = move || {
            while let Ok((statement, reply)) = inbox.recv() {
                // A caller that went away needs no answer.
                if !reply.is_closed() {
                    let rows = statement.run(&connection).map(|outcome| outcome.rows);
                    let _ = reply.send(rows);
                }
                running.fetch_sub(1, Ordering::Relaxed);
            }
            drop(connection);
            drop(ending);
        };
        thread::Builder::new()
            .name("sqlite-reader".into())
            .spawn(work)
            .map_err(|error| Error::Unavailable(format!("cannot start a thread ({error})")))?;
        Ok(Self {
            statements,
            load,
            ended,
        })
    }
}
