//! Who may call: credentials of every kind, and what takes them away.

mod support;

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gateway::config::{Key, Secret, Strategy, StrategyKind};
use serde_json::json;
use support::{World, application, strategy};
use tokio::task::JoinSet;

const BASIC: (&str, &str) = ("authorization", "Basic app:s3cret");

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
async fn an_admitted_call_is_noted_for_its_client_and_told_once_a_minute() {
    let mut world = World::start().await;
    world.issuer.add_client("next", "s3cret");
    world.application().client_ids.push("next".into());
    world.publish(|_| {});
    let noted = |world: &World| -> Vec<String> {
        let untold = world.gateway.untold_uses();
        let noted = untold.uses().iter().map(|used| used.credential.clone());
        let noted = noted.collect();
        untold.told();
        noted
    };
    let wrong = ("authorization", "Basic app:wrong");
    assert_eq!(world.get("/weather", &[wrong]).await.code(), 401);
    assert!(noted(&world).is_empty(), "nobody was let in");
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(noted(&world), ["app"]);
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert!(noted(&world).is_empty(), "in the same minute");
    world.clock.advance(Duration::from_secs(60));
    let next = ("authorization", "Basic next:s3cret");
    assert_eq!(world.get("/weather", &[next]).await.code(), 200);
    world.application().name = "Renamed".into();
    world.publish(|_| {});
    assert_eq!(noted(&world), ["next"], "a change forgets no use");
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

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_by_who_called_what_and_how_it_ended() {
    let mut world = World::start().await;
    world.config.applications.push(application("stranger"));
    world.config.applications[1].registrations.clear();
    world.issuer.add_client("stranger", "s3cret");
    world.publish(|_| {});
    for _ in 0..3 {
        assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    }
    let wrong = ("authorization", "Basic app:wrong");
    assert_eq!(world.get("/weather?a=secret", &[wrong]).await.code(), 401);
    let stranger = ("authorization", "Basic stranger:s3cret");
    assert_eq!(world.get("/weather", &[stranger]).await.code(), 403);
    let old = world.issuer.token_with(
        "app",
        json!({ "exp": world.clock.now().unix_seconds() - 600 }),
    );
    let old = format!("Bearer {old}");
    let expired = [("authorization", old.as_str())];
    assert_eq!(world.get("/weather", &expired).await.code(), 401);
    assert_eq!(world.get("/weather", &[]).await.code(), 401);
    assert_eq!(world.get("/open", &[]).await.code(), 200);
    assert_eq!(world.get("/nowhere", &[]).await.code(), 404);

    assert!(world.gateway.untold_traffic(true).await.is_some());
    let report = world.gateway.untold_traffic(true).await.unwrap();
    let mut lines: Vec<String> = report
        .calls
        .iter()
        .map(|calls| {
            let (application, api) = (&calls.application_id, &calls.api_id);
            let (status, reason, count) = (calls.status, &calls.reason, calls.count);
            format!("{application}|{api}|{status}|{reason}|{count}")
        })
        .collect();
    lines.sort();
    let wanted = [
        "id-of-app|api|200||3",
        "id-of-app|api|401|invalid_client|1",
        "id-of-app|api|401|invalid_token|1",
        "id-of-stranger|api|403|not_registered|1",
        "|api|401|no_credential|1",
        "||200||1",
        "||404|no_route|1",
    ];
    assert_eq!(lines, wanted);
    let told = report
        .refusals
        .iter()
        .map(|refused| refused.reason.as_str());
    assert_eq!(told.collect::<Vec<_>>().len(), 5);
    let text = serde_json::to_string(&report).unwrap();
    assert!(!text.contains("secret"), "no query, no credential: {text}");
    world.gateway.heard(&report);
    assert_eq!(world.gateway.untold_traffic(true).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_told_from_the_clients_others_is_noted_by_its_own_name() {
    let mut world = World::start().await;
    let noted = |world: &World| {
        let untold = world.gateway.untold_uses();
        let mut names: Vec<String> = untold.uses().iter().map(|u| u.credential.clone()).collect();
        names.sort();
        untold.told();
        names
    };
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(noted(&world), ["app"], "nothing is told apart");

    let digest = digest::digest(&digest::SHA256, b"salt-s3cret");
    let hex: Vec<String> = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    world.application().secrets = vec![Secret {
        id: "second".into(),
        salt: "salt-".into(),
        sha256: hex.concat(),
    }];
    world.publish(|_| {});
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(noted(&world), ["second"], "also where the token was known");
    world.clock.advance(Duration::from_secs(60));
    let bearer = world.bearer("app");
    let token = [("authorization", bearer.as_str())];
    assert_eq!(world.get("/weather", &token).await.code(), 200);
    assert_eq!(noted(&world), ["app"], "a token does not say which it was");
}
