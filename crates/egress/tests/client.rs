//! The client against real servers on this machine.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use egress::{Egress, ErrorKind, Policy, Request};
use futures_util::{StreamExt as _, stream};
use oauth::Clock;
use tokio::net::TcpListener;

/// A server on a free port of this machine; it ends with the test's runtime.
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

fn local() -> Egress {
    let policy = Policy {
        allow: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        timeout: Duration::from_millis(400),
        max_response_bytes: 1000,
        ..Policy::default()
    };
    Egress::new(policy, Clock::system())
}

#[tokio::test]
async fn private_addresses_are_refused_by_literal_and_by_name() {
    let base = serve(Router::new().route("/", get(async || "secret"))).await;
    let port = base.rsplit(':').next().unwrap();
    let strict = Egress::new(Policy::default(), Clock::system());
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "169.254.169.254",
    ] {
        let error = strict
            .send(Request::get(&format!("http://{host}:{port}/?token=hidden")))
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused, "{host}: {error}");
        assert!(
            error.to_string().contains("egress.allow") && !error.to_string().contains("hidden"),
            "{error}"
        );
        assert!(error.nothing_was_sent());
    }
}

#[tokio::test]
async fn a_redirect_to_a_metadata_service_is_an_answer_and_is_not_followed() {
    let router = Router::new().route(
        "/",
        get(async || Redirect::temporary("http://169.254.169.254/latest/meta-data/")),
    );
    let answer = local()
        .send(Request::get(&serve(router).await))
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn other_schemes_and_credentials_in_the_address_are_refused() {
    for url in [
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://user:pw@example.com/",
        "/relative",
        "",
    ] {
        let error = local().send(Request::get(url)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest, "{url}");
    }
}

#[tokio::test]
async fn a_slow_answer_ends_in_time_and_a_large_one_at_its_limit() {
    let slow = async || {
        Body::from_stream(stream::iter([Ok::<_, std::io::Error>("x")]).chain(stream::pending()))
    };
    let large = async || "x".repeat(1001);
    let endless = async || {
        Body::from_stream(stream::repeat_with(|| {
            Ok::<_, std::io::Error>("x".repeat(100))
        }))
    };
    let base = serve(
        Router::new()
            .route("/slow", get(slow))
            .route("/large", get(large))
            .route("/endless", get(endless)),
    )
    .await;
    let kind = async |path: &str| {
        local()
            .send(Request::get(&format!("{base}{path}")))
            .await
            .unwrap_err()
            .kind
    };
    assert_eq!(kind("/slow").await, ErrorKind::Timeout);
    assert_eq!(kind("/large").await, ErrorKind::TooLarge);
    assert_eq!(kind("/endless").await, ErrorKind::TooLarge);
    let request = Request::get(&format!("{base}/large")).max_bytes(2000);
    assert_eq!(local().send(request).await.unwrap().body.len(), 1001);
}

#[tokio::test]
async fn failures_are_told_apart_in_one_sentence() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = local()
        .send(Request::post(&format!("http://{free}/")))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Connect);
    assert!(
        error.to_string().contains("nothing listens there"),
        "{error}"
    );
    let error = local()
        .send(Request::post("http://no-such-host.invalid/"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Name, "{error}");
    let plain = serve(Router::new()).await.replace("http://", "https://");
    let error = local().send(Request::post(&plain)).await.unwrap_err();
    assert!(
        error.nothing_was_sent() || error.kind == ErrorKind::Protocol,
        "{error:?}"
    );
}

#[tokio::test]
async fn only_what_is_idempotent_is_sent_again() {
    let calls = Arc::new(AtomicUsize::new(0));
    let busy = {
        let calls = calls.clone();
        move || {
            let call = calls.fetch_add(1, Ordering::SeqCst);
            async move {
                if call.is_multiple_of(2) {
                    (
                        StatusCode::SERVICE_UNAVAILABLE,
                        [(header::RETRY_AFTER, "0")],
                        "later",
                    )
                        .into_response()
                } else {
                    "done".into_response()
                }
            }
        }
    };
    let base = serve(Router::new().route("/", get(busy.clone()).post(busy))).await;
    assert_eq!(
        local().send(Request::get(&base)).await.unwrap().status,
        StatusCode::OK
    );
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    assert_eq!(
        local().send(Request::post(&base)).await.unwrap().status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_mounted_service_is_answered_without_a_socket() {
    let echo = async |headers: HeaderMap, body: String| format!("{:?} {body}", headers["host"]);
    let egress = Egress::new(Policy::default(), Clock::system());
    let copy = egress.clone();
    egress.mount(
        "http://Tenant.Example:80",
        &Router::new().route("/oauth/token", post(echo)),
    );
    let request =
        Request::post("http://tenant.example/oauth/token?x=1").form(&[("grant_type", "a b")]);
    let answer = copy.send(request).await.unwrap();
    assert_eq!(answer.body, r#""tenant.example" grant_type=a+b"#);
    let elsewhere = copy
        .with(&egress::Overrides::default())
        .unwrap()
        .send(Request::get("http://tenant.example/nothing"))
        .await
        .unwrap();
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn credentials_are_sent_as_the_rfcs_write_them() {
    let echo = async |headers: HeaderMap| {
        headers["authorization"]
            .to_str()
            .unwrap_or_default()
            .to_owned()
    };
    let base = serve(Router::new().route("/", get(echo))).await;
    let answer = local()
        .send(Request::get(&base).basic("a:b", &"s&c".into()))
        .await
        .unwrap();
    // `a%3Ab:s%26c`
    assert_eq!(answer.body, "Basic YSUzQWI6cyUyNmM=");
    let answer = local()
        .send(Request::get(&base).bearer(&"token".into()))
        .await
        .unwrap();
    assert_eq!(answer.body, "Bearer token");
    let shown = format!("{:?}", Request::get(&base).bearer(&"token".into()));
    assert!(!shown.contains("token"), "{shown}");
}

#[tokio::test]
async fn a_stream_comes_piece_by_piece() {
    let lines = async || {
        Body::from_stream(
            stream::iter(["a\n", "b\n"])
                .map(Ok::<_, std::io::Error>)
                .chain(stream::pending()),
        )
    };
    let base = serve(Router::new().route("/", get(lines))).await;
    let mut answer = local().send_streaming(Request::get(&base)).await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < 4 {
        seen.extend_from_slice(&answer.body.next().await.unwrap().unwrap());
    }
    assert_eq!(seen, b"a\nb\n");
}
