//! Listening: one acceptor, one single-threaded worker per core.
//!
//! A connection stays with its worker, and so do the upstream connections that serve it. The
//! acceptor deals connections out in turn, so that few long-lived connections still use all cores.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Handle};
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::body::Body;
use super::framing::{BothLengths, Watched};
use super::upstream::Pool;
use crate::authn::front::Front;
use crate::gateway::{Gateway, Inner};
use crate::rescue::{Context, Reason, Refusal};
use crate::traffic::{Seen, Tally};

/// What belongs to one worker alone.
pub(crate) struct Worker {
    pub(crate) inner: Arc<Inner>,
    pub(crate) pool: Rc<Pool>,
    /// The runtime for work that other workers wait for as well.
    pub(crate) shared: Handle,
    pub(crate) front: Front,
    pub(crate) tasks: TaskTracker,
    id_prefix: u64,
    next_id: Cell<u64>,
    requests: metrics::Counter,
    tally: RefCell<Tally>,
}

/// What is known about a caller's connection.
pub(crate) struct Connection {
    pub(crate) peer_address: HeaderValue,
    pub(crate) port: HeaderValue,
    pub(crate) https: bool,
    pub(crate) trusted: bool,
    pub(crate) both_lengths: BothLengths,
}

impl Worker {
    fn new(inner: Arc<Inner>, shared: Handle) -> Self {
        let id_prefix = u64::from_be_bytes(inner.entropy.bytes());
        Self {
            inner,
            pool: Rc::default(),
            shared,
            front: Front::default(),
            tasks: TaskTracker::new(),
            id_prefix,
            next_id: Cell::new(0),
            requests: metrics::counter!("gateway_requests_total"),
            tally: RefCell::default(),
        }
    }

    /// Counts an answer.
    pub(super) fn count(&self, seen: Seen, status: u16, reason: Option<Reason>) {
        self.tally.borrow_mut().count(seen, status, reason);
    }

    /// Keeps a refusal for whoever looks at them.
    pub(super) fn describe(&self, refusal: &Refusal, context: &Context<'_>) {
        let now = self.inner.clock.now();
        self.tally.borrow_mut().describe(refusal, context, now);
    }

    /// A fresh request id: unique, and no secret.
    pub(crate) fn request_id(&self) -> String {
        self.requests.increment(1);
        let next = self.next_id.get().wrapping_add(1);
        self.next_id.set(next);
        // An odd constant spreads the counter over all digits and keeps it unique (Weyl sequence).
        let spread = next.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{:016x}{spread:016x}", self.id_prefix)
    }
}

impl Gateway {
    /// Serves a listener until `shutdown` completes; then running requests get
    /// [`Settings::drain`](crate::Settings) to end. With `tls`, ALPN offers HTTP/2 and HTTP/1.1;
    /// without, HTTP/2 is spoken to callers that begin with it.
    ///
    /// # Errors
    /// If the listener cannot be used or no thread can be started.
    pub async fn serve(
        &self,
        listener: std::net::TcpListener,
        tls: Option<Arc<ServerConfig>>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let local = listener.local_addr()?;
        let stop = CancellationToken::new();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut queues = Vec::new();
        let mut threads = Vec::new();
        for number in 0..self.0.settings.workers.unwrap_or(cores).max(1) {
            let (queue, accepted) = mpsc::unbounded_channel();
            let thread = Thread {
                inner: Arc::clone(&self.0),
                tls: tls.clone().map(offer_http2),
                local,
                stop: stop.clone(),
                shared: Handle::current(),
                asked: self.0.new_worker(),
            };
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let run = move || LocalSet::new().block_on(&runtime, thread.run(accepted));
            let name = format!("gateway-{number}");
            threads.push(std::thread::Builder::new().name(name).spawn(run)?);
            queues.push(queue);
        }
        tokio::select! {
            () = shutdown => {}
            () = accept(&listener, &queues) => {}
        }
        drop(listener);
        stop.cancel();
        drop(queues);
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().for_each(|thread| drop(thread.join()));
        });
        joined.await.map_err(io::Error::other)
    }
}

