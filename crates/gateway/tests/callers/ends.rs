//! What takes a caller's access away, and what the gateway asks of issuers meanwhile.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::BASIC;
use crate::support::{World, strategy};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_expires_for_the_cache_too() {
    let world = World::start().await;
    let bearer = world.bearer("app");
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(world.get("/weather", &headers).await.code(), 200);
    world.clock.advance(Duration::from_secs(3601));
    assert_eq!(world.get("/weather", &headers).await.code(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_ends_with_its_token() {
    let world = World::start().await;
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    world.clock.advance(Duration::from_secs(3601));
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(world.issuer.exchanges(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn audience_and_scopes_are_demanded_with_403() {
    let mut world = World::start().await;
    world.publish(|config| strategy(config).scopes_required = vec!["read:weather".into()]);
    let bearer = world.bearer("app");
    let answer = world.get("/weather", &[("authorization", &bearer)]).await;
    assert_eq!(
        (answer.code(), &answer.json()["message"]),
        (403, &json!("Forbidden"))
    );
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("error=\"insufficient_scope\", scope=\"read:weather\""));
    world.issuer.set_scope("openid read:weather");
    let bearer = world.bearer("app");
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(world.get("/weather", &headers).await.code(), 200);
    world.publish(|config| strategy(config).audience_required = vec!["https://other/".into()]);
    assert_eq!(world.get("/weather", &headers).await.code(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_approved_registration_the_answer_is_403() {
    let mut world = World::start().await;
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    let bearer = world.bearer("app");
    world.application().registrations.clear();
    world.publish(|_| {});
    for credential in ["Basic app:s3cret", &bearer] {
        let answer = world
            .get("/weather", &[("authorization", credential)])
            .await;
        assert_eq!(
            (answer.code(), &answer.json()["message"]),
            (403, &json!("Forbidden"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_application_is_401_as_soon_as_publish_returns() {
    let mut world = World::start().await;
    let bearer = world.bearer("app");
    let session = world.get("/weather", &[BASIC]).await.cookie();
    assert_eq!(
        world
            .get("/weather", &[("authorization", &bearer)])
            .await
            .code(),
        200
    );
    world.publish(|config| config.applications.clear());
    for (name, value) in [BASIC, ("authorization", &bearer), ("cookie", &session)] {
        assert_eq!(
            world.get("/weather", &[(name, value)]).await.code(),
            401,
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_ends_its_exchange_and_its_session_at_once() {
    let mut world = World::start().await;
    let session = world.get("/weather", &[BASIC]).await.cookie();
    assert_eq!(
        world.get("/weather", &[("cookie", &session)]).await.code(),
        200
    );
    world.issuer.add_client("app", "n3w");
    world.application().secret_version += 1;
    world.publish(|_| {});
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 401);
    let refused = world.get("/weather", &[("cookie", &session)]).await;
    assert_eq!(refused.code(), 401);
    assert!(refused.header("set-cookie").contains("Max-Age=0"));
    let new = ("authorization", "Basic app:n3w");
    assert_eq!(world.get("/weather", &[new]).await.code(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_rotated_during_its_exchange_is_not_believed() {
    let mut world = World::start().await;
    world.issuer.set_open(false);
    let url = world.url("/weather");
    let mut call = JoinSet::new();
    call.spawn_blocking(move || {
        let arguments = ["-s", "-w", "%{http_code}", "-o", "/dev/null", "-H"];
        let curl = std::process::Command::new("curl")
            .args(arguments)
            .args(["Authorization: Basic app:s3cret", &url])
            .output();
        String::from_utf8(curl.unwrap().stdout).unwrap()
    });
    while world.issuer.exchanges() == 0 {
        tokio::task::yield_now().await;
    }
    world.application().secret_version += 1;
    world.publish(|_| {});
    // The issuer still knows the earlier secret when it answers.
    world.issuer.set_open(true);
    assert_eq!(call.join_next().await.unwrap().unwrap(), "401");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_first_calls_share_one_exchange() {
    let world = World::start().await;
    world.issuer.set_open(false);
    let mut calls = JoinSet::new();
    for _ in 0..1000 {
        let address = world.address;
        calls.spawn(async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let request = "GET /weather HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Basic app:s3cret\r\n\r\n";
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer.starts_with("HTTP/1.1 200")
        });
    }
    while world.issuer.exchanges() == 0 {
        tokio::task::yield_now().await;
    }
    world.issuer.set_open(true);
    let answers = calls.join_all().await;
    assert_eq!(answers.iter().filter(|&&ok| ok).count(), 1000);
    assert_eq!(
        (world.issuer.exchanges(), world.issuer.key_requests()),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rotated_keys_are_found_and_what_the_old_ones_signed_is_dropped() {
    let world = World::start().await;
    let old = world.bearer("app");
    assert_eq!(
        world
            .get("/weather", &[("authorization", &old)])
            .await
            .code(),
        200
    );
    world.issuer.rotate_keys();
    world.clock.advance(Duration::from_secs(31));
    let new = world.bearer("app");
    assert_eq!(
        world
            .get("/weather", &[("authorization", &new)])
            .await
            .code(),
        200
    );
    assert_eq!(
        world
            .get("/weather", &[("authorization", &old)])
            .await
            .code(),
        401
    );
    assert_eq!(world.issuer.key_requests(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_is_away_makes_503_not_401() {
    let world = World::start().await;
    world.issuer.set_away(true);
    let bearer = world.bearer("app");
    for credential in ["Basic app:s3cret", &bearer] {
        let answer = world
            .get("/weather", &[("authorization", credential)])
            .await;
        assert_eq!((answer.code(), answer.header("retry-after")), (503, "5"));
    }
    world.issuer.set_away(false);
    world.clock.advance(Duration::from_secs(31));
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    // What was verified stays good while it is away again.
    world.issuer.set_away(true);
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strategy_may_say_that_its_issuers_certificate_is_not_verified() {
    let mut world = World::start().await;
    let issuer = world.issuer.self_signed(&mut world.tasks).await;
    let url = issuer.url.clone();
    world.publish(|config| strategy(config).issuer = url);
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 503);
    let token = format!("Bearer {}", issuer.token("app"));
    let bearer = [("authorization", token.as_str())];
    assert_eq!(world.get("/weather", &bearer).await.code(), 503);
    world.publish(|config| strategy(config).ssl_verify = false);
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(world.get("/weather", &bearer).await.code(), 200);
    // What came unverified is not known to a strategy that verifies.
    world.publish(|config| strategy(config).ssl_verify = true);
    assert_eq!(world.get("/weather", &bearer).await.code(), 503);
}
