//! Attacks that others suffered, replayed at the endpoints for clients.

use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Request, header};
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use serde_json::{Value, json};

use crate::flows::{API, CONNECTION, PASSWORD, VERIFIER, form_to, text};
use crate::support::{NOW, ORIGIN, app, send};

const REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Every grant with what it needs.
fn grants<'a>(email: &'a str, token: &'a str) -> Vec<Vec<(&'static str, &'a str)>> {
    vec![
        vec![("grant_type", "client_credentials"), ("audience", API)],
        vec![
            ("grant_type", "authorization_code"),
            ("code", token),
            ("code_verifier", VERIFIER),
        ],
        vec![("grant_type", "refresh_token"), ("refresh_token", token)],
        vec![
            ("grant_type", "password"),
            ("username", email),
            ("password", PASSWORD),
        ],
        vec![
            ("grant_type", REALM),
            ("realm", CONNECTION),
            ("username", email),
            ("password", PASSWORD),
        ],
        vec![("grant_type", DEVICE), ("device_code", token)],
    ]
}

#[tokio::test]
async fn a_scope_of_fifty_thousand_bytes_costs_nothing() {
    // CVE-2026-4634 of another: it burned CPU at the token endpoint.
    let app = app().await;
    app.api(API, json!({ "allow_offline_access": true })).await;
    let jane = app.person("jane").await;
    let client = app
        .web(
            json!({ "grant_types": ["authorization_code", "refresh_token", "client_credentials",
            REALM, DEVICE] }),
        )
        .await;
    app.grant(&client, API, &["read:weather"]).await;
    let code = app.code(&client, &jane, "openid offline_access");
    let tokens = app.tokens(&client, &code).await;
    let scope = "a ".repeat(25_000);
    let distinct: Vec<String> = (0..9_000).map(|n| format!("s{n}")).collect();
    let distinct = distinct.join(" ");
    let started = Instant::now();
    for scope in [&scope, &distinct] {
        for grant in grants(&jane.email, text(&tokens, "refresh_token")) {
            let mut parameters = vec![
                ("client_id", client.id.as_str()),
                ("client_secret", &client.secret),
                ("scope", scope),
            ];
            parameters.extend(grant);
            let answer = app.token(&parameters).await;
            assert!(answer.status.is_client_error(), "{}", answer.status);
        }
        let parameters = [
            ("client_id", client.id.as_str()),
            ("client_secret", &client.secret),
            ("scope", scope),
        ];
        let answer = app.post("/oauth/device/code", &parameters).await;
        assert_eq!(answer.refusal(), (400, "invalid_request"));
    }
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_grant_that_a_client_was_not_given_is_refused_whatever_comes_with_it() {
    // CVE-2026-7571, CVE-2026-9792 of others: a disabled flow came back by another door.
    let app = app().await;
    app.api(API, json!({ "allow_offline_access": true })).await;
    let jane = app.person("jane").await;
    let able = app.web(json!({})).await;
    let tokens = app
        .tokens(&able, &app.code(&able, &jane, "openid offline_access"))
        .await;
    let client = app.web(json!({ "grant_types": ["implicit"] })).await;
    app.grant(&client, API, &["read:weather"]).await;
    for grant in grants(&jane.email, text(&tokens, "refresh_token")) {
        let grant_type = grant[0].1;
        let mut parameters = vec![
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_str()),
        ];
        parameters.extend(grant);
        let answer = app.token(&parameters).await;
        assert_eq!(
            answer.refusal(),
            (403, "unauthorized_client"),
            "{grant_type}"
        );
    }
}

#[tokio::test]
async fn grants_that_are_not_served_are_not_half_served() {
    // CVE-2026-9704, CVE-2026-56668 of others: token exchange without its checks.
    let app = app().await;
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let client = app.web(json!({ "grant_types": [exchange] })).await;
    for more in [
        ("subject_token", "x"),
        ("actor_token", "x"),
        ("audience", API),
    ] {
        let parameters = [
            ("grant_type", exchange),
            ("client_id", client.id.as_str()),
            ("client_secret", &client.secret),
            more,
        ];
        let answer = app.token(&parameters).await;
        assert_eq!(answer.refusal(), (400, "unsupported_grant_type"));
    }
}

