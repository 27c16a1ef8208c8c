//! Attacks that others suffered, replayed: each named after its number in the list of those that concern
//! a registering client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use http::{Method, Request, header};
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use serde_json::{Value, json};

use super::{HOME, named, registration};
use crate::support::{App, NOW, app};

/// A server that counts who comes.
fn counting(answer: Value) -> (Router, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let router = Router::new().fallback(get(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let answer = answer.clone();
        async move { axum::Json(answer) }
    }));
    (router, calls)
}

fn assertion(client_id: &str, key: &SigningKey, jti: &str) -> String {
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": "http://127.0.0.1:8005/",
        "iat": NOW, "exp": NOW + 60, "jti": jti,
    });
    jwt::sign(key, &Header::jwt(Algorithm::Rs256, "JWT", "k1"), &claims).unwrap()
}

async fn exchange(app: &App, client_id: &str, key: &SigningKey, jti: &str) -> (u16, String) {
    let assertion = assertion(client_id, key, jti);
    let answer = app
        .token(&[
            ("grant_type", "client_credentials"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
            ("audience", "https://weather.example/"),
        ])
        .await;
    (
        answer.status.as_u16(),
        answer.body["error"].as_str().unwrap_or_default().to_owned(),
    )
}

fn with_keys_at(uri: &str) -> Value {
    let mut metadata = named("keys");
    metadata["token_endpoint_auth_method"] = json!("private_key_jwt");
    metadata["jwks_uri"] = json!(uri);
    metadata
}

fn published(key: &SigningKey) -> Value {
    let mut jwk = serde_json::to_value(key.public_jwk().unwrap()).unwrap();
    jwk["kid"] = json!("k1");
    json!({ "keys": [jwk] })
}

#[tokio::test]
async fn a_client_proves_itself_with_the_keys_that_it_publishes() {
    let app = app().await;
    app.open_registration("permissive").await;
    app.api("https://weather.example/", json!({})).await;
    let key = SigningKey::generate_rsa().unwrap();
    let (server, calls) = counting(published(&key));
    app.egress.mount("https://keys.example", &server);
    let made = app
        .registered(with_keys_at("https://keys.example/jwks"))
        .await;
    assert_eq!(
        (&made["client_secret"], calls.load(Ordering::SeqCst)),
        (&Value::Null, 0)
    );
    let id = made["client_id"].as_str().unwrap();
    assert_eq!(
        exchange(&app, id, &key, "one").await,
        (403, "access_denied".to_owned())
    );
    assert_eq!(exchange(&app, id, &key, "two").await.0, 403);
    assert_eq!(calls.load(Ordering::SeqCst), 1, "the keys are kept");
    assert_eq!(
        exchange(&app, id, &key, "two").await,
        (401, "invalid_client".to_owned()),
        "a replay"
    );
    let another = SigningKey::generate_rsa().unwrap();
    assert_eq!(
        exchange(&app, id, &another, "three").await,
        (401, "invalid_client".to_owned())
    );

    let mut inline = named("inline");
    inline["token_endpoint_auth_method"] = json!("private_key_jwt");
    inline["jwks"] = published(&another);
    let made = app.registered(inline).await;
    let id = made["client_id"].as_str().unwrap();
    assert_eq!(
        exchange(&app, id, &another, "four").await,
        (403, "access_denied".to_owned())
    );
}

/// CVE-2026-1180: the address of a client's keys reached the inside of the network.
#[tokio::test]
async fn attack_1_keys_are_fetched_from_public_addresses_alone() {
    let app = app().await;
    app.open_registration("permissive").await;
    for uri in [
        "http://169.254.169.254/latest/meta-data",
        "http://keys.example/jwks",
        "https://user:password@keys.example/jwks",
        "https://keys.example/jwks#x",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "https:\\\\127.0.0.1/",
    ] {
        assert_eq!(
            app.register(with_keys_at(uri)).await.refusal(),
            (400, "invalid_client_metadata"),
            "{uri}"
        );
    }
    let key = SigningKey::generate_rsa().unwrap();
    for uri in [
        "https://127.0.0.1:8005/",
        "https://[::ffff:169.254.169.254]/",
        "https://10.0.0.1/",
        "https://localhost/",
    ] {
        let made = app.registered(with_keys_at(uri)).await;
        let refused = exchange(&app, made["client_id"].as_str().unwrap(), &key, uri).await;
        // Not `invalid_client`: the client is known, and registering again would not help.
        assert_eq!(
            refused,
            (503, "temporarily_unavailable".to_owned()),
            "{uri}"
        );
    }
}

/// CVE-2026-4366: a redirect led from a public address inside.
#[tokio::test]
async fn attack_2_no_redirect_of_a_sector_identifier_is_followed() {
    let app = app().await;
    app.open_registration("permissive").await;
    let (inside, calls) = counting(json!(["https://app.example/keys"]));
    app.egress.mount("https://inside.example", &inside);
    let redirecting = Router::new().fallback(get(|| async {
        Redirect::temporary("https://inside.example/list")
    }));
    app.egress.mount("https://sector.example", &redirecting);
    let (honest, _) = counting(json!([
        "https://app.example/pairs",
        "https://other.example/cb"
    ]));
    app.egress.mount("https://honest.example", &honest);
    let sector = |uri: &str| {
        let mut metadata = named("pairs");
        metadata["subject_type"] = json!("pairwise");
        metadata["sector_identifier_uri"] = json!(uri);
        metadata
    };
    for uri in [
        "https://sector.example/s",
        "https://10.0.0.1/s",
        "https://nowhere.invalid/s",
    ] {
        let answer = app.register(sector(uri)).await;
        assert_eq!(answer.refusal(), (400, "invalid_client_metadata"), "{uri}");
        // What is on the network is not told.
        assert!(
            answer
                .text("error_description")
                .starts_with("sector_identifier_uri must answer")
        );
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    assert_eq!(
        app.register(sector("https://honest.example/s"))
            .await
            .status,
        201
    );
    let mut unlisted = sector("https://honest.example/s");
    unlisted["redirect_uris"] = json!(["https://evil.example/cb"]);
    assert_eq!(
        app.register(unlisted).await.refusal(),
        (400, "invalid_client_metadata")
    );
}

/// CVE-2021-26715: whoever registered a picture made the server fetch it.
#[tokio::test]
async fn attack_4_nothing_that_a_registration_names_is_fetched() {
    let app = app().await;
    app.open_registration("permissive").await;
    let (server, calls) = counting(json!({}));
    app.egress.mount("https://named.example", &server);
    let mut metadata = with_keys_at("https://named.example/jwks");
    for member in [
        "logo_uri",
        "client_uri",
        "policy_uri",
        "tos_uri",
        "initiate_login_uri",
        "backchannel_logout_uri",
    ] {
        metadata[member] = json!("https://named.example/x");
    }
    metadata["request_uris"] = json!(["https://named.example/request"]);
    assert_eq!(app.register(metadata).await.status, 201);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    let mut script = named("script");
    script["logo_uri"] = json!("javascript:alert(1)");
    assert_eq!(
        app.register(script).await.refusal(),
        (400, "invalid_client_metadata")
    );
}

/// CVE-2026-9086 and cloudflare/workers-oauth-provider#97; CVE-2026-3872; RFC 9700 §4.1.
#[tokio::test]
async fn attacks_5_and_6_redirects_that_run_scripts_or_climb_are_refused() {
    let app = app().await;
    for mode in ["strict", "permissive"] {
        app.open_registration(mode).await;
        for uri in [
            "JavaScript:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\nscript:alert(1)",
            "DATA:text/html;base64,PHNjcmlwdD4",
            "https://app.example/..;/admin",
            "https://app.example/%2e%2e%2fadmin",
            "https://app.example.com%00.evil.example/",
            "https://app.example/cb#evil",
            "//evil.example/cb",
            "https:evil.example",
        ] {
            let sent =
                json!({ "client_name": "x", "redirect_uris": ["https://app.example/cb", uri] });
            assert_eq!(
                app.register(sent).await.refusal(),
                (400, "invalid_redirect_uri"),
                "{uri:?}"
            );
        }
    }
    assert_eq!(app.strangers().await, 0);
}

/// CVE-2026-16102, keycloak#53079: privileges smuggled in metadata.
#[tokio::test]
async fn attack_8_metadata_carry_no_privilege() {
    let app = app().await;
    app.open_registration("permissive").await;
    let mut sent = named("smuggler");
    for (member, value) in [
        ("is_first_party", json!(true)),
        ("global", json!(true)),
        ("client_id", json!("mine")),
        ("client_secret", json!("chosen")),
        ("third_party_security_mode", json!("permissive")),
        ("client_metadata", json!({ "role": "admin" })),
        ("roles", json!(["admin"])),
        (
            "jwt_configuration",
            json!({ "alg": "HS256", "lifetime_in_seconds": 1_000_000_000 }),
        ),
        ("allowed_origins", json!(["https://evil.example"])),
        ("web_origins", json!(["https://evil.example"])),
        ("cross_origin_authentication", json!(true)),
        ("callbacks", json!(["https://evil.example/"])),
        ("is_token_endpoint_ip_header_trusted", json!(true)),
        ("redirection_policy", json!("allow_always")),
    ] {
        sent[member] = value;
    }
    let made = app.registered(sent).await;
    assert_ne!(
        (&made["client_id"], &made["client_secret"]),
        (&json!("mine"), &json!("chosen"))
    );
    let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
    let stored = app.call(Method::GET, &path, None).await.body;
    assert_eq!(stored["callbacks"], json!(["https://app.example/smuggler"]));
    assert_eq!(
        (&stored["is_first_party"], &stored["global"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(stored["jwt_configuration"]["alg"], "RS256");
    assert_eq!(stored["jwt_configuration"]["lifetime_in_seconds"], 36000);
    assert_eq!(stored["cross_origin_authentication"], false);
    assert_eq!(stored["is_token_endpoint_ip_header_trusted"], false);
    for member in [
        "client_metadata",
        "roles",
        "allowed_origins",
        "web_origins",
        "redirection_policy",
    ] {
        assert_eq!(stored[member], Value::Null, "{member}");
    }
    // Nor does the Management API open to it.
    let grant = json!({ "client_id": made["client_id"], "audience": crate::support::MANAGEMENT, "scope": [] });
    assert_eq!(
        app.call(Method::POST, "/client-grants", Some(grant))
            .await
            .status,
        400
    );
}

/// CVE-2026-4634: a large scope burned time.
#[tokio::test]
async fn attack_10_metadata_bombs_are_refused_at_once() {
    let app = app().await;
    app.open_registration("permissive").await;
    let many = |count: usize| -> Vec<String> {
        (0..count)
            .map(|n| format!("https://a.example/{n}"))
            .collect()
    };
    for (bomb, status) in [
        (json!({ "redirect_uris": many(101) }), 400),
        (json!({ "redirect_uris": many(5000) }), 413),
        (
            json!({ "redirect_uris": many(1), "scope": "a ".repeat(25_000) }),
            400,
        ),
        (
            json!({ "redirect_uris": many(1), "client_name": "a".repeat(50_000) }),
            400,
        ),
        (
            json!({ "redirect_uris": many(1), "jwks": { "keys": vec![json!({ "kty": "RSA" }); 1000] } }),
            400,
        ),
        (
            json!({ "redirect_uris": many(1), "request_uris": many(500) }),
            400,
        ),
    ] {
        assert_eq!(app.register(bomb).await.status, status);
    }
    let deep = format!(
        "{{\"redirect_uris\":[\"https://a.example/\"],\"x\":{}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let answer = app.send(registration(HOME, deep)).await;
    assert_eq!(answer.refusal(), (400, "invalid_client_metadata"));
    let twice =
        r#"{"redirect_uris":["https://a.example/"],"redirect_uris":["javascript:alert(1)"]}"#;
    let answer = app.send(registration(HOME, twice)).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
}

/// CVE-2026-40575: addresses that a client writes itself count for nothing.
#[tokio::test]
async fn attack_15_a_forwarded_address_is_not_believed() {
    let policy = identity::RegistrationPolicy {
        per_origin: 1,
        ..identity::RegistrationPolicy::default()
    };
    let app = crate::support::app_with(policy).await;
    app.open_registration("strict").await;
    let from = |number: u32| {
        let mut request: Request<_> = registration(HOME, named(&format!("n{number}")).to_string());
        let address = format!("198.51.100.{number}").parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", address);
        request
    };
    assert_eq!(app.send(from(1)).await.status, 201);
    assert_eq!(app.send(from(2)).await.status, 429);
}

/// CVE-2022-29266: no secret in what is said about an error.
#[tokio::test]
async fn attack_19_no_refusal_repeats_what_was_sent() {
    let app = app().await;
    app.open_registration("strict").await;
    let mut sent = named("leak");
    sent["client_secret"] = json!("s3cret-value");
    sent["client_name"] = json!("<s3cret-value>");
    sent["software_statement"] = json!("s3cret-value");
    let mut request = registration(HOME, sent.to_string());
    request.headers_mut().insert(
        header::AUTHORIZATION,
        "Bearer s3cret-value".parse().unwrap(),
    );
    for answer in [app.send(request).await, app.register(sent).await] {
        assert!(answer.status.is_client_error());
        assert!(!answer.body.to_string().contains("s3cret-value"));
    }
}
