//! Clients that prove themselves with keys.

use http::Method;
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use serde_json::{Value, json};

use crate::support::{Answer, App, NOW, app, apps, pick};

const API: &str = "https://weather.example/";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn pem(key: &SigningKey) -> String {
    use base64::Engine as _;
    let der = key.public_spki_der().unwrap();
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = (0..body.len())
        .step_by(64)
        .map(|at| &body[at..body.len().min(at + 64)])
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}

async fn keyed(app: &App, key: &SigningKey) -> Value {
    app.api(API, json!({})).await;
    let client = app.create("/clients", json!({
        "name": "keyed", "app_type": "non_interactive", "jwt_configuration": { "alg": "RS256" },
        "client_authentication_methods": { "private_key_jwt": { "credentials": [
            { "credential_type": "public_key", "name": "first", "pem": pem(key), "alg": "RS256" }
        ] } }
    })).await;
    app.create(
        "/client-grants",
        json!({
            "client_id": client["client_id"], "audience": API, "scope": ["read:weather"]
        }),
    )
    .await;
    client
}

async fn present(app: &App, key: &SigningKey, alg: Algorithm, claims: &Value) -> Answer {
    let assertion = jwt::sign(key, &Header::new(alg), claims).unwrap();
    app.token(&[
        ("grant_type", "client_credentials"),
        ("audience", API),
        ("client_assertion_type", TYPE),
        ("client_assertion", &assertion),
    ])
    .await
}

