//! Listeners of the control plane, the portal, the tenant and operations. The gateway has its own server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Layer as _;

/// How long open requests may take to finish once a shutdown began.
const DRAIN: Duration = Duration::from_secs(20);
/// How long a client may take to finish the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(15);
/// How long a client may take to send a request's head. The time begins when the connection falls idle,
/// so it is also how long an idle connection is kept: a client that is busy with itself for a while must
/// find its connections open.
const HEAD: Duration = Duration::from_secs(75);

/// Binds `host:port`.
///
/// # Errors
/// One sentence that names the section of the configuration and what to do.
pub(crate) async fn bind(section: &str, listen: &str) -> Result<TcpListener> {
    TcpListener::bind(listen).await.map_err(|error| {
        let variable = section.to_ascii_uppercase();
        match error.kind() {
            io::ErrorKind::AddrInUse => anyhow::anyhow!(
                "{listen} is in use, so [{section}] cannot listen there; stop the other program, or set {section}.listen (GATEHOUSE__{variable}__LISTEN) to another port, 0 for a free one"
            ),
            io::ErrorKind::PermissionDenied => anyhow::anyhow!(
                "this user may not listen on {listen}; set {section}.listen (GATEHOUSE__{variable}__LISTEN) to a port above 1023"
            ),
            _ => anyhow::anyhow!("cannot listen on {listen} ({section}.listen): {error}"),
        }
    })
}

/// Serves a router until `shutdown`, then lets open requests finish.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    router: Router,
    shutdown: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    let acceptor = tls.map(TlsAcceptor::from);
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = Connection {
                    stream,
                    peer,
                    acceptor: acceptor.clone(),
                    router: router.clone(),
                };
                connections.spawn(connection.serve(graceful.watcher()));
            }
            Err(error) => {
                // Too many open files is the usual reason; others' connections end and free them.
                tracing::warn!(error = %error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    let drained = async {
        graceful.shutdown().await;
        connections.wait().await;
    };
    if timeout(DRAIN, drained).await.is_err() {
        tracing::warn!(
            "some requests did not finish in {} s and were cut",
            DRAIN.as_secs()
        );
    }
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    router: Router,
}

impl Connection {
    async fn serve(self, watcher: hyper_util::server::graceful::Watcher) {
        let _ = self.stream.set_nodelay(true);
        // Around the router as a whole: `Router::layer` would build every route anew for each connection.
        let router = axum::Extension(ConnectInfo(self.peer)).layer(self.router);
        let service = TowerToHyperService::new(router);
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Some(Duration::from_secs(30)));
        let outcome = match self.acceptor {
            None => {
                let connection =
                    builder.serve_connection_with_upgrades(TokioIo::new(self.stream), service);
                watcher.watch(connection).await
            }
            Some(acceptor) => match timeout(HANDSHAKE, acceptor.accept(self.stream)).await {
                Ok(Ok(stream)) => {
                    let connection =
                        builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
                    watcher.watch(connection).await
                }
                Ok(Err(error)) => {
                    tracing::debug!(error = %error, "TLS handshake failed");
                    return;
                }
                Err(_) => return,
            },
        };
        if let Err(error) = outcome {
            tracing::debug!(error = %error, "connection ended early");
        }
    }
}

/// The port that a listener got.
///
/// # Errors
/// If the operating system does not say.
pub(crate) fn port(listener: &TcpListener) -> Result<u16> {
    Ok(listener
        .local_addr()
        .context("address of a listener")?
        .port())
}

#[cfg(test)]
mod tests {
    use super::{bind, port};

    #[tokio::test]
    async fn a_port_in_use_is_one_clear_sentence() {
        let first = bind("portal", "127.0.0.1:0").await.unwrap();
        let taken = format!("127.0.0.1:{}", port(&first).unwrap());
        let error = bind("portal", &taken).await.err().unwrap().to_string();
        assert!(
            error.contains("is in use") && error.contains("GATEHOUSE__PORTAL__LISTEN"),
            "{error}"
        );
    }
}
