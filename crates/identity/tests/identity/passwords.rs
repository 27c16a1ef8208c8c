//! The password grants.

use axum::http::HeaderValue;
use http::Method;
use serde_json::{Value, json};

use crate::flows::{API, CONNECTION, PASSWORD, claims};
use crate::support::{Answer, App, Credentials, app, apps, form};

const REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";

async fn client(app: &App) -> Credentials {
    app.web(json!({ "grant_types": ["password", REALM, "refresh_token"],
        "is_token_endpoint_ip_header_trusted": true }))
        .await
}

async fn sign_in(app: &App, client: &Credentials, more: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
    ];
    parameters.extend_from_slice(more);
    app.token(&parameters).await
}

#[tokio::test]
async fn a_name_and_a_password_give_tokens() {
    for app in apps().await {
        app.api(API, json!({ "allow_offline_access": true })).await;
        let (client, jane) = (client(&app).await, app.person("jane").await);
        let answer = sign_in(
            &app,
            &client,
            &[
                ("grant_type", REALM),
                ("realm", CONNECTION),
                ("username", &jane.email),
                ("password", PASSWORD),
                ("audience", API),
                ("scope", "openid read:weather offline_access"),
            ],
        )
        .await;
        assert_eq!(answer.status, 200, "{}: {}", app.name, answer.body);
        let token = claims(answer.text("access_token"));
        assert_eq!(
            (&token["sub"], &token["gty"]),
            (&json!(jane.id), &json!("password"))
        );
        assert_eq!(answer.body["scope"], "openid read:weather offline_access");
        let refreshed = app
            .refresh(&client, answer.text("refresh_token"), &[])
            .await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
        assert_eq!(claims(refreshed.text("access_token"))["gty"], Value::Null);
    }
}

#[tokio::test]
async fn the_default_directory_serves_requests_without_a_realm() {
    let app = app().await;
    app.api(API, json!({})).await;
    let (client, jane) = (client(&app).await, app.person("jane").await);
    let request = [
        ("grant_type", "password"),
        ("username", jane.email.as_str()),
        ("password", PASSWORD),
    ];
    let answer = sign_in(&app, &client, &request).await;
    assert_eq!(
        answer.refusal(),
        (400, "invalid_request"),
        "there is no default directory yet"
    );
    let mut named = request.to_vec();
    named.push(("realm", CONNECTION));
    assert_eq!(
        sign_in(&app, &client, &named).await.status,
        200,
        "it may name one"
    );
    let settings = json!({ "default_directory": CONNECTION });
    app.call(Method::PATCH, "/tenants/settings", Some(settings))
        .await;
    let answer = sign_in(&app, &client, &request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["scope"], "openid profile email address phone");
    let mut named = request.to_vec();
    named.push(("audience", API));
    let answer = sign_in(&app, &client, &named).await;
    assert_eq!(
        answer.body["scope"], "read:weather write:weather",
        "no scope asked: all of the API's"
    );
}

#[tokio::test]
async fn refusals_say_no_more_than_they_must() {
    let app = app().await;
    let (client, jane) = (client(&app).await, app.person("jane").await);
    let attempt = |username: String, password: &'static str| {
        let (app, client) = (&app, &client);
        async move {
            let request = [
                ("grant_type", REALM),
                ("realm", CONNECTION),
                ("username", username.as_str()),
                ("password", password),
            ];
            sign_in(app, client, &request).await
        }
    };
    for username in [jane.email.clone(), "nobody@example.com".to_owned()] {
        let answer = attempt(username, "wrong").await;
        assert_eq!(answer.refusal(), (403, "invalid_grant"));
        assert_eq!(answer.text("error_description"), "Wrong email or password.");
    }
    let path = format!("/users/{}", jane.id.replace('|', "%7C"));
    app.call(Method::PATCH, &path, Some(json!({ "blocked": true })))
        .await;
    let answer = attempt(jane.email.clone(), PASSWORD).await;
    assert_eq!(answer.refusal(), (401, "unauthorized"));
    assert_eq!(answer.text("error_description"), "user is blocked");
    let answer = sign_in(
        &app,
        &client,
        &[
            ("grant_type", REALM),
            ("realm", "nowhere"),
            ("username", "a"),
            ("password", "b"),
        ],
    )
    .await;
    assert_eq!(answer.refusal(), (400, "invalid_request"));
}

#[tokio::test]
async fn guessing_is_stopped_by_account_and_by_the_address_that_a_trusted_client_names() {
    let app = app().await;
    let (client, jane) = (client(&app).await, app.person("jane").await);
    let attempt = |from: &'static str, password: &'static str| {
        let mut request = form(&[
            ("client_id", client.id.as_str()),
            ("client_secret", &client.secret),
            ("grant_type", REALM),
            ("realm", CONNECTION),
            ("username", &jane.email),
            ("password", password),
        ]);
        request
            .headers_mut()
            .insert("auth0-forwarded-for", HeaderValue::from_static(from));
        app.send(request)
    };
    for _ in 0..10 {
        assert_eq!(attempt("192.0.2.1", "wrong").await.status, 403);
    }
    let stopped = attempt("192.0.2.1", PASSWORD).await;
    assert_eq!(stopped.refusal(), (429, "too_many_attempts"));
    assert_eq!(
        attempt("192.0.2.2", PASSWORD).await.status,
        200,
        "from elsewhere the owner gets in"
    );
}

#[tokio::test]
async fn rfc9700_2_4_the_password_grant_is_off_unless_a_client_of_ones_own_was_given_it() {
    let app = app().await;
    let jane = app.person("jane").await;
    let request = [
        ("grant_type", REALM),
        ("realm", CONNECTION),
        ("username", jane.email.as_str()),
        ("password", PASSWORD),
    ];
    let usual = app.web(json!({})).await;
    assert_eq!(
        sign_in(&app, &usual, &request).await.refusal(),
        (403, "unauthorized_client")
    );
    let third = app
        .web(
            json!({ "is_first_party": false, "third_party_security_mode": "permissive",
        "grant_types": ["password", REALM] }),
        )
        .await;
    assert_eq!(
        sign_in(&app, &third, &request).await.refusal(),
        (403, "unauthorized_client")
    );
}