async fn accept(listener: &TcpListener, queues: &[mpsc::UnboundedSender<Accepted>]) {
    let mut turn = 0;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // A worker registers the socket with its own runtime.
                let Ok(stream) = stream.into_std() else {
                    continue;
                };
                if queues[turn % queues.len()].send((stream, peer)).is_err() {
                    return;
                }
                turn += 1;
            }
            Err(error) => {
                // Out of file descriptors, mostly: wait for connections to end.
                tracing::warn!(%error, "cannot accept connections; raise the limit of open files if this persists");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

type Accepted = (std::net::TcpStream, SocketAddr);

/// Lets callers choose HTTP/2, unless the owner decided on protocols.
fn offer_http2(config: Arc<ServerConfig>) -> Arc<ServerConfig> {
    if !config.alpn_protocols.is_empty() {
        return config;
    }
    let mut config = ServerConfig::clone(&config);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

struct Thread {
    inner: Arc<Inner>,
    tls: Option<Arc<ServerConfig>>,
    local: SocketAddr,
    stop: CancellationToken,
    shared: Handle,
    /// Who asks for what was counted.
    asked: mpsc::UnboundedReceiver<oneshot::Sender<Tally>>,
}

impl Thread {
    async fn run(mut self, mut accepted: mpsc::UnboundedReceiver<Accepted>) {
        let worker = Rc::new(Worker::new(Arc::clone(&self.inner), self.shared.clone()));
        let connections = TaskTracker::new();
        let mut sweep = tokio::time::interval(Duration::from_secs(5));
        loop {
            tokio::select! {
                next = accepted.recv() => match next {
                    Some((stream, peer)) => self.take(&worker, &connections, stream, peer),
                    None => break,
                },
                Some(answer) = self.asked.recv() => drop(answer.send(worker.tally.take())),
                _ = sweep.tick() => worker.pool.sweep(),
            }
        }
        connections.close();
        worker.tasks.close();
        let ended = async {
            connections.wait().await;
            worker.tasks.wait().await;
        };
        if timeout(self.inner.settings.drain, ended).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
        self.inner.keep(worker.tally.take());
    }

    fn take(
        &self,
        worker: &Rc<Worker>,
        connections: &TaskTracker,
        stream: std::net::TcpStream,
        peer: SocketAddr,
    ) {
        let Ok(stream) = TcpStream::from_std(stream) else {
            return;
        };
        // Answers are written whole; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let worker = Rc::clone(worker);
        let tls = self.tls.clone();
        let local = stream.local_addr().unwrap_or(self.local);
        let stop = self.stop.clone();
        connections.spawn_local(async move {
            let Some(config) = tls else {
                return converse(worker, stream, peer, local, false, stop).await;
            };
            let handshake = TlsAcceptor::from(config).accept(stream);
            match timeout(worker.inner.settings.header_timeout, handshake).await {
                Ok(Ok(stream)) => converse(worker, stream, peer, local, true, stop).await,
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!("TLS handshake took too long"),
            }
        });
    }
}

/// Serves one connection to its end.
async fn converse<S>(
    worker: Rc<Worker>,
    stream: S,
    peer: SocketAddr,
    local: SocketAddr,
    https: bool,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (stream, both_lengths) = Watched::new(stream);
    let text = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("-"));
    let connection = Rc::new(Connection {
        peer_address: text(peer.ip().to_canonical().to_string()),
        port: text(local.port().to_string()),
        https,
        trusted: worker.inner.trusts(peer.ip().to_canonical()),
        both_lengths,
    });
    let settings = &worker.inner.settings;
    let mut builder = auto::Builder::new(LocalExecutor);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_timeout)
        .max_buf_size(settings.max_header_bytes.max(8192));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(settings.max_header_bytes).unwrap_or(u32::MAX))
        .max_concurrent_streams(256)
        .keep_alive_interval(Duration::from_secs(30));
    let serving = Rc::clone(&worker);
    let service = service_fn(move |request: Request<Incoming>| {
        let (worker, connection) = (Rc::clone(&serving), Rc::clone(&connection));
        async move { Ok::<Response<Body>, Never>(super::handle(&worker, &connection, request).await) }
    });
    let serving = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "connection ended");
    }
}

/// Runs a connection's own tasks on its worker.
#[derive(Clone, Copy, Debug)]
struct LocalExecutor;

impl<F: Future + 'static> hyper::rt::Executor<F> for LocalExecutor {
    fn execute(&self, future: F) {
        // HTTP/2 streams end with their connection, which the worker's tracker waits for.
        drop(tokio::task::spawn_local(future));
    }
}

type Never = std::convert::Infallible;
