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

struct Job {
    key: SigningKey,
    header: Header,
    payload: Vec<u8>,
    reply: oneshot::Sender<Result<String, Error>>,
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

    /// Signs claims as a compact JWT.
    pub(crate) async fn sign(
        &self,
        key: SigningKey,
        header: Header,
        payload: Vec<u8>,
    ) -> Result<String, Error> {
        // A shared secret's signature is done before a thread would wake up.
        if header.alg.is_symmetric() {
            return sign(&key, &header, &payload);
        }
        let (reply, answer) = oneshot::channel();
        let job = Job {
            key,
            header,
            payload,
            reply,
        };
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
        // Whoever asked may have gone; a signature for nobody is not worth making.
        if !job.reply.is_closed() {
            let _ = job.reply.send(sign(&job.key, &job.header, &job.payload));
        }
    }
}

fn sign(key: &SigningKey, header: &Header, payload: &[u8]) -> Result<String, Error> {
    key.sign(header, payload)
        .map_err(|error| Error::Internal(format!("the signing key {error}")))
}
