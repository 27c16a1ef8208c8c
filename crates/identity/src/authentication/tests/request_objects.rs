//! Requests inside something else: signed, referred to, pushed.

use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::jose::{Algorithm, Header, JwkSet, SigningKey, jwt};
use serde_json::{Value, json};

use super::world::{App, CALLBACK, ISSUER, World, world};
use crate::model::registration::Registration;
use crate::store;

/// A client that registered keys.
async fn client(world: &World, key: &SigningKey, more: Value) -> App {
    let made = world.client(json!({ "app_type": "regular_web" })).await;
    let mut metadata = json!({ "jwks": JwkSet { keys: vec![key.public_jwk().unwrap()] } });
    for (name, value) in more.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    let registration = Registration {
        metadata: serde_json::from_value(metadata).unwrap(),
        ..Registration::default()
    };
    let sql = "UPDATE identity_client SET registration = $2 WHERE client_id = $1";
    let params = storage::params![&made.id, storage::Json(Some(registration))];
    world.tenant.db().execute(sql, params).await.unwrap();
    world.tenant.directory().forget_client(&made.id);
    let stored = store::clients::find(world.tenant.db(), &made.id)
        .await
        .unwrap();
    assert!(stored.unwrap().client.registration.is_some());
    made
}

fn object(client: &App, changes: Value) -> Value {
    let mut claims = json!({
        "iss": client.id, "aud": ISSUER, "client_id": client.id, "response_type": "code",
        "redirect_uri": CALLBACK, "scope": "openid", "state": "inside", "prompt": "none"
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn signed(key: &SigningKey, claims: &Value) -> String {
    jwt::sign(key, &Header::new(Algorithm::Es256), claims).unwrap()
}

fn unsigned(claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(claims))
}

#[tokio::test]
async fn the_parameters_of_a_signed_object_are_the_only_ones_that_count() {
    let world = world().await;
    let key = SigningKey::generate_es256().unwrap();
    let client = client(&world, &key, json!({})).await;
    let object = signed(&key, &object(&client, json!({})));
    let page = world
        .browser()
        .authorize(
            &client,
            &[
                ("request", &object),
                ("state", "outside"),
                ("scope", "openid email"),
            ],
        )
        .await;
    assert_eq!(page.error(), "login_required");
    assert_eq!(page.answer()["state"], "inside");
    let evil = [
        ("request", object.as_str()),
        ("redirect_uri", "https://evil.example/"),
    ];
    let page = world.browser().authorize(&client, &evil).await;
    assert!(page.location().starts_with(CALLBACK));
}

#[tokio::test]
async fn an_object_that_is_not_the_clients_own_request_is_refused() {
    let world = world().await;
    let (key, other) = (
        SigningKey::generate_es256().unwrap(),
        SigningKey::generate_es256().unwrap(),
    );
    let client = client(&world, &key, json!({})).await;
    let now = world.clock.now().unix_seconds();
    let objects = [
        signed(&other, &object(&client, json!({}))),
        signed(&key, &object(&client, json!({ "client_id": "another" }))),
        signed(&key, &object(&client, json!({ "iss": "another" }))),
        signed(
            &key,
            &object(&client, json!({ "aud": "https://another.example/" })),
        ),
        // An assertion is no request.
        signed(&key, &object(&client, json!({ "sub": client.id }))),
        signed(&key, &object(&client, json!({ "exp": now - 120 }))),
        signed(&key, &object(&client, json!({ "request": "x" }))),
        signed(
            &key,
            &object(&client, json!({ "redirect_uri": "https://evil.example/" })),
        ),
        unsigned(&object(&client, json!({}))),
        "x".to_owned(),
        "a.b.c".to_owned(),
    ];
    for object in objects {
        let page = world
            .browser()
            .authorize(&client, &[("request", &object)])
            .await;
        assert!(page.is_dead_end(), "{object}: {page:?}");
    }
    let both = [("request", "x"), ("request_uri", "urn:x")];
    assert!(
        world
            .browser()
            .authorize(&client, &both)
            .await
            .is_dead_end()
    );
}

#[tokio::test]
async fn unsigned_objects_and_references_are_for_tenants_that_open_them() {
    let world = world().await;
    let key = SigningKey::generate_es256().unwrap();
    let at = "https://app.example.com/object";
    let client = client(
        &world,
        &key,
        json!({ "request_uris": [at], "request_object_signing_alg": "none" }),
    )
    .await;
    let object = unsigned(&object(&client, json!({})));
    let served = object.clone();
    let route = Router::new().route("/object", get(move || std::future::ready(served)));
    world.egress.mount("https://app.example.com", &route);
    let browser = world.browser();
    assert!(
        browser
            .authorize(&client, &[("request", &object)])
            .await
            .is_dead_end()
    );
    assert!(
        browser
            .authorize(&client, &[("request_uri", at)])
            .await
            .is_dead_end()
    );
    world
        .settings(json!({ "flags": {
            "allow_unsigned_request_objects": true, "allow_request_uri_by_reference": true
        } }))
        .await;
    for parameter in [("request", object.as_str()), ("request_uri", at)] {
        let page = browser.authorize(&client, &[parameter]).await;
        assert_eq!(
            (page.error().as_str(), page.answer()["state"].as_str()),
            ("login_required", "inside")
        );
    }
}

/// CVE-2020-10770, CVE-2026-4366: an address that anybody may name makes the server call it.
#[tokio::test]
async fn attack_2_only_registered_addresses_are_read_and_none_inside() {
    let world = world().await;
    let key = SigningKey::generate_es256().unwrap();
    let inside = "http://169.254.169.254/latest/meta-data";
    let client = client(
        &world,
        &key,
        json!({ "request_uris": [inside, "http://127.0.0.1:9/x"] }),
    )
    .await;
    world
        .settings(json!({ "flags": { "allow_request_uri_by_reference": true } }))
        .await;
    for address in [
        inside,
        "http://127.0.0.1:9/x",
        "https://evil.example/object",
        "file:///etc/passwd",
    ] {
        let page = world
            .browser()
            .authorize(&client, &[("request_uri", address)])
            .await;
        assert!(page.is_dead_end(), "{address}");
    }
}

#[tokio::test]
async fn a_pushed_request_is_good_once_and_for_its_client() {
    let world = world().await;
    world
        .settings(json!({ "pushed_authorization_requests_supported": true }))
        .await;
    let own = world.client(json!({ "app_type": "regular_web" })).await;
    let other = world.client(json!({ "app_type": "regular_web" })).await;
    let push = async |state: &str| {
        let form = [
            ("client_id", own.id.as_str()),
            ("client_secret", own.secret.as_str()),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("prompt", "none"),
            ("state", state),
        ];
        let page = world.browser().post("/oauth/par", &form).await;
        assert_eq!(page.status, 201, "{}", page.body);
        let body: Value = serde_json::from_str(&page.body).unwrap();
        body["request_uri"].as_str().unwrap().to_owned()
    };
    let browser = world.browser();
    let reference = push("pushed").await;
    let query = super::world::query(&[("client_id", &own.id), ("request_uri", &reference)]);
    let page = browser.get(&format!("/authorize?{query}")).await;
    assert_eq!(
        (page.error().as_str(), page.answer()["state"].as_str()),
        ("login_required", "pushed")
    );
    assert!(
        browser
            .get(&format!("/authorize?{query}"))
            .await
            .is_dead_end()
    );

    let reference = push("x").await;
    let query = super::world::query(&[("client_id", &other.id), ("request_uri", &reference)]);
    assert!(
        browser
            .get(&format!("/authorize?{query}"))
            .await
            .is_dead_end()
    );

    let must = world
        .client(json!({ "app_type": "regular_web", "require_pushed_authorization_requests": true }))
        .await;
    assert!(browser.authorize(&must, &[]).await.is_dead_end());
}
