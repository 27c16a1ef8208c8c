//! The device grant (RFC 8628).

use identity::testing::{approve_device, deny_device};
use serde_json::{Value, json};

use crate::flows::{API, text};
use crate::support::{Answer, App, Credentials, app, apps};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn television(app: &App) -> Credentials {
    app.spa(json!({ "app_type": "native", "grant_types": [GRANT, "refresh_token"] }))
        .await
}

async fn begin(app: &App, client: &Credentials, scope: &str) -> Value {
    let parameters = [("client_id", client.id.as_str()), ("scope", scope)];
    let answer = app.post("/oauth/device/code", &parameters).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn ask(app: &App, client: &Credentials, code: &str) -> Answer {
    let parameters = [
        ("grant_type", GRANT),
        ("client_id", client.id.as_str()),
        ("device_code", code),
    ];
    app.token(&parameters).await
}

#[tokio::test]
async fn a_device_waits_for_its_user_and_gets_tokens_once() {
    for app in apps().await {
        let (client, jane) = (television(&app).await, app.person("jane").await);
        let begun = begin(&app, &client, "openid offline_access").await;
        let (code, user_code) = (text(&begun, "device_code"), text(&begun, "user_code"));
        assert_eq!(
            (&begun["expires_in"], &begun["interval"]),
            (&json!(900), &json!(5))
        );
        assert_eq!(begun["verification_uri"], "http://127.0.0.1:8005/activate");
        assert_eq!(
            begun["verification_uri_complete"],
            format!("http://127.0.0.1:8005/activate?user_code={user_code}")
        );
        assert_eq!(user_code.len(), 9);
        assert_eq!(
            ask(&app, &client, code).await.refusal(),
            (403, "authorization_pending")
        );
        app.advance(5);
        let typed = user_code.to_lowercase().replace('-', " ");
        assert!(
            approve_device(&app.tenant, &typed, &jane.id).await.unwrap(),
            "{}",
            app.name
        );
        assert!(
            !approve_device(&app.tenant, user_code, &jane.id)
                .await
                .unwrap(),
            "once"
        );
        let answer = ask(&app, &client, code).await;
        assert_eq!(answer.status, 200, "{}: {}", app.name, answer.body);
        assert_eq!(answer.body["scope"], "openid offline_access");
        assert!(answer.body["id_token"].is_string() && answer.body["refresh_token"].is_string());
        assert_eq!(
            ask(&app, &client, code).await.refusal(),
            (403, "invalid_grant")
        );
    }
}

#[tokio::test]
async fn a_hasty_device_is_slowed_down() {
    for app in apps().await {
        let client = television(&app).await;
        let begun = begin(&app, &client, "openid").await;
        let code = text(&begun, "device_code");
        assert_eq!(
            ask(&app, &client, code).await.refusal(),
            (403, "authorization_pending")
        );
        app.advance(4);
        assert_eq!(
            ask(&app, &client, code).await.refusal(),
            (429, "slow_down"),
            "{}",
            app.name
        );
        app.advance(9);
        assert_eq!(ask(&app, &client, code).await.refusal(), (429, "slow_down"));
        app.advance(15);
        assert_eq!(
            ask(&app, &client, code).await.refusal(),
            (403, "authorization_pending")
        );
    }
}

#[tokio::test]
async fn a_denied_and_an_expired_code_end() {
    for app in apps().await {
        let (client, jane) = (television(&app).await, app.person("jane").await);
        let denied = begin(&app, &client, "openid").await;
        assert!(
            deny_device(&app.tenant, text(&denied, "user_code"))
                .await
                .unwrap()
        );
        let code = text(&denied, "device_code");
        assert_eq!(
            ask(&app, &client, code).await.refusal(),
            (403, "access_denied")
        );
        assert_eq!(
            ask(&app, &client, code).await.refusal(),
            (403, "invalid_grant")
        );
        let late = begin(&app, &client, "openid").await;
        app.advance(900);
        let user_code = text(&late, "user_code");
        assert!(
            !approve_device(&app.tenant, user_code, &jane.id)
                .await
                .unwrap(),
            "{}",
            app.name
        );
        let answer = ask(&app, &client, text(&late, "device_code")).await;
        assert_eq!(answer.refusal(), (403, "expired_token"));
    }
}

#[tokio::test]
async fn rfc9700_4_5_a_device_code_is_its_clients_alone() {
    let app = app().await;
    let (client, jane) = (television(&app).await, app.person("jane").await);
    let other = television(&app).await;
    let begun = begin(&app, &client, "openid").await;
    approve_device(&app.tenant, text(&begun, "user_code"), &jane.id)
        .await
        .unwrap();
    let code = text(&begun, "device_code");
    assert_eq!(
        ask(&app, &other, code).await.refusal(),
        (403, "invalid_grant")
    );
    assert_eq!(ask(&app, &client, code).await.status, 200);
}

#[tokio::test]
async fn a_device_asks_for_an_api_and_only_where_its_client_may() {
    let app = app().await;
    app.api(API, json!({})).await;
    let jane = app.person("jane").await;
    let usual = app.spa(json!({})).await;
    let parameters = [("client_id", usual.id.as_str()), ("scope", "openid")];
    let answer = app.post("/oauth/device/code", &parameters).await;
    assert_eq!(answer.refusal(), (403, "unauthorized_client"));
    let client = television(&app).await;
    let nowhere = [
        ("client_id", client.id.as_str()),
        ("audience", "https://nowhere.example/"),
    ];
    let answer = app.post("/oauth/device/code", &nowhere).await;
    assert_eq!(answer.refusal(), (403, "access_denied"));
    let parameters = [
        ("client_id", client.id.as_str()),
        ("audience", API),
        ("scope", "read:weather no:such offline_access"),
    ];
    let begun = app.post("/oauth/device/code", &parameters).await.body;
    approve_device(&app.tenant, text(&begun, "user_code"), &jane.id)
        .await
        .unwrap();
    let answer = ask(&app, &client, text(&begun, "device_code")).await;
    assert_eq!(
        answer.body["scope"], "read:weather",
        "offline access is not for this API"
    );
}
