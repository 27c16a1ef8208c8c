//! How requests travel: framing, routing, headers, streams, protocols, failures.
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use gateway::Settings;
use http::{Request, Version};
use http_body_util::{BodyExt, Empty, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use serde_json::json;
use support::{Answer, World, route, service};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends bytes as they are, and reads until the gateway closes.
async fn raw(world: &World, bytes: &str) -> String {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn ambiguous_requests_are_refused_and_their_connection_closed() {
    let world = World::start().await;
    let smuggled = "GET /open/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let length = smuggled.len() + 5;
    for head in [
        format!("Host: a\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked"),
        format!("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: {length}"),
        "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity".into(),
        "Host: a\r\nTransfer-Encoding: identity, chunked".into(),
        "Host: a\r\nTransfer-Encoding: xchunked".into(),
        "Host: a\r\nTransfer-Encoding : chunked".into(),
        "Host: a\r\nContent-Length: 4\r\nContent-Length: 5".into(),
        "Host: a\r\nContent-Length: +4".into(),
        "Host: a\r\nHost: b".into(),
        "Accept: */*".into(),
    ] {
        let request = format!("POST /open HTTP/1.1\r\n{head}\r\n\r\n0\r\n\r\n{smuggled}");
        let answer = raw(&world, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{head}: {answer}");
    }
    assert!(world.upstream.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_sent_ahead_of_a_refused_upgrade_are_no_tunnel() {
    let world = World::start().await;
    let request = "GET /open HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n\
                   GET /open/next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = raw(&world, request).await;
    // Each is a request of its own, answered as such.
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer}");
    assert_eq!(world.upstream.requests(), ["GET /", "GET /next"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_and_oversized_headers_are_refused() {
    let world = World::start().await;
    let answer = raw(&world, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let huge = "x".repeat(70_000);
    let answer = raw(
        &world,
        &format!("GET /open HTTP/1.1\r\nHost: a\r\nX-A: {huge}\r\n\r\n"),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_404_with_kongs_message() {
    let world = World::start().await;
    let answer = world.get("/nowhere", &[]).await;
    assert_eq!(answer.code(), 404);
    assert_eq!(
        answer.json()["message"],
        "no Route matched with those values"
    );
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_cannot_be_left_by_dots() {
    let mut world = World::start().await;
    world.publish(|config| config.services[0].path = "/public".into());
    for path in [
        "/open/../weather",
        "/open/%2e%2e/weather",
        "/open/./..//weather",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = raw(&world, &request).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{path}: {answer}");
    }
    let request = "GET /open/a/%2e%2e/%2fb?c=../d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert!(raw(&world, request).await.starts_with("HTTP/1.1 200"));
    assert_eq!(world.upstream.requests(), ["GET /public/%2Fb?c=../d"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_upstream_learns_where_the_request_came_from() {
    let world = World::start().await;
    let forged = [
        ("host", "api.test:8000"),
        ("x-real-ip", "10.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "forged"),
    ];
    let answer = world.get("/open/a?b=c", &forged).await;
    let seen: Vec<String> = ["for", "proto", "host", "path", "prefix"]
        .iter()
        .map(|name| answer.upstream(&format!("x-forwarded-{name}")))
        .collect();
    assert_eq!(
        seen,
        ["127.0.0.1", "http", "api.test:8000", "/open/a", "/open"]
    );
    assert_eq!(
        answer.upstream("x-forwarded-port"),
        world.address.port().to_string()
    );
    assert_eq!(answer.upstream("x-real-ip"), "127.0.0.1");
    assert_eq!(answer.upstream("host"), world.upstream.address.to_string());
    assert_eq!(answer.upstream("via"), "1.1 gatehouse");
    assert_ne!(answer.upstream("x-request-id"), "forged");
    assert_eq!(answer.json()["target"], "/a?b=c");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_is_believed_about_where_a_request_came_from() {
    let settings = Settings {
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        ..Settings::default()
    };
    let world = World::with(settings, |_| {}).await;
    let told = [
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "edge-1"),
        ("x-consumer-id", "forged"),
    ];
    let answer = world.get("/open", &told).await;
    assert_eq!(answer.upstream("x-forwarded-for"), "192.0.2.7, 127.0.0.1");
    assert_eq!(answer.upstream("x-forwarded-proto"), "https");
    assert_eq!(answer.header("x-request-id"), "edge-1");
    assert_eq!(answer.upstream("x-consumer-id"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn host_and_path_are_kept_where_the_route_says_so() {
    let mut world = World::start().await;
    world.publish(|config| {
        config.routes[0].strip_path = false;
        config.routes[0].preserve_host = true;
    });
    let answer = world.get("/open/a", &[("host", "api.test")]).await;
    assert_eq!(answer.json()["target"], "/open/a");
    assert_eq!(answer.upstream("host"), "api.test");
    assert_eq!(answer.upstream("x-forwarded-prefix"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_one_hop_pass_in_neither_direction() {
    let world = World::start().await;
    let answer = world.get("/open/hops", &[]).await;
    assert_eq!(
        (answer.header("x-public"), answer.header("x-private")),
        ("1", "")
    );
    assert_eq!(
        (answer.header("connection"), answer.header("keep-alive")),
        ("", "")
    );
    let sent = [
        ("connection", "x-private"),
        ("x-private", "1"),
        ("te", "trailers"),
        ("proxy-authorization", "Basic x"),
    ];
    let answer = world.get("/open", &sent).await;
    for (name, _) in sent {
        assert_eq!(answer.upstream(name), "", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_pass_both_ways_unchanged() {
    let world = World::start().await;
    let body: Vec<u8> = (0..8_000_000_u32).map(|n| (n * 31 / 7) as u8).collect();
    let body = Bytes::from(body);
    let answer = world.send("POST", "/open/mirror", &[], body.clone()).await;
    assert_eq!(answer.code(), 200);
    assert!(answer.body == body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_413_announced_or_not() {
    let settings = Settings {
        max_body_bytes: Some(1000),
        ..Settings::default()
    };
    let world = World::with(settings, |_| {}).await;
    let answer = world
        .send("POST", "/open/mirror", &[], "x".repeat(1000))
        .await;
    assert_eq!(answer.code(), 200);
    let answer = world.send("POST", "/open", &[], "x".repeat(1001)).await;
    assert_eq!((answer.code(), answer.header("connection")), (413, "close"));
    let chunk = format!("1f4\r\n{}\r\n", "x".repeat(500));
    let head = "POST /open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = raw(&world, &format!("{head}{}0\r\n\r\n", chunk.repeat(3))).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_one_by_one_as_they_are_sent() {
    let world = World::start().await;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let uri = world.url("/open/events").parse().unwrap();
    let mut answer = client.get(uri).await.unwrap();
    for event in ["one", "two", "three"] {
        world.upstream.event(Some(event));
        let frame = answer.body_mut().frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), format!("data: {event}\n\n"));
    }
    world.upstream.event(None);
    assert!(answer.body_mut().frame().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgraded_connection_carries_bytes_both_ways() {
    let world = World::start().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let request = "GET /open/socket HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(head.contains("upgrade: echo"), "{head}");
    for word in [&b"hello"[..], b"again"] {
        stream.write_all(word).await.unwrap();
        let mut echoed = [0; 5];
        stream.read_exact(&mut echoed).await.unwrap();
        assert_eq!(echoed, word);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_upstream_is_504_and_an_absent_one_502() {
    let mut world = World::start().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = free.local_addr().unwrap();
    drop(free);
    world.publish(|config| {
        config.services[0].read_timeout = 50;
        config.services.push(service("gone", nobody));
        config.routes.push(route("gone", "/gone"));
    });
    let answer = world.get("/open/silent", &[]).await;
    assert_eq!(answer.code(), 504);
    assert_eq!(
        answer.json()["message"],
        "The upstream server is timing out"
    );
    let answer = world.get("/gone", &[]).await;
    assert_eq!(answer.code(), 502);
    assert_eq!(
        answer.json()["message"],
        "An invalid response was received from the upstream server"
    );
}

/// An upstream that answers each connection with these bytes and closes it.
async fn serving(world: &mut World, answer: &'static str) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    world.tasks.spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    world.publish(|config| config.services[0] = service("open", address));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_speaks_no_http_is_502() {
    let mut world = World::start().await;
    for answer in [
        "SSH-2.0-OpenSSH\r\n\r\n",
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    ] {
        serving(&mut world, answer).await;
        assert_eq!(world.get("/open", &[]).await.code(), 502, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_upstream_closed_cost_no_request() {
    let mut world = World::start().await;
    serving(&mut world, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    for _ in 0..50 {
        assert_eq!(world.get("/open", &[]).await.body, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_for_https_alone_is_426_on_http() {
    let mut world = World::start().await;
    world.publish(|config| config.routes[0].protocols = vec!["https".into()]);
    let answer = world.get("/open", &[]).await;
    assert_eq!(
        (answer.code(), answer.header("upgrade")),
        (426, "TLS/1.2, HTTP/1.1")
    );
    assert_eq!(answer.json()["message"], "Please use HTTPS protocol");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_configuration_is_503() {
    let world = World::start().await;
    let clock = world.clock.clone();
    let entropy = oauth::Entropy::seeded(1);
    let keys = gateway::SessionKeys::random(&entropy);
    let settings = Settings::default();
    let empty = gateway::Gateway::new(settings, support::egress(&clock), clock, entropy, keys);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut world = world;
    world.tasks.spawn(async move {
        let never = std::future::pending();
        empty.serve(listener, None, never).await.unwrap();
    });
    world.address = address;
    assert_eq!(world.get("/open", &[]).await.code(), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_spoken_to_those_who_begin_with_it() {
    let world = World::start().await;
    let mut builder = Client::builder(TokioExecutor::new());
    let client = builder.http2_only(true).build_http::<Full<Bytes>>();
    let request = Request::post(world.url("/open/a"))
        .body(Full::from("body"))
        .unwrap();
    let answer = client.request(request).await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    let answer = Answer::read(answer).await;
    assert_eq!(
        (answer.code(), &answer.json()["body"]),
        (200, &json!("body"))
    );
    assert_eq!(answer.upstream("host"), world.upstream.address.to_string());
    let refused = client.get(world.url("/weather").parse().unwrap()).await;
    assert_eq!(refused.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_offers_http_2_and_tells_the_upstream_https() {
    let mut world = World::start().await;
    world.publish(|config| config.routes[0].protocols = vec!["https".into()]);
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let gateway = world.gateway.clone();
    world.tasks.spawn(async move {
        let never = std::future::pending();
        gateway
            .serve(listener, Some(Arc::new(server)), never)
            .await
            .unwrap();
    });
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let mut client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    let stream = TokioIo::new(connector.connect(name, stream).await.unwrap());
    let executor = TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, stream)
        .await
        .unwrap();
    world.tasks.spawn(async move {
        let _ = connection.await;
    });
    let request = Request::get("https://localhost/open").body(Empty::<Bytes>::new());
    let answer = sender.send_request(request.unwrap()).await.unwrap();
    let answer = Answer::read(answer).await;
    assert_eq!(answer.code(), 200);
    assert_eq!(answer.upstream("x-forwarded-proto"), "https");
    assert_eq!(answer.upstream("x-forwarded-host"), "localhost");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_a_running_request_end() {
    let settings = Settings {
        drain: Duration::from_secs(20),
        ..Settings::default()
    };
    let mut world = World::with(settings, |_| {}).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let gateway = world.gateway.clone();
    let serving = world.tasks.spawn(async move {
        let stopped = async { drop(stopped.await) };
        gateway.serve(listener, None, stopped).await.unwrap();
    });
    world.address = address;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let uri = world.url("/open/events").parse().unwrap();
    let mut answer = client.get(uri).await.unwrap();
    stop.send(()).unwrap();
    world.upstream.event(Some("last"));
    let frame = answer.body_mut().frame().await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap(), "data: last\n\n");
    assert!(!serving.is_finished());
    world.upstream.event(None);
    assert!(answer.body_mut().frame().await.is_none());
    drop(client);
    while !serving.is_finished() {
        tokio::task::yield_now().await;
    }
}
