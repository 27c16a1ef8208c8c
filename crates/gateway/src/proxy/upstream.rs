//! Connections to upstreams: one pool a worker, so that no lock and no other core is involved.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::HeaderValue;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_util::task::TaskTracker;

use super::body::ToUpstream;
use super::tls::Trust;
use crate::config;

/// Below the keep-alive of common servers (nginx 75 s, Apache and Node 5 s tell theirs in
/// `Keep-Alive`), so that a request rarely meets a connection that is being closed.
const IDLE: Duration = Duration::from_secs(60);
const IDLE_CONNECTIONS: usize = 512;

/// A service, ready to be connected to.
#[derive(Debug)]
pub(crate) struct Upstream {
    /// Tells connections apart; a changed service is another upstream.
    id: u64,
    pub(crate) service: config::Service,
    /// What `Host` says where the caller's is not preserved.
    pub(crate) authority: HeaderValue,
    tls: Option<(ServerName<'static>, Arc<ClientConfig>)>,
}

/// A service that cannot be connected to as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("service {service}: {reason}; correct it at the control plane")]
pub struct InvalidService {
    /// The service's id.
    pub service: String,
    /// What is wrong with it.
    pub reason: String,
}

/// No connection could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("{0}")]
    Refused(#[from] std::io::Error),
    #[error("no connection within {} ms", .0.as_millis())]
    TimedOut(Duration),
    #[error("no HTTP connection: {0}")]
    Handshake(#[from] hyper::Error),
}

impl Upstream {
    pub(crate) fn new(service: &config::Service, trust: &Trust) -> Result<Self, InvalidService> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let invalid = |reason: String| InvalidService {
            service: service.id.clone(),
            reason,
        };
        let (tls, default_port) = match service.protocol.as_str() {
            "http" => (None, 80),
            "https" => {
                let host = service.host.trim_matches(['[', ']']).to_owned();
                let name = ServerName::try_from(host)
                    .map_err(|_| invalid("the host is no DNS name or address".into()))?;
                (Some((name, trust.config(service.tls_verify))), 443)
            }
            other => return Err(invalid(format!("protocol {other} is not http or https"))),
        };
        let host = &service.host;
        let authority = if service.port == default_port {
            HeaderValue::from_str(host)
        } else {
            HeaderValue::from_str(&format!("{host}:{}", service.port))
        };
        Ok(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            service: service.clone(),
            authority: authority.map_err(|_| invalid("the host is no header value".into()))?,
            tls,
        })
    }

    fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.service.connect_timeout.max(1))
    }

    pub(crate) fn read_timeout(&self) -> Duration {
        Duration::from_millis(self.service.read_timeout.max(1))
    }

    pub(crate) fn write_timeout(&self) -> Duration {
        Duration::from_millis(self.service.write_timeout.max(1))
    }
}

/// The idle connections of one worker.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: RefCell<HashMap<u64, Vec<Idle>>>,
    tasks: TaskTracker,
}

#[derive(Debug)]
struct Idle {
    sender: SendRequest<ToUpstream>,
    until: Instant,
}

/// A connection that serves one request and can then go back to its pool.
pub(crate) struct Lease {
    sender: Option<SendRequest<ToUpstream>>,
    pool: Rc<Pool>,
    upstream: u64,
    /// Whether it served before; a failure may then be the upstream's closing of an idle connection.
    pub(crate) reused: bool,
    pub(crate) idle_for: Duration,
}

impl Lease {
    pub(crate) fn sender(&mut self) -> Option<&mut SendRequest<ToUpstream>> {
        self.sender.as_mut()
    }

    /// Takes the time that the upstream says it keeps an idle connection (`Keep-Alive: timeout=5`).
    pub(crate) fn obey(&mut self, keep_alive: &HeaderValue) {
        let seconds = keep_alive.to_str().ok().and_then(|value| {
            value
                .split(',')
                .find_map(|part| part.trim().strip_prefix("timeout="))?
                .parse::<u64>()
                .ok()
        });
        if let Some(seconds) = seconds {
            self.idle_for = IDLE.min(Duration::from_secs(seconds.saturating_sub(1)));
        }
    }

    pub(crate) fn give_back(&mut self) {
        let Some(sender) = self.sender.take() else {
            return;
        };
        if sender.is_closed() || self.idle_for.is_zero() {
            return;
        }
        let mut idle = self.pool.idle.borrow_mut();
        let connections = idle.entry(self.upstream).or_default();
        if connections.len() < IDLE_CONNECTIONS {
            connections.push(Idle {
                sender,
                until: Instant::now() + self.idle_for,
            });
        }
    }
}

impl Pool {
    /// A connection that is open and idle, the most recently used first.
    pub(crate) fn idle(self: &Rc<Self>, upstream: &Upstream) -> Option<Lease> {
        let mut idle = self.idle.borrow_mut();
        let connections = idle.get_mut(&upstream.id)?;
        let now = Instant::now();
        while let Some(Idle { sender, until }) = connections.pop() {
            if until > now && sender.is_ready() {
                return Some(self.lease(upstream, sender, true));
            }
        }
        None
    }

    /// A new connection.
    pub(crate) async fn connect(
        self: &Rc<Self>,
        upstream: &Upstream,
    ) -> Result<Lease, ConnectError> {
        let limit = upstream.connect_timeout();
        let sender = timeout(limit, self.dial(upstream))
            .await
            .map_err(|_| ConnectError::TimedOut(limit))??;
        Ok(self.lease(upstream, sender, false))
    }

    /// Closes connections that were idle for too long.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        self.idle.borrow_mut().retain(|_, connections| {
            connections.retain(|idle| idle.until > now && !idle.sender.is_closed());
            !connections.is_empty()
        });
    }

    fn lease(
        self: &Rc<Self>,
        upstream: &Upstream,
        sender: SendRequest<ToUpstream>,
        reused: bool,
    ) -> Lease {
        Lease {
            sender: Some(sender),
            pool: Rc::clone(self),
            upstream: upstream.id,
            reused,
            idle_for: IDLE,
        }
    }

    async fn dial(&self, upstream: &Upstream) -> Result<SendRequest<ToUpstream>, ConnectError> {
        let host = upstream.service.host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, upstream.service.port)).await?;
        stream.set_nodelay(true)?;
        match &upstream.tls {
            None => self.handshake(stream).await,
            Some((name, config)) => {
                let connector = TlsConnector::from(Arc::clone(config));
                self.handshake(connector.connect(name.clone(), stream).await?)
                    .await
            }
        }
    }

    async fn handshake<S>(&self, stream: S) -> Result<SendRequest<ToUpstream>, ConnectError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(256 * 1024)
            .handshake(TokioIo::new(stream))
            .await?;
        // An error ends the connection; the request that was on it hears of it by its sender.
        self.tasks.spawn_local(async move {
            let _ = connection.with_upgrades().await;
        });
        Ok(sender)
    }
}
