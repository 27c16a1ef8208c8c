//! Clients that are known by a metadata document.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use http::Method;
use identity::RegistrationPolicy;
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use serde_json::{Value, json};

use crate::support::{App, NOW, app, app_with};

const ID: &str = "https://client.example/oauth/client.json";

/// A server of one document that a test may change.
struct Host {
    answer: Arc<Mutex<(StatusCode, &'static str, String)>>,
    calls: Arc<AtomicU32>,
}

impl Host {
    fn of(app: &App, origin: &str, document: &Value) -> Self {
        let answer = Arc::new(Mutex::new((
            StatusCode::OK,
            "application/json",
            document.to_string(),
        )));
        let calls = Arc::new(AtomicU32::new(0));
        let (said, counted) = (answer.clone(), calls.clone());
        let router = Router::new().fallback(get(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let (status, kind, body) = said.lock().unwrap().clone();
            async move {
                let mut headers = HeaderMap::new();
                headers.insert("content-type", kind.parse().unwrap());
                headers.insert("location", "https://inside.example/".parse().unwrap());
                (status, headers, body).into_response()
            }
        }));
        app.egress.mount(origin, &router);
        Self { answer, calls }
    }

    fn say(&self, status: u16, document: &Value) {
        *self.answer.lock().unwrap() = (
            StatusCode::from_u16(status).unwrap(),
            "application/json",
            document.to_string(),
        );
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

fn document(more: Value) -> Value {
    let mut document = json!({
        "client_id": ID, "client_name": "Example MCP Client",
        "redirect_uris": ["https://client.example/callback"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_method": "none"
    });
    for (name, value) in more.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

async fn switch_on(app: &App) {
    let change = json!({ "client_id_metadata_document_supported": true });
    assert_eq!(
        app.call(Method::PATCH, "/tenants/settings", Some(change))
            .await
            .status,
        200
    );
}

/// Whether the tenant knows the client: an unknown one is `invalid_client`, a known one may not use the grant.
async fn is_known(app: &App, id: &str) -> bool {
    let answer = app
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", id),
            ("code", "x"),
        ])
        .await;
    match answer.body["error"].as_str().unwrap() {
        "invalid_client" => false,
        "invalid_grant" | "unsupported_grant_type" | "invalid_request" | "access_denied" => true,
        other => panic!("{other}: {}", answer.body),
    }
}

#[tokio::test]
async fn a_document_is_a_client_where_the_tenant_goes_by_documents() {
    let app = app().await;
    let host = Host::of(
        &app,
        "https://client.example",
        &document(json!({ "extra": 1 })),
    );
    assert!(!is_known(&app, ID).await);
    assert_eq!(host.calls(), 0, "off by default");
    let metadata = app
        .get("/.well-known/oauth-authorization-server")
        .await
        .body;
    assert_eq!(
        metadata["client_id_metadata_document_supported"],
        Value::Null
    );
    switch_on(&app).await;
    let metadata = app
        .get("/.well-known/oauth-authorization-server")
        .await
        .body;
    assert_eq!(metadata["client_id_metadata_document_supported"], true);
    let methods = metadata["token_endpoint_auth_methods_supported"]
        .as_array()
        .unwrap();
    assert!(methods.contains(&json!("none")));

    for _ in 0..5 {
        assert!(is_known(&app, ID).await);
    }
    assert_eq!(host.calls(), 1, "kept while it is fresh");
    let list = app
        .call(Method::GET, "/clients?is_first_party=false", None)
        .await
        .body;
    let client = &list[0];
    assert_eq!(
        (&client["client_id"], &client["external_client_id"]),
        (&json!(ID), &json!(ID))
    );
    assert_eq!(
        (&client["name"], &client["external_metadata_type"]),
        (&json!("Example MCP Client"), &json!("cimd"))
    );
    assert_eq!(client["third_party_security_mode"], "strict");
    assert_eq!(
        client["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(client["client_secret"], Value::Null);

    let off = json!({ "client_id_metadata_document_supported": false });
    app.call(Method::PATCH, "/tenants/settings", Some(off))
        .await;
    assert!(!is_known(&app, ID).await, "switched off, it counts no more");
}

#[tokio::test]
async fn a_document_is_fetched_anew_and_outlives_a_server_that_is_away_for_a_day() {
    let app = app().await;
    let host = Host::of(&app, "https://client.example", &document(json!({})));
    switch_on(&app).await;
    assert!(is_known(&app, ID).await);
    host.say(200, &document(json!({ "client_name": "Renamed" })));
    app.advance(3601);
    assert!(is_known(&app, ID).await);
    assert_eq!(host.calls(), 2);
    let list = app
        .call(Method::GET, "/clients?is_first_party=false", None)
        .await
        .body;
    assert_eq!(list[0]["name"], "Renamed");
    host.say(503, &json!({}));
    app.advance(3601);
    assert!(is_known(&app, ID).await);
    app.advance(2 * 86_400);
    assert!(!is_known(&app, ID).await);
    host.say(200, &document(json!({})));
    app.advance(61);
    assert!(is_known(&app, ID).await);
    // A document that is no longer one ends at once.
    host.say(404, &json!({}));
    app.advance(3601);
    assert!(!is_known(&app, ID).await);
}

#[tokio::test]
async fn a_failure_is_remembered_for_a_minute() {
    let app = app().await;
    let host = Host::of(&app, "https://client.example", &json!({}));
    switch_on(&app).await;
    for _ in 0..5 {
        assert!(!is_known(&app, ID).await);
    }
    assert_eq!(host.calls(), 1);
    host.say(200, &document(json!({})));
    app.advance(61);
    assert!(is_known(&app, ID).await);
}

#[tokio::test]
async fn documents_that_break_a_rule_are_no_clients() {
    let private = json!({ "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQ" }] });
    let app = app().await;
    switch_on(&app).await;
    let broken = [
        (
            json!({ "client_id": "https://client.example/other" }),
            "another's id",
        ),
        (json!({ "client_id": format!("{ID}/") }), "not byte by byte"),
        (json!({ "client_name": null }), "no name"),
        (json!({ "redirect_uris": null }), "no redirect"),
        (json!({ "redirect_uris": [] }), "no redirect"),
        (json!({ "client_secret": "x" }), "a public secret"),
        (
            json!({ "token_endpoint_auth_method": "client_secret_basic" }),
            "a shared secret",
        ),
        (
            json!({ "token_endpoint_auth_method": "private_key_jwt" }),
            "no keys",
        ),
        (json!({ "jwks": private }), "a private key"),
        (
            json!({ "jwks_uri": "https://elsewhere.example/jwks" }),
            "keys elsewhere",
        ),
        (
            json!({ "jwks_uri": "https://client.example:8443/jwks" }),
            "keys at another port",
        ),
        (
            json!({ "redirect_uris": ["http://127.0.0.1/cb"] }),
            "loopback, not native",
        ),
        (
            json!({ "redirect_uris": ["JavaScript:alert(1)"] }),
            "a script",
        ),
        (json!({ "padding": "x".repeat(5 * 1024) }), "too large"),
    ];
    for (number, (broken, why)) in broken.into_iter().enumerate() {
        // Each on a host of its own, because a failure is remembered.
        let origin = format!("https://h{number}.example");
        let document = document(broken).to_string();
        let document = document.replace("https://client.example", &origin);
        Host::of(&app, &origin, &serde_json::from_str(&document).unwrap());
        let own = ID.replace("https://client.example", &origin);
        assert!(!is_known(&app, &own).await, "{why}");
    }
    let strangers = app
        .call(Method::GET, "/clients?is_first_party=false", None)
        .await;
    assert_eq!(strangers.body, json!([]));
    let native = json!({ "redirect_uris": ["http://127.0.0.1/cb", "http://localhost/cb"], "application_type": "native" });
    Host::of(&app, "https://client.example", &document(native));
    assert!(is_known(&app, ID).await);
}

#[tokio::test]
async fn redirects_and_other_types_are_no_documents_and_private_hosts_are_not_asked() {
    let app = app().await;
    switch_on(&app).await;
    let inside = Host::of(&app, "https://inside.example", &document(json!({})));
    let moved = Host::of(&app, "https://client.example", &document(json!({})));
    moved.say(302, &document(json!({})));
    assert!(!is_known(&app, ID).await);
    assert_eq!(inside.calls(), 0);
    let page = Host::of(&app, "https://page.example", &json!({}));
    *page.answer.lock().unwrap() = (StatusCode::OK, "text/html", "<html>".to_owned());
    assert!(!is_known(&app, "https://page.example/c").await);
    let own = Host::of(&app, "https://localhost", &json!({}));
    for id in [
        "https://localhost/c",
        "https://127.0.0.1/c",
        "https://169.254.169.254/c",
        "https://[::1]/c",
        "https://client.example/../c",
        "https://client.example/c?x=1",
        "https://u@client.example/c",
        "https://client.example",
        "https://client.example/",
        "http://client.example/c",
    ] {
        assert!(!is_known(&app, id).await, "{id}");
    }
    assert_eq!((own.calls(), moved.calls()), (0, 1));
}

#[tokio::test]
async fn a_key_that_changes_under_its_id_ends_the_client() {
    let app = app().await;
    let key = |key: &SigningKey| {
        let mut jwk = serde_json::to_value(key.public_jwk().unwrap()).unwrap();
        jwk["kid"] = json!("k1");
        json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [jwk] } })
    };
    let (first, second) = (
        SigningKey::generate_rsa().unwrap(),
        SigningKey::generate_rsa().unwrap(),
    );
    let host = Host::of(&app, "https://client.example", &document(key(&first)));
    switch_on(&app).await;
    let proves = async |signer: &SigningKey, now: i64| {
        let claims = json!({ "iss": ID, "sub": ID, "aud": "http://127.0.0.1:8005/", "iat": now, "exp": now + 60, "jti": now.to_string() });
        let assertion =
            jwt::sign(signer, &Header::jwt(Algorithm::Rs256, "JWT", "k1"), &claims).unwrap();
        let answer = app
            .token(&[
                ("grant_type", "client_credentials"),
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", &assertion),
            ])
            .await;
        answer.text("error").to_owned()
    };
    assert_eq!(proves(&first, NOW).await, "unauthorized_client");
    assert_eq!(proves(&second, NOW + 1).await, "invalid_client");
    host.say(200, &document(key(&second)));
    app.advance(3601);
    assert_eq!(proves(&second, NOW + 3601).await, "invalid_client");
}