#[tokio::test]
async fn rfc9700_2_5_an_assertion_is_worth_one_token() {
    for app in apps().await {
        let key = SigningKey::generate_rsa().unwrap();
        let client = keyed(&app, &key).await;
        assert_eq!(client["client_secret"], Value::Null);
        let id = client["client_id"].as_str().unwrap();
        let claims = |jti: &str| {
            json!({
                "iss": id, "sub": id, "aud": "http://127.0.0.1:8005/", "iat": NOW, "exp": NOW + 60, "jti": jti
            })
        };
        assert_eq!(
            present(&app, &key, Algorithm::Rs256, &claims("1"))
                .await
                .status,
            200
        );
        let again = present(&app, &key, Algorithm::Rs256, &claims("1")).await;
        assert_eq!(again.refusal(), (401, "invalid_client"), "{}", app.name);
        assert!(again.text("error_description").contains("used before"));
        assert_eq!(
            present(&app, &key, Algorithm::Rs256, &claims("2"))
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn assertions_that_break_a_rule_are_refused() {
    let app = app().await;
    let key = SigningKey::generate_rsa().unwrap();
    let client = keyed(&app, &key).await;
    let id = client["client_id"].as_str().unwrap();
    let good = json!({
        "iss": id, "sub": id, "aud": "http://127.0.0.1:8005/", "iat": NOW, "exp": NOW + 60, "jti": "j"
    });
    let breaks = [
        ("aud", json!("https://somebody.else/")),
        (
            "aud",
            json!(["http://127.0.0.1:8005/", "https://somebody.else/"]),
        ),
        ("exp", json!(NOW - 60)),
        ("exp", json!(NOW + 3600)),
        ("exp", Value::Null),
        ("jti", Value::Null),
        ("sub", json!("another")),
        ("nbf", json!(NOW + 60)),
    ];
    for (claim, value) in breaks {
        let mut claims = good.clone();
        claims[claim] = value;
        if claims[claim].is_null() {
            claims.as_object_mut().unwrap().shift_remove(claim);
        }
        let answer = present(&app, &key, Algorithm::Rs256, &claims).await;
        assert_eq!(
            answer.refusal(),
            (401, "invalid_client"),
            "{claim}: {}",
            answer.body
        );
    }
    // Another key, another algorithm than the one registered.
    let other = SigningKey::generate_rsa().unwrap();
    assert_eq!(
        present(&app, &other, Algorithm::Rs256, &good).await.status,
        401
    );
    assert_eq!(
        present(&app, &key, Algorithm::Ps256, &good).await.status,
        401
    );
    assert_eq!(
        present(&app, &key, Algorithm::Rs256, &good).await.status,
        200
    );
}

#[tokio::test]
async fn credentials_are_listed_expire_and_are_replaced() {
    for app in apps().await {
        let (first, second) = (
            SigningKey::generate_rsa().unwrap(),
            SigningKey::generate_rsa().unwrap(),
        );
        let client = keyed(&app, &first).await;
        let id = client["client_id"].as_str().unwrap();
        let path = format!("/clients/{id}/credentials");
        let made = &client["client_authentication_methods"]["private_key_jwt"]["credentials"][0];
        let first_id = made["id"].as_str().unwrap();
        assert!(first_id.starts_with("cred_") && first_id.len() == 27);
        assert_eq!(made["kid"].as_str().unwrap().len(), 43);
        assert_eq!(
            pick(made, &["credential_type", "alg", "name"]),
            json!({ "credential_type": "public_key", "alg": "RS256", "name": "first" })
        );
        let added = app
            .create(
                &path,
                json!({
                    "credential_type": "public_key", "pem": pem(&second), "alg": "PS256"
                }),
            )
            .await;
        let second_id = added["id"].as_str().unwrap();
        let twice = json!({ "credential_type": "public_key", "pem": pem(&second) });
        assert_eq!(
            app.call(Method::POST, &path, Some(twice)).await.status,
            409,
            "{}",
            app.name
        );
        let list = app.call(Method::GET, &path, None).await.body;
        assert_eq!(list.as_array().unwrap().len(), 2);
        assert!(!list.to_string().contains("pem"));

        // Only what the client's authentication method names counts.
        let claims = |jti: &str| {
            json!({
                "iss": id, "sub": id, "aud": "http://127.0.0.1:8005/oauth/token", "exp": NOW + 60, "jti": jti
            })
        };
        assert_eq!(
            present(&app, &second, Algorithm::Ps256, &claims("a"))
                .await
                .status,
            401
        );
        let both = json!({ "client_authentication_methods": { "private_key_jwt": { "credentials": [
            { "id": first_id }, { "id": second_id }
        ] } } });
        let path_client = format!("/clients/{id}");
        assert_eq!(
            app.call(Method::PATCH, &path_client, Some(both))
                .await
                .status,
            200
        );
        assert_eq!(
            present(&app, &second, Algorithm::Ps256, &claims("a"))
                .await
                .status,
            200
        );

        let expired = json!({ "expires_at": "2020-01-01T00:00:00Z" });
        let one = format!("{path}/{second_id}");
        assert_eq!(
            app.call(Method::PATCH, &one, Some(expired)).await.status,
            200
        );
        assert_eq!(
            present(&app, &second, Algorithm::Ps256, &claims("b"))
                .await
                .status,
            401
        );
        assert_eq!(app.call(Method::DELETE, &one, None).await.status, 409);
        let only_first = json!({ "client_authentication_methods": { "private_key_jwt": { "credentials": [
            { "id": first_id }
        ] } } });
        app.call(Method::PATCH, &path_client, Some(only_first))
            .await;
        assert_eq!(app.call(Method::DELETE, &one, None).await.status, 204);
        assert_eq!(app.call(Method::DELETE, &one, None).await.status, 404);
        assert_eq!(
            app.call(Method::POST, &format!("{path_client}/rotate-secret"), None)
                .await
                .status,
            400
        );
    }
}

#[tokio::test]
async fn what_is_no_usable_key_is_refused() {
    let app = app().await;
    let client = app.machine("cli").await;
    let path = format!("/clients/{}/credentials", client.id);
    let ec = SigningKey::generate_es256().unwrap();
    for body in [
        json!({ "credential_type": "public_key", "pem": "nonsense" }),
        json!({ "credential_type": "public_key", "pem": pem(&ec) }),
        json!({ "credential_type": "password", "pem": "x" }),
        json!({ "credential_type": "public_key" }),
    ] {
        let answer = app.call(Method::POST, &path, Some(body)).await;
        assert_eq!(answer.body["errorCode"], "invalid_body", "{}", answer.body);
    }
    let answer = app
        .call(Method::GET, "/clients/nobody/credentials", None)
        .await;
    assert_eq!(answer.status, 404);
}
