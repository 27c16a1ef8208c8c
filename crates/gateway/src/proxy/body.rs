//! Bodies on their way through: streamed as they come, watched for size and silence.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::upstream::Lease;

/// A failure while a body passes. It ends the message; nothing more can be said to the receiver.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The sender broke off or sent nonsense.
    #[error(transparent)]
    Transfer(#[from] hyper::Error),
    /// The body grew past the limit.
    #[error("the body is larger than the gateway takes")]
    TooLarge,
    /// The sender went silent.
    #[error("no data for {} ms", .0.as_millis())]
    Silent(Duration),
}

/// The body of an answer.
pub(crate) enum Body {
    /// One that the gateway wrote.
    Full(Full<Bytes>),
    /// One that the upstream sends.
    Upstream(Box<FromUpstream>),
}

impl Body {
    pub(crate) fn full(bytes: Bytes) -> Self {
        Self::Full(Full::new(bytes))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.get_mut() {
            Self::Full(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map_err(|never| match never {}))),
            Self::Upstream(body) => Pin::new(&mut **body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Full(body) => body.is_end_stream(),
            Self::Upstream(body) => body.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(body) => body.size_hint(),
            Self::Upstream(body) => body.body.size_hint(),
        }
    }
}

/// The upstream's answer. When it is read to its end, the connection goes back to the pool; when
/// it is dropped before, the connection is closed.
pub(crate) struct FromUpstream {
    body: Incoming,
    lease: Option<Lease>,
    read_timeout: Duration,
    /// Armed only while the upstream is silent.
    silence: Option<Pin<Box<Sleep>>>,
    armed: bool,
}

impl FromUpstream {
    pub(crate) fn new(body: Incoming, mut lease: Lease, read_timeout: Duration) -> Self {
        let ended = body.is_end_stream();
        if ended {
            lease.give_back();
        }
        Self {
            body,
            lease: (!ended).then_some(lease),
            read_timeout,
            silence: None,
            armed: false,
        }
    }
}

impl http_body::Body for FromUpstream {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                this.armed = false;
                let ended = match &frame {
                    None => true,
                    Some(Ok(_)) => this.body.is_end_stream(),
                    Some(Err(_)) => {
                        this.lease = None;
                        false
                    }
                };
                if ended && let Some(mut lease) = this.lease.take() {
                    lease.give_back();
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Error::from)))
            }
            Poll::Pending => {
                let deadline = Instant::now() + this.read_timeout;
                let silence = this
                    .silence
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
                if !this.armed {
                    silence.as_mut().reset(deadline);
                    this.armed = true;
                }
                ready!(silence.as_mut().poll(cx));
                this.lease = None;
                Poll::Ready(Some(Err(Error::Silent(this.read_timeout))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Where a request's body stands, for whoever waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The caller has the next move.
    AwaitingCaller,
    /// The upstream has the next move: it must take what was read.
    AwaitingUpstream,
    /// All of the body was handed over.
    Sent,
    /// The body grew past the limit.
    TooLarge,
}

/// Progress of a request's body.
#[derive(Debug)]
pub(crate) struct Progress {
    stage: Cell<Stage>,
    since: Cell<Instant>,
}

impl Progress {
    pub(crate) fn new(stage: Stage) -> Rc<Self> {
        Rc::new(Self {
            stage: Cell::new(stage),
            since: Cell::new(Instant::now()),
        })
    }

    pub(crate) fn now(&self) -> (Stage, Instant) {
        (self.stage.get(), self.since.get())
    }

    fn set(&self, stage: Stage) {
        self.stage.set(stage);
        self.since.set(Instant::now());
    }
}

/// The body of a request on its way to the upstream.
pub(crate) enum ToUpstream {
    /// None, or one that was read to find credentials in it.
    Full(Full<Bytes>),
    /// As the caller sends it.
    Caller {
        body: Incoming,
        progress: Rc<Progress>,
        /// Bytes that may still come.
        left: u64,
    },
}

impl ToUpstream {
    pub(crate) fn empty() -> Self {
        Self::Full(Full::default())
    }
}

impl http_body::Body for ToUpstream {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.get_mut() {
            Self::Full(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map_err(|never| match never {}))),
            Self::Caller {
                body,
                progress,
                left,
            } => {
                let Poll::Ready(frame) = Pin::new(body).poll_frame(cx) else {
                    progress.set(Stage::AwaitingCaller);
                    return Poll::Pending;
                };
                match &frame {
                    None => progress.set(Stage::Sent),
                    Some(Ok(frame)) => {
                        progress.set(Stage::AwaitingUpstream);
                        let bytes = frame.data_ref().map_or(0, Bytes::len);
                        match left.checked_sub(bytes as u64) {
                            Some(rest) => *left = rest,
                            None => {
                                progress.set(Stage::TooLarge);
                                return Poll::Ready(Some(Err(Error::TooLarge)));
                            }
                        }
                    }
                    Some(Err(_)) => {}
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Error::from)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Full(body) => body.is_end_stream(),
            Self::Caller { body, progress, .. } => {
                let ended = body.is_end_stream();
                if ended {
                    progress.set(Stage::Sent);
                }
                ended
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(body) => body.size_hint(),
            Self::Caller { body, .. } => body.size_hint(),
        }
    }
}