#[tokio::test]
async fn a_published_key_that_changes_under_its_id_is_refused_and_a_new_id_is_welcome() {
    let app = app().await;
    let keys = [(); 3].map(|()| SigningKey::generate_rsa().unwrap());
    let set = |named: &[(&str, &SigningKey)]| {
        let keys = named.iter().map(|(kid, key)| {
            let mut jwk = serde_json::to_value(key.public_jwk().unwrap()).unwrap();
            jwk["kid"] = json!(kid);
            jwk
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    };
    let said = Arc::new(Mutex::new(set(&[("k1", &keys[0])])));
    let published = said.clone();
    let keys_at = get(move || {
        let keys = published.lock().unwrap().clone();
        async move { axum::Json(keys) }
    });
    let described = document(json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://client.example/keys"
    }));
    let document_at = get(move || async move { axum::Json(described) });
    let router = Router::new()
        .route("/keys", keys_at)
        .route("/oauth/client.json", document_at);
    app.egress.mount("https://client.example", &router);
    switch_on(&app).await;
    let proves = async |kid: &str, signer: &SigningKey, jti: &str| {
        let now = app.clock.now().unix_seconds();
        let claims = json!({
            "iss": ID, "sub": ID, "aud": "http://127.0.0.1:8005/", "iat": now, "exp": now + 60, "jti": jti
        });
        let header = Header::jwt(Algorithm::Rs256, "JWT", kid);
        let assertion = jwt::sign(signer, &header, &claims).unwrap();
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let answer = app
            .token(&[
                ("grant_type", "client_credentials"),
                ("client_assertion_type", kind),
                ("client_assertion", &assertion),
            ])
            .await;
        answer.text("error").to_owned()
    };
    assert_eq!(
        proves("k1", &keys[0], "1").await,
        "unauthorized_client",
        "proved"
    );
    *said.lock().unwrap() = set(&[("k1", &keys[1])]);
    app.advance(86_400);
    assert_eq!(
        proves("k1", &keys[1], "2").await,
        "invalid_client",
        "swapped"
    );
    *said.lock().unwrap() = set(&[("k1", &keys[0]), ("k2", &keys[2])]);
    app.advance(86_400);
    assert_eq!(
        proves("k2", &keys[2], "3").await,
        "unauthorized_client",
        "rotated"
    );
    *said.lock().unwrap() = set(&[("k2", &keys[2])]);
    app.advance(86_400);
    assert_eq!(
        proves("k1", &keys[0], "4").await,
        "invalid_client",
        "retired"
    );
}

#[tokio::test]
async fn documents_stand_under_the_operators_policy_and_the_same_bounds() {
    let policy = RegistrationPolicy {
        document_hosts: vec!["*.example".into()],
        redirect_hosts: vec!["client.example".into()],
        max_unused: 10,
        ..RegistrationPolicy::default()
    };
    let app = app_with(policy).await;
    switch_on(&app).await;
    let host = Host::of(&app, "https://client.test", &document(json!({})));
    assert!(!is_known(&app, "https://client.test/oauth/client.json").await);
    assert_eq!(host.calls(), 0);
    for number in 0..40 {
        let origin = format!("https://h{number}.flood.example");
        let id = format!("{origin}/c");
        Host::of(
            &app,
            &origin,
            &document(json!({ "client_id": id, "redirect_uris": ["https://client.example/cb"] })),
        );
        assert!(is_known(&app, &id).await, "{id}");
    }
    assert!(app.strangers().await <= 12);
}
