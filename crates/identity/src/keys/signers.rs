//! Threads that sign.
//!
//! An RSA signature takes a quarter of a millisecond: on the threads that serve requests it would
//! hold up everyone else's. One thread a core signs; a full queue makes callers wait, so that a flood
//! of token requests costs latency and not memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use oauth::jose::{Header, SigningKey};
use tokio::sync::{mpsc, oneshot};

use crate::Error;

/// How many signatures may wait.
const QUEUE: usize = 1024;

/// A handle on the threads; they end when the last one is dropped.
#[derive(Clone)]
pub(crate) struct Signers(mpsc::Sender<Job>);

/// Something to do, unless nobody waits for it any more.
type Job = Box<dyn FnOnce() + Send>;

/// A JWT that lacks its signature.
#[derive(Debug)]
pub(crate) struct Unsigned {
    pub(crate) key: SigningKey,
    pub(crate) header: Header,
    /// The claims, as JSON.
    pub(crate) payload: Vec<u8>,
}

impl Unsigned {
    /// Whether signing takes so long that it belongs on a thread of its own. A shared secret's signature is
    /// done before one would wake up.
    pub(crate) const fn is_slow(&self) -> bool {
        !self.header.alg.is_symmetric()
    }

    /// Signs it here and now, as a compact JWT.
    ///
    /// # Errors
    /// [`Error::Internal`] if the key does not serve the algorithm.
    pub(crate) fn sign(&self) -> Result<String, Error> {
        self.key
            .sign(&self.header, &self.payload)
            .map_err(|error| Error::Internal(format!("the signing key {error}")))
    }
}

impl Signers {
    /// Starts `count` threads.
    pub(crate) fn start(count: usize) -> Result<Self, Error> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..count.max(1) {
            let receiver = receiver.clone();
            thread::Builder::new()
                .name(format!("identity-sign-{number}"))
                .spawn(move || work(&receiver))
                .map_err(|error| Error::Internal(format!("no thread to sign on: {error}")))?;
        }
        Ok(Self(sender))
    }

    /// Signs a token.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) async fn sign(&self, token: Unsigned) -> Result<String, Error> {
        match token.is_slow() {
            true => self.run(move || token.sign()).await,
            false => token.sign(),
        }
    }

    /// Does work that signs, several tokens in a row perhaps, on one of the threads.
    ///
    /// # Errors
    /// As the work; [`Error::Internal`] if the threads have ended.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Whoever asked may have gone; a signature for nobody is not worth making.
            if !reply.is_closed() {
                let _ = reply.send(work());
            }
        });
        let gone = || Error::Internal("the signing threads have ended".to_owned());
        self.0.send(job).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn work(receiver: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let next = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        let Some(job) = next else { return };
        job();
    }
}
