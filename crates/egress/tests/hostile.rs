//! Servers that mean harm, and issuers that point elsewhere.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use axum::{Json, Router};
use egress::issuer::Issuers;
use egress::{Egress, ErrorKind, Overrides, Policy, Request};
use oauth::Clock;
use oauth::jose::{Algorithm, SigningKey};
use serde_json::json;
use tokio::net::TcpListener;

/// A server that nobody should reach; it counts those who do.
async fn internal() -> (String, Arc<AtomicUsize>) {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = reached.clone();
    let router = Router::new().fallback(move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { Json(json!({ "keys": [] })) }
    });
    (serve(router).await, reached)
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "the server lives as long as the test"
    )]
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn strict() -> Egress {
    Egress::new(Policy::default(), Clock::system())
}

fn local() -> Egress {
    let policy = Policy {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        timeout: Duration::from_millis(600),
        ..Policy::default()
    };
    Egress::new(policy, Clock::system())
}

/// An issuer that an attacker controls: it is public, its documents point inwards.
fn evil_issuer(egress: &Egress, origin: &str, metadata: serde_json::Value) {
    let document = get(async move || Json(metadata));
    let router = Router::new().route("/.well-known/openid-configuration", document);
    egress.mount(origin, &router);
}

/// CVE-2026-1180: keys fetched from wherever a document or a registration says.
#[tokio::test]
async fn a_jwks_uri_that_points_inwards_reaches_nobody() {
    let (internal, reached) = internal().await;
    let port = internal.rsplit(':').next().unwrap();
    for address in [
        internal.clone(),
        format!("http://localhost:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://0177.0.0.1:{port}"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[fd00:ec2::254]/".to_owned(),
    ] {
        let egress = strict();
        evil_issuer(
            &egress,
            "http://issuer.example",
            json!({ "issuer": "http://issuer.example/", "jwks_uri": address }),
        );
        let issuers = Issuers::new(egress);
        let error = issuers.keys("http://issuer.example").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused, "{address}: {error}");
        assert!(issuers.refresh_keys("http://issuer.example").await.is_err());
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

/// CVE-2026-4366: a public address that redirects inwards.
#[tokio::test]
async fn a_document_that_redirects_inwards_reaches_nobody() {
    let (internal, reached) = internal().await;
    for egress in [strict(), local()] {
        let target = internal.clone();
        let to = get(async move || Redirect::temporary(&target));
        egress.mount("http://issuer.example", &Router::new().fallback(to));
        let issuers = Issuers::new(egress);
        let error = issuers.metadata("http://issuer.example").await.unwrap_err();
        assert!(error.to_string().contains("answered 307"), "{error}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_issuer_with_https_may_not_send_credentials_without() {
    for member in ["token_endpoint", "jwks_uri"] {
        let egress = strict();
        let mut metadata = json!({
            "issuer": "https://issuer.example/",
            "token_endpoint": "https://issuer.example/token",
            "jwks_uri": "https://issuer.example/keys",
        });
        metadata[member] = json!("http://issuer.example/");
        evil_issuer(&egress, "https://issuer.example", metadata);
        let issuers = Issuers::new(egress);
        let error = issuers
            .metadata("https://issuer.example")
            .await
            .unwrap_err();
        assert!(error.to_string().contains("without https"), "{error}");
    }
}

/// CVE-2025-64527 and its kind: what is no key spoils neither the server nor the keys beside it.
#[tokio::test]
async fn strange_key_sets_are_read_without_harm() {
    let key = SigningKey::generate_es256().unwrap();
    let good = serde_json::to_value(key.public_jwk().unwrap()).unwrap();
    let nested = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let sets = [
        (
            json!({ "keys": [{}, null, 7, "x", [], { "kty": "RSA" }, good, good] }).to_string(),
            true,
        ),
        (
            json!({ "keys": [{ "kty": "RSA", "kid": key.kid(), "n": "AQ", "e": "AQAB" }, good] })
                .to_string(),
            true,
        ),
        (json!({ "keys": {} }).to_string(), false),
        (json!([]).to_string(), false),
        ("{}".to_owned(), false),
        (String::new(), false),
        (format!("{{\"keys\":{nested}}}"), false),
        (
            format!("{{\"keys\":[{}]}}", "1,".repeat(200_000) + "1"),
            false,
        ),
    ];
    for (body, usable) in sets {
        let egress = strict();
        let origin = "http://issuer.example";
        let metadata = json!({ "issuer": origin, "jwks_uri": "http://issuer.example/keys" });
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(async move || Json(metadata)),
            )
            .route("/keys", get(async move || body));
        egress.mount(origin, &router);
        let issuers = Issuers::new(egress);
        let (first, second) = tokio::join!(issuers.keys(origin), issuers.keys(origin));
        let found =
            |keys: &oauth::jose::KeySet| keys.find(Some(key.kid()), Algorithm::Es256).is_some();
        assert_eq!(first.is_ok_and(|keys| found(&keys)), usable);
        assert_eq!(second.is_ok_and(|keys| found(&keys)), usable);
    }
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/?code=hidden", listener.local_addr().unwrap());
    let error = local().send(Request::get(&url)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(!error.to_string().contains("hidden"), "{error}");
}

#[tokio::test]
async fn a_wait_beyond_the_time_out_is_the_callers_to_know() {
    let busy =
        async || (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response();
    let base = serve(Router::new().route("/", get(busy))).await;
    let answer = local().send(Request::get(&base)).await.unwrap();
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_mounted_service_sees_a_caller_and_may_panic() {
    let egress = strict();
    let caller =
        async |ConnectInfo(caller): ConnectInfo<std::net::SocketAddr>| caller.ip().to_string();
    let panics = async || -> &'static str { panic!("a handler fails") };
    let router = Router::new()
        .route("/caller", get(caller))
        .route("/panics", get(panics));
    egress.mount("http://127.0.0.1:8005", &router);
    let answer = egress
        .send(Request::get("http://127.0.0.1:8005/caller"))
        .await;
    assert_eq!(answer.unwrap().body, "127.0.0.1");
    let answer = egress
        .send(Request::get("http://127.0.0.1:8005/panics"))
        .await;
    assert_eq!(answer.unwrap_err().kind, ErrorKind::Protocol);
    // Another port of the same host is another origin.
    let other = egress
        .send(Request::get("http://127.0.0.1:8006/caller"))
        .await;
    assert_eq!(other.unwrap_err().kind, ErrorKind::Refused);
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_secret() {
    let secret = "hush-hush".to_owned();
    let request = Request::post(&format!("https://issuer.example/token?code={secret}"))
        .form(&[("client_secret", &secret)])
        .header("x-api-key", &secret)
        .basic("client", &secret.clone().into());
    assert!(!format!("{request:?}").contains(&secret));
    let egress = strict();
    let echoed = secret.clone();
    let router = Router::new().fallback(get(async move || echoed));
    egress.mount("http://issuer.example", &router);
    let answer = egress
        .send(Request::get("http://issuer.example/"))
        .await
        .unwrap();
    assert_eq!(answer.body, secret);
    assert!(!format!("{answer:?}").contains(&secret));
    let error = answer.json::<serde_json::Value>().unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&secret));
}

#[tokio::test]
async fn a_proxy_is_gone_through_and_never_around() {
    let seen = async |uri: http::Uri| uri.to_string();
    let proxy = serve(Router::new().fallback(seen)).await;
    let through = |proxy: &str| Overrides {
        proxy: Some(proxy.parse().unwrap()),
        ..Overrides::default()
    };
    let egress = local().with(&through(&proxy)).unwrap();
    // The name has no address here: the proxy is asked for it.
    let answer = egress
        .send(Request::get("http://issuer.invalid/path"))
        .await;
    assert_eq!(answer.unwrap().body, "http://issuer.invalid/path");
    let literal = egress.send(Request::get("http://169.254.169.254/")).await;
    assert_eq!(literal.unwrap_err().kind, ErrorKind::Refused);
    let unusable = local().with(&through("ftp://proxy.example:21"));
    assert_eq!(unusable.err().unwrap().kind, ErrorKind::InvalidRequest);
}

mod tls {
    use super::{Arc, Egress, ErrorKind, Overrides, Policy, Request, TcpListener, local};
    use oauth::Clock;
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::ServerConfig;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// An authority, and a server on this machine with a certificate of it for these names.
    async fn server(
        change: impl FnOnce(&mut CertificateParams),
    ) -> (CertificateDer<'static>, String) {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        #[expect(
            clippy::disallowed_methods,
            reason = "the server lives as long as the test"
        )]
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = stream.read(&mut [0; 1024]).await;
                    let answer =
                        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
                    let _ = stream.write_all(answer).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        (authority.der().clone(), url)
    }

    fn trusting(root: &CertificateDer<'static>) -> Egress {
        local()
            .with(&Overrides {
                roots: vec![root.clone()],
                ..Overrides::default()
            })
            .unwrap()
    }

    #[tokio::test]
    async fn an_authority_of_ones_own_is_trusted_where_it_is_named() {
        let (root, url) = server(|_| ()).await;
        let error = local().send(Request::get(&url)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Tls);
        assert!(error.to_string().contains("egress.ca_file"), "{error}");
        assert!(error.nothing_was_sent());
        let answer = trusting(&root).send(Request::get(&url)).await.unwrap();
        assert_eq!(answer.body, "ok");
        let policy = Policy {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            roots: vec![root],
            ..Policy::default()
        };
        let egress = Egress::new(policy, Clock::system());
        assert_eq!(egress.send(Request::get(&url)).await.unwrap().body, "ok");
    }

    #[tokio::test]
    async fn a_certificate_for_another_name_or_time_is_refused_with_its_reason() {
        let (root, url) = server(|params| {
            params.subject_alt_names = CertificateParams::new(vec!["other.example".to_owned()])
                .unwrap()
                .subject_alt_names;
        })
        .await;
        let error = trusting(&root).send(Request::get(&url)).await.unwrap_err();
        assert!(error.to_string().contains("for another name"), "{error}");
        let (root, url) = server(|params| {
            params.not_after = rcgen::date_time_ymd(2001, 1, 1);
        })
        .await;
        let error = trusting(&root).send(Request::get(&url)).await.unwrap_err();
        assert!(error.to_string().contains("has expired"), "{error}");
    }

    #[tokio::test]
    async fn a_client_that_need_not_verify_still_guards_addresses() {
        let (_, url) = server(|_| ()).await;
        let unverified = local().without_verification();
        let answer = unverified.send(Request::get(&url)).await.unwrap();
        assert_eq!(answer.body, "ok");
        let guarded = Egress::new(Policy::default(), Clock::system()).without_verification();
        let error = guarded.send(Request::get(&url)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused);
    }

    #[tokio::test]
    async fn a_server_without_tls_is_told_so() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        #[expect(
            clippy::disallowed_methods,
            reason = "the server lives as long as the test"
        )]
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            }
        });
        let error = local().send(Request::get(&url)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Tls, "{error}");
        assert!(error.to_string().contains("http://"), "{error}");
    }
}