#[tokio::test]
async fn an_assertion_for_another_server_is_worth_nothing_here() {
    // CVE-2025-27370, CVE-2025-27371: audience injection.
    let app = app().await;
    let key = SigningKey::generate_rsa().unwrap();
    let credential = json!({ "credential_type": "public_key", "name": "key", "alg": "RS256",
        "pem": pem(&key) });
    let client = app
        .create(
            "/clients",
            json!({ "name": "keys", "grant_types": ["refresh_token"],
                "jwt_configuration": { "alg": "RS256" },
                "client_authentication_methods":
                    { "private_key_jwt": { "credentials": [credential] } } }),
        )
        .await;
    let id = text(&client, "client_id");
    let own = format!("{ORIGIN}/");
    for (audience, expected) in [
        (json!(own), 403),
        (json!([own]), 403),
        (json!([own, "https://evil.example/"]), 401),
        (json!("https://evil.example/"), 401),
        (json!(["https://evil.example/", own]), 401),
        (Value::Null, 401),
    ] {
        let claims = json!({ "iss": id, "sub": id, "aud": audience, "iat": NOW, "exp": NOW + 60,
            "jti": oauth::Entropy::system().alphanumeric(20) });
        let assertion = jwt::sign(&key, &Header::new(Algorithm::Rs256), &claims).unwrap();
        let parameters = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
            ("client_assertion", &assertion),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
        ];
        let answer = app.token(&parameters).await;
        assert_eq!(answer.status, expected, "{audience}: {}", answer.body);
    }
}

fn pem(key: &SigningKey) -> String {
    use base64::Engine as _;
    let der = base64::engine::general_purpose::STANDARD.encode(key.public_spki_der().unwrap());
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
}

#[tokio::test]
async fn malformed_headers_and_bodies_are_refused_and_never_a_fault() {
    // CVE-2026-9803 of another: a malformed Authorization header became a 500.
    let app = app().await;
    let paths = [
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/introspect",
        "/oauth/par",
        "/oauth/device/code",
        "/userinfo",
    ];
    let bodies: [(&str, &[u8]); 7] = [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        (
            "application/json",
            b"{\"token\":{\"a\":[1]},\"grant_type\":[]}",
        ),
        ("application/x-www-form-urlencoded", b"%%%=%ff&token=%00"),
        ("application/x-www-form-urlencoded", b"token=a&token=b"),
        ("multipart/form-data", b"--x"),
        ("", b"\xff\xfe"),
    ];
    for path in paths {
        for (content_type, body) in bodies {
            for authorization in [
                "",
                "Bearer",
                "Basic",
                "Basic \u{7f}",
                "Basic OjpaOg==",
                "DPoP a.b.c",
            ] {
                let request = Request::post(path)
                    .header(header::CONTENT_TYPE, content_type)
                    .header(header::AUTHORIZATION, authorization.as_bytes())
                    .header("dpop", "..")
                    .body(Body::from(body.to_vec()));
                let Ok(request) = request else { continue };
                let answer = send(&app.router, request).await;
                let status = answer.status.as_u16();
                assert!(
                    (400..500).contains(&status),
                    "{path} {authorization:?} {body:?}: {status}"
                );
            }
        }
    }
    let huge = "a".repeat(70_000);
    let answer = app
        .send(form_to("/oauth/token", &[("grant_type", &huge)]))
        .await;
    assert!(answer.status.is_client_error());
}

#[tokio::test]
async fn rfc9700_4_15_a_client_is_never_taken_for_a_user() {
    let app = app().await;
    app.api(API, json!({})).await;
    let jane = app.person("jane").await;
    let client = app.web(json!({})).await;
    app.grant(&client, API, &["read:weather"]).await;
    let answer = app.exchange(&client, &[("audience", API)]).await;
    let token = answer.text("access_token");
    let said = app.introspect(&client, token).await;
    assert_eq!(said["sub"], format!("{}@clients", client.id));
    // Ids of users have a bar in them, ids of clients have none.
    assert!(jane.id.contains('|') && !client.id.contains('|'));
    assert_eq!(app.userinfo(token).await.status, 401);
}
