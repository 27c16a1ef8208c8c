//! Initial access tokens (RFC 7591 §3).

use http::{Method, Request, header};
use identity::RegistrationPolicy;
use serde_json::{Value, json};

use super::{HOME, named, registration};
use crate::support::{Answer, App, app, app_with, apps};

async fn with(app: &App, authorization: &str, body: Value) -> Answer {
    let mut request: Request<_> = registration(HOME, body.to_string());
    let value = http::HeaderValue::from_bytes(authorization.as_bytes()).unwrap();
    request.headers_mut().insert(header::AUTHORIZATION, value);
    app.send(request).await
}

#[tokio::test]
async fn a_token_registers_as_many_clients_as_it_says_until_it_expires() {
    for app in apps().await {
        app.open_registration("strict").await;
        let made = app
            .create(
                "/initial-access-tokens",
                json!({ "name": "partners", "count": 2 }),
            )
            .await;
        let token = made["token"].as_str().unwrap();
        assert_eq!(made["remaining"], 2);
        for number in 0..2 {
            let answer = with(
                &app,
                &format!("Bearer {token}"),
                named(&format!("n{number}")),
            )
            .await;
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
        let spent = with(&app, &format!("Bearer {token}"), named("three")).await;
        assert_eq!(spent.refusal(), (401, "invalid_token"), "{}", app.name);
        let listed = app
            .call(Method::GET, "/initial-access-tokens", None)
            .await
            .body;
        let listed = &listed["initial_access_tokens"][0];
        assert_eq!(
            (&listed["remaining"], &listed["token"]),
            (&json!(0), &Value::Null)
        );

        let until = json!({ "name": "soon", "expires_at": "2026-09-21T14:13:30.000Z" });
        let made = app.create("/initial-access-tokens", until).await;
        let token = format!("bearer {}", made["token"].as_str().unwrap());
        assert_eq!(with(&app, &token, named("a")).await.status, 201);
        app.advance(20);
        assert_eq!(
            with(&app, &token, named("b")).await.refusal(),
            (401, "invalid_token")
        );
        let path = format!("/initial-access-tokens/{}", made["id"].as_str().unwrap());
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
    }
}

#[tokio::test]
async fn where_a_token_is_needed_nobody_registers_without_one() {
    let policy = RegistrationPolicy {
        require_token: true,
        ..RegistrationPolicy::default()
    };
    let app = app_with(policy).await;
    app.open_registration("strict").await;
    let answer = app.register(named("open")).await;
    assert_eq!(answer.refusal(), (401, "invalid_token"));
    assert!(
        answer.headers[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .starts_with("Bearer")
    );
    let made = app
        .create("/initial-access-tokens", json!({ "name": "any" }))
        .await;
    let token = format!("Bearer {}", made["token"].as_str().unwrap());
    assert_eq!(
        with(&app, &token, named("let in")).await.status,
        400,
        "a space is no part of a URI"
    );
    assert_eq!(with(&app, &token, named("in")).await.status, 201);
}

/// CVE-2026-9803: a malformed header was a fault of the server.
#[tokio::test]
async fn attack_9_malformed_authorization_is_401_and_never_500() {
    let app = app().await;
    app.open_registration("strict").await;
    for authorization in [
        "Bearer",
        "Bearer ",
        "bearer\t",
        "Basic YTpi",
        "Bearer a.b",
        "Bearer \u{fc}",
        "x",
        " ",
        "Bearer iat_guess",
    ] {
        let answer = with(&app, authorization, named("x")).await;
        assert_eq!(
            answer.refusal(),
            (401, "invalid_token"),
            "{authorization:?}"
        );
    }
}
