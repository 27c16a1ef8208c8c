//! Software statements (RFC 7591 §2.3).

use axum::Router;
use axum::routing::get;
use http::Method;
use identity::{RegistrationPolicy, SoftwareIssuer};
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use serde_json::{Value, json};

use super::named;
use crate::support::{App, NOW, app, app_with};

fn policy() -> RegistrationPolicy {
    RegistrationPolicy {
        management: true,
        software_issuers: vec![SoftwareIssuer {
            issuer: "https://directory.example".into(),
            jwks_uri: "https://directory.example/jwks".into(),
        }],
        ..RegistrationPolicy::default()
    }
}

fn publish(app: &App, key: &SigningKey) {
    let mut jwk = serde_json::to_value(key.public_jwk().unwrap()).unwrap();
    jwk["kid"] = json!("d1");
    let set = json!({ "keys": [jwk] });
    let router = Router::new().route("/jwks", get(move || async move { axum::Json(set) }));
    app.egress.mount("https://directory.example", &router);
}

fn statement(key: &SigningKey, claims: Value) -> String {
    jwt::sign(key, &Header::jwt(Algorithm::Es256, "JWT", "d1"), &claims).unwrap()
}

#[tokio::test]
async fn a_statement_takes_the_place_of_the_clients_own_words() {
    let app = app_with(policy()).await;
    app.open_registration("strict").await;
    let key = SigningKey::generate_es256().unwrap();
    publish(&app, &key);
    let signed = statement(
        &key,
        json!({
            "iss": "https://directory.example", "iat": NOW, "client_name": "Certified",
            "redirect_uris": ["https://certified.example/cb"], "software_id": "c1", "client_id": "forged"
        }),
    );
    let mut sent = named("own");
    sent["software_statement"] = json!(signed);
    let made = app.registered(sent.clone()).await;
    assert_eq!(made["client_name"], "Certified");
    assert_eq!(
        made["redirect_uris"],
        json!(["https://certified.example/cb"])
    );
    assert_ne!(made["client_id"], "forged");
    let path = format!(
        "/clients/{}?fields=created_by",
        made["client_id"].as_str().unwrap()
    );
    assert_eq!(
        app.call(Method::GET, &path, None).await.body["created_by"],
        "software_statement"
    );

    // It cannot shake the statement off by an update.
    let mut free = named("free");
    free["client_id"] = made["client_id"].clone();
    let token = made["registration_access_token"].as_str().unwrap();
    let answer = app.manage(Method::PUT, &made, token, Some(free)).await;
    assert_eq!(answer.refusal(), (400, "invalid_software_statement"));
    sent["client_id"] = made["client_id"].clone();
    let changed = app.manage(Method::PUT, &made, token, Some(sent)).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.body["client_name"]),
        (200, &json!("Certified"))
    );
}

#[tokio::test]
async fn statements_that_do_not_hold_are_refused() {
    let app = app_with(RegistrationPolicy {
        require_software_statement: true,
        ..policy()
    })
    .await;
    app.open_registration("strict").await;
    let (key, other) = (
        SigningKey::generate_es256().unwrap(),
        SigningKey::generate_es256().unwrap(),
    );
    publish(&app, &key);
    let issuer = "https://directory.example";
    let none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2RpcmVjdG9yeS5leGFtcGxlIn0.";
    for (text, error) in [
        (json!(null), "invalid_software_statement"),
        (json!("nonsense"), "invalid_software_statement"),
        (json!(none), "invalid_software_statement"),
        (
            json!(statement(&other, json!({ "iss": issuer }))),
            "invalid_software_statement",
        ),
        (
            json!(statement(&key, json!({ "iss": issuer, "exp": NOW - 100 }))),
            "invalid_software_statement",
        ),
        (
            json!(statement(&key, json!({ "iss": "https://evil.example" }))),
            "unapproved_software_statement",
        ),
        (
            json!(statement(&key, json!({ "sub": "x" }))),
            "unapproved_software_statement",
        ),
    ] {
        let mut sent = named("x");
        sent["software_statement"] = text.clone();
        assert_eq!(app.register(sent).await.refusal(), (400, error), "{text}");
    }
}

#[tokio::test]
async fn where_nobody_is_trusted_statements_are_ignored() {
    let app = app().await;
    app.open_registration("strict").await;
    let mut sent = named("own");
    sent["software_statement"] = json!("whatever");
    assert_eq!(app.registered(sent).await["client_name"], "own");
}
