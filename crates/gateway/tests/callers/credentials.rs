//! Credentials of every kind: where they may stand, and which are refused.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gateway::config::{Key, Strategy, StrategyKind};
use serde_json::json;

use crate::BASIC;
use crate::support::{World, application};

#[tokio::test(flavor = "multi_thread")]
async fn the_seed_pages_curl_works_word_for_word() {
    let world = World::start().await;
    world.issuer.add_client("CLIENT_ID", "CLIENT_SECRET");
    let mut world = world;
    world.publish(|config| {
        config.applications.push(application("CLIENT_ID"));
        config.routes[1].paths.push("/REGISTERED_ROUTE".into());
    });
    let printed = world
        .curl(&[
            "example.com/REGISTERED_ROUTE",
            "-H",
            "Authorization: Basic CLIENT_ID:CLIENT_SECRET",
        ])
        .await;
    assert!(printed.ends_with("\n200"), "{printed}");
    let encoded = format!(
        "Authorization: Basic {}",
        STANDARD.encode("CLIENT_ID:CLIENT_SECRET")
    );
    let printed = world.curl(&["example.com/weather", "-H", &encoded]).await;
    assert!(printed.ends_with("\n200"), "{printed}");
    let printed = world
        .curl(&["example.com/weather", "-u", "CLIENT_ID:CLIENT_SECRET"])
        .await;
    assert!(printed.ends_with("\n200"), "{printed}");
    assert_eq!(world.issuer.exchanges(), 1);
    assert_eq!(
        world.issuer.last_form()["audience"],
        "https://weather.test/"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_presented_is_401_with_a_challenge_and_kongs_body() {
    let world = World::start().await;
    let answer = world.get("/weather/today", &[]).await;
    assert_eq!(answer.code(), 401);
    let realm = format!(
        "Bearer realm=\"{}\"",
        world.issuer.url.replace("http://", "")
    );
    assert_eq!(answer.header("www-authenticate"), realm);
    let id = answer.header("x-request-id").to_owned();
    assert_eq!(
        answer.json(),
        json!({ "message": "Unauthorized", "request_id": id })
    );
    assert!(world.upstream.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_service_needs_no_credential_and_names_no_consumer() {
    let world = World::start().await;
    let answer = world.get("/open/x", &[("x-consumer-id", "forged")]).await;
    assert_eq!(answer.code(), 200);
    assert_eq!(answer.upstream("x-consumer-id"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_upstream_learns_who_calls_and_gets_the_token() {
    let world = World::start().await;
    let answer = world.get("/weather", &[BASIC]).await;
    assert_eq!(answer.code(), 200);
    assert_eq!(answer.upstream("x-consumer-id"), "id-of-app");
    assert_eq!(answer.upstream("x-consumer-username"), "Wetter app ☀");
    assert_eq!(answer.upstream("x-consumer-custom-id"), "app");
    assert_eq!(answer.upstream("x-credential-identifier"), "app");
    assert!(answer.upstream("authorization").starts_with("Bearer ey"));
    let request_id = answer.upstream("x-request-id");
    assert_eq!(answer.header("x-request-id"), request_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_identity_is_replaced_in_every_spelling() {
    let world = World::start().await;
    let forged = [
        BASIC,
        ("x-consumer-id", "admin"),
        ("x_consumer_id", "admin"),
        ("x-authenticated-groups", "admin"),
        ("x-forwarded-for", "10.0.0.1"),
        ("connection", "x-consumer-id, x-credential-identifier"),
    ];
    let answer = world.get("/weather", &forged).await;
    assert_eq!(answer.upstream("x-consumer-id"), "id-of-app");
    assert_eq!(answer.upstream("x-credential-identifier"), "app");
    assert_eq!(answer.upstream("x_consumer_id"), "");
    assert_eq!(answer.upstream("x-authenticated-groups"), "");
    assert_eq!(answer.upstream("x-forwarded-for"), "127.0.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_401_and_a_corrected_one_works_at_once() {
    let world = World::start().await;
    let wrong = ("authorization", "Basic app:s4cret");
    let answer = world.get("/weather", &[wrong]).await;
    assert_eq!(answer.code(), 401);
    assert_eq!(answer.json()["message"], "Unauthorized");
    world.issuer.add_client("app", "s4cret");
    assert_eq!(world.get("/weather", &[wrong]).await.code(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessed_client_ids_do_not_reach_the_issuer() {
    let world = World::start().await;
    for guess in ["a:b", "admin:admin", ":", "app", ""] {
        let header = format!("Basic {guess}");
        let answer = world.get("/weather", &[("authorization", &header)]).await;
        assert_eq!(answer.code(), 401, "{guess}");
        assert!(
            answer
                .header("www-authenticate")
                .starts_with("Bearer realm")
        );
    }
    assert_eq!(world.issuer.exchanges(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_may_come_by_query_and_body_and_are_hidden() {
    let world = World::start().await;
    let path = "/weather?client_id=app&q=1&client_secret=s3cret";
    let answer = world.get(path, &[]).await;
    assert_eq!(
        (answer.code(), &answer.json()["target"]),
        (200, &json!("/?q=1"))
    );
    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = "client_id=app&q=1&client_secret=s3cret";
    let answer = world.send("POST", "/weather", &[form], body).await;
    assert_eq!(
        (answer.code(), &answer.json()["body"]),
        (200, &json!("q=1"))
    );
    let body = json!({ "client_id": "app", "client_secret": "s3cret", "q": 1 }).to_string();
    let typed = ("content-type", "application/json");
    let answer = world.send("POST", "/weather", &[typed], body).await;
    assert_eq!(
        (answer.code(), &answer.json()["body"]),
        (200, &json!("{\"q\":1}"))
    );
    assert_eq!(world.issuer.exchanges(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_is_verified_and_its_keys_fetched_once() {
    let world = World::start().await;
    let bearer = world.bearer("app");
    for _ in 0..3 {
        let answer = world.get("/weather", &[("authorization", &bearer)]).await;
        assert_eq!(answer.code(), 200);
        assert_eq!(answer.upstream("authorization"), bearer);
    }
    let token = bearer.replace("Bearer ", "");
    let answer = world.get("/weather", &[("x-access-token", &token)]).await;
    assert_eq!(answer.code(), 200);
    let path = format!("/weather?access_token={token}");
    assert_eq!(world.get(&path, &[]).await.code(), 200);
    assert_eq!(
        (world.issuer.key_requests(), world.issuer.exchanges()),
        (1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_tokens_are_401_invalid_token_and_never_500() {
    let world = World::start().await;
    let good = world.issuer.token("app");
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let past = json!({ "exp": 1_700_000_000 });
    let none = "eyJhbGciOiJub25lIn0.eyJhenAiOiJhcHAifQ.";
    let hs256 = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImZpcnN0In0.eyJhenAiOiJhcHAifQ.AAAA";
    let bad = [
        String::new(),
        "x".into(),
        "a.b".into(),
        "a.b.c".into(),
        "..".into(),
        good[..good.len() - 6].into(),
        format!("{signed}.{}", signature.chars().rev().collect::<String>()),
        format!("{good}.x"),
        none.into(),
        hs256.into(),
        world.issuer.token_with("app", past),
        world
            .issuer
            .token_with("app", json!({ "iss": "https://other.test/" })),
        world.issuer.token_with("app", json!({ "azp": null })),
        world.issuer.token_with("app", json!({ "azp": ["app"] })),
        world.issuer.token_with("stranger", json!({})),
    ];
    for token in bad {
        let header = format!("Bearer {token}");
        let answer = world.get("/weather", &[("authorization", &header)]).await;
        assert_eq!(answer.code(), 401, "{token}");
    }
    let header = format!("Bearer {none}");
    let answer = world.get("/weather", &[("authorization", &header)]).await;
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    assert!(world.upstream.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_credential_does_not_fall_through() {
    let world = World::start().await;
    let headers = [("authorization", "Bearer nonsense")];
    let path = "/weather?client_id=app&client_secret=s3cret";
    assert_eq!(world.get(path, &headers).await.code(), 401);
    assert_eq!(world.issuer.exchanges(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_is_found_in_header_or_query_and_expires() {
    let mut world = World::start().await;
    let now = world.clock.now();
    world.publish(|config| {
        config.strategies.push(Strategy {
            id: "keys".into(),
            kind: StrategyKind::KeyAuth {
                key_names: vec!["apikey".into()],
            },
        });
        config.apis[0].strategy_ids = vec!["keys".into()];
        let mut keyed = application("keyed");
        keyed.strategy_id = "keys".into();
        keyed.keys = vec![Key {
            id: "key-1".into(),
            // SHA-256 of "hello".
            sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824".into(),
            expires_at: Some(now + Duration::from_secs(60)),
        }];
        config.applications.push(keyed);
    });
    let answer = world.get("/weather", &[("apikey", "hello")]).await;
    assert_eq!(
        (answer.code(), &*answer.upstream("x-credential-identifier")),
        (200, "key-1")
    );
    assert_eq!(world.get("/weather?apikey=hello", &[]).await.code(), 200);
    for (headers, message) in [
        (&[][..], "No API key found in request"),
        (&[("apikey", "other")][..], "Unauthorized"),
        (
            &[("apikey", "hello"), ("apikey", "hello")][..],
            "Duplicate API key found",
        ),
    ] {
        let answer = world.get("/weather", headers).await;
        assert_eq!(
            (answer.code(), answer.header("www-authenticate")),
            (401, "Key")
        );
        assert_eq!(answer.json()["message"], message);
    }
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(
        world.get("/weather", &[("apikey", "hello")]).await.code(),
        401
    );
}
