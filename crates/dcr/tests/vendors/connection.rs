//! The way to one provider: a server with a certificate of a private authority, a forward proxy, and
//! answers that never come. All of it over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use dcr::testing::KeptInMemory;
use dcr::{
    Access, Connection, DcrProvider, ErrorKind, Finding, Probe, ProviderConfig, Rfc7591Config,
    Settings,
};
use egress::{Egress, Policy};
use oauth::Clock;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::server::registration::{ISSUER, Registration, Rules};
use crate::server::{Server, application};

/// Runs for as long as the test does.
fn forever(task: impl Future<Output = ()> + Send + 'static) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the server lives as long as the test"
    )]
    tokio::spawn(task);
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.listener.accept().await else {
                continue;
            };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// Serves over TLS as `as.example`. Gives where, and the private authority's certificate.
async fn served(router: Router) -> (SocketAddr, String) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["as.example".to_owned()]).expect("parameters");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .expect("a certificate");
    let (listener, address) = listener().await;
    let tls = Tls {
        listener,
        acceptor: TlsAcceptor::from(Arc::new(config)),
    };
    forever(async move {
        let _ = axum::serve(tls, router).await;
    });
    (address, authority.pem())
}

/// A forward proxy (RFC 9110 §9.3.6) that leads to `as.example:443` at this address; one that leads
/// nowhere refuses.
async fn proxy(leads_to: Option<SocketAddr>) -> String {
    let (listener, address) = listener().await;
    forever(async move {
        while let Ok((stream, _)) = listener.accept().await {
            forever(async move {
                let _ = tunnel(stream, leads_to).await;
            });
        }
    });
    format!("http://{address}")
}

async fn tunnel(stream: TcpStream, leads_to: Option<SocketAddr>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == "\r\n" {
            break;
        }
        lines.push(line);
    }
    let asked = lines.first().map(String::as_str).unwrap_or_default();
    let target = leads_to.filter(|_| asked.starts_with("CONNECT as.example:443 "));
    let Some(target) = target else {
        let refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
        return stream.write_all(refusal).await;
    };
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    let mut target = TcpStream::connect(target).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut target).await?;
    Ok(())
}

fn provider(connection: Connection) -> Arc<dyn DcrProvider> {
    let policy = Policy {
        // The proxy stands on this machine.
        allow: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Policy::default()
    };
    let settings = Settings {
        config: ProviderConfig::Rfc7591(Rfc7591Config {
            issuer: ISSUER.to_owned(),
            registration_endpoint: None,
            access: Access::Open,
        }),
        connection,
        states: Arc::new(KeptInMemory::default()),
    };
    let egress = Egress::new(policy, Clock::system());
    dcr::connect(settings, &egress, Clock::system()).expect("a connection that can be used")
}

fn through(proxy: &str, authority: Option<&str>) -> Connection {
    Connection {
        ca_certificates: authority.map(str::to_owned),
        proxy: Some(proxy.parse().expect("a URL")),
        timeout: Some(Duration::from_secs(2)),
    }
}

async fn failed(connection: Connection) -> Vec<Finding> {
    let mut findings = provider(connection).verify(&Probe::default()).await;
    findings.retain(|finding| !finding.ok);
    findings
}

/// The finding of this check, which has failed and says so with these words.
fn says(findings: &[Finding], check: &str, words: &[&str]) {
    let finding = findings.iter().find(|finding| finding.check == check);
    let finding = finding.unwrap_or_else(|| panic!("{check} in {findings:?}"));
    for word in words {
        assert!(finding.message.contains(word), "{word} in {finding:?}");
    }
}

#[tokio::test]
async fn a_provider_is_reached_through_its_proxy_by_its_authority() {
    let server = Server::new(Registration::with(Rules::default()));
    let (address, authority) = served(server.router()).await;
    let proxy = proxy(Some(address)).await;
    let provider = provider(through(&proxy, Some(&authority)));
    let findings = provider.verify(&Probe::default()).await;
    for finding in &findings {
        assert!(finding.ok, "{finding:?}");
    }
    let set = findings.iter().find(|found| found.check == "connection");
    let set = &set.expect("what is set").message;
    let shown = proxy.trim_start_matches("http://");
    for word in ["2 seconds", "1 certificate authorities", shown] {
        assert!(set.contains(word), "{word} in {set}");
    }
    let made = provider.register(&application("a", &[])).await;
    assert!(made.is_ok(), "{:?}", made.err());
    assert_eq!(server.with(|server| server.clients.len()), 1);
}

#[tokio::test]
async fn an_authority_that_is_not_named_is_told_and_nothing_is_sent() {
    let server = Server::new(Registration::with(Rules::default()));
    let (address, _) = served(server.router()).await;
    let proxy = proxy(Some(address)).await;
    let findings = failed(through(&proxy, None)).await;
    says(
        &findings,
        "tls",
        &["as.example", "connection.ca_certificates"],
    );
    let other = served(Router::new()).await.1;
    let findings = failed(through(&proxy, Some(&other))).await;
    says(
        &findings,
        "tls",
        &["not valid", "connection.ca_certificates"],
    );
    assert_eq!(server.count(""), 0);
}

#[tokio::test]
async fn a_proxy_that_is_down_or_does_not_lead_there_is_told_with_its_address() {
    let (listener, nobody) = listener().await;
    drop(listener);
    let down = format!("http://{nobody}");
    let findings = failed(through(&down, None)).await;
    let shown = nobody.to_string();
    says(
        &findings,
        "proxy",
        &[&shown, "nothing listens there", "connection.proxy"],
    );

    let refusing = proxy(None).await;
    let findings = failed(through(&refusing, None)).await;
    says(
        &findings,
        "proxy",
        &["does not lead there", "connection.proxy"],
    );
    let error = provider(through(&refusing, None));
    let error = error.register(&application("a", &[])).await.err();
    let error = error.expect("a failure");
    assert!(error.unsent, "nothing can have been made: {error}");
}

#[tokio::test]
async fn a_provider_that_stalls_is_given_up_in_its_own_time() {
    let stalls = Router::new().fallback(std::future::pending::<()>);
    let (address, authority) = served(stalls).await;
    let proxy = proxy(Some(address)).await;
    let connection = Connection {
        timeout: Some(Duration::from_secs(1)),
        ..through(&proxy, Some(&authority))
    };
    let started = std::time::Instant::now();
    let findings = failed(connection.clone()).await;
    says(
        &findings,
        "timeout",
        &["within 1 s", "connection.timeout_seconds"],
    );
    let made = provider(connection).register(&application("a", &[])).await;
    assert_eq!(made.err().map(|e| e.kind), Some(ErrorKind::Unavailable));
    let waited = started.elapsed();
    assert!(waited < Duration::from_secs(10), "{waited:?}");
}
