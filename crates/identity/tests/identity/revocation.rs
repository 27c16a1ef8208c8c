//! Revocation (RFC 7009) and introspection (RFC 7662).

use http::Method;
use serde_json::{Value, json};

use crate::flows::{API, text};
use crate::support::{App, Credentials, NOW, app, apps};

async fn revoke(app: &App, client: &Credentials, token: &str) -> crate::support::Answer {
    let parameters = [
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("token", token),
    ];
    app.post("/oauth/revoke", &parameters).await
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_its_access_tokens_along() {
    for app in apps().await {
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let tokens = app
            .tokens(&client, &app.code(&client, &jane, "openid offline_access"))
            .await;
        let token = text(&tokens, "refresh_token");
        let answer = revoke(&app, &client, token).await;
        assert_eq!(answer.said(), (200, Value::Null), "{}", app.name);
        assert_eq!(
            app.refresh(&client, token, &[]).await.refusal(),
            (403, "invalid_grant")
        );
        assert_eq!(
            app.userinfo(text(&tokens, "access_token")).await.status,
            401
        );
        assert_eq!(
            revoke(&app, &client, token).await.status,
            200,
            "again is no error"
        );
        assert_eq!(revoke(&app, &client, "nonsense").await.status, 200);
    }
}

#[tokio::test]
async fn one_family_ends_and_with_the_flag_the_grant() {
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let code = app.code(&client, &jane, "openid offline_access");
    let (one, two) = (
        app.tokens(&client, &code).await,
        app.tokens(&client, &code).await,
    );
    revoke(&app, &client, text(&one, "refresh_token")).await;
    assert_eq!(
        app.refresh(&client, text(&two, "refresh_token"), &[])
            .await
            .status,
        200
    );
    let flags = json!({ "flags": { "revoke_refresh_token_grant": true } });
    app.call(Method::PATCH, "/tenants/settings", Some(flags))
        .await;
    let three = app.tokens(&client, &code).await;
    revoke(&app, &client, text(&three, "refresh_token")).await;
    assert_eq!(
        app.refresh(&client, text(&two, "refresh_token"), &[])
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn access_tokens_of_both_kinds_are_taken_back() {
    for app in apps().await {
        app.api(API, json!({})).await;
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let mut code = app.code(&client, &jane, "openid");
        for audience in [None, Some(API.to_owned())] {
            code.audience = audience;
            let tokens = app.tokens(&client, &code).await;
            let token = text(&tokens, "access_token");
            assert_eq!(app.userinfo(token).await.status, 200);
            assert_eq!(revoke(&app, &client, token).await.status, 200);
            assert_eq!(app.userinfo(token).await.status, 401, "{}", app.name);
            assert_eq!(
                app.introspect(&client, token).await,
                json!({ "active": false })
            );
        }
    }
}

#[tokio::test]
async fn nobody_revokes_or_learns_about_anothers_token() {
    let app = app().await;
    app.api(API, json!({})).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let other = app.web(json!({})).await;
    let tokens = app
        .tokens(&client, &app.code(&client, &jane, "openid offline_access"))
        .await;
    for name in ["refresh_token", "access_token"] {
        let token = text(&tokens, name);
        assert_eq!(
            revoke(&app, &other, token).await.refusal(),
            (403, "invalid_grant")
        );
        assert_eq!(
            app.introspect(&other, token).await,
            json!({ "active": false }),
            "{name}"
        );
        assert_eq!(
            app.introspect(&client, token).await["active"],
            true,
            "{name}"
        );
    }
    let wrong = Credentials {
        secret: "wrong".into(),
        ..client.clone()
    };
    let answer = revoke(&app, &wrong, text(&tokens, "refresh_token")).await;
    assert_eq!(answer.refusal(), (401, "access_denied"));
    let public = app.spa(json!({})).await;
    let parameters = [("client_id", public.id.as_str()), ("token", "x")];
    let answer = app.post("/oauth/introspect", &parameters).await;
    assert_eq!(answer.refusal(), (403, "unauthorized_client"));
    let answer = app.post("/oauth/introspect", &[("token", "x")]).await;
    assert_eq!(answer.refusal(), (401, "invalid_client"));
}

#[tokio::test]
async fn an_api_introspects_the_tokens_that_are_for_it() {
    for app in apps().await {
        app.api(API, json!({})).await;
        let hs256 =
            json!({ "signing_alg": "HS256", "signing_secret": "0123456789abcdef0123456789abcdef" });
        app.api("https://other.example/", hs256).await;
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let of = |identifier: &str| {
            json!({ "name": "API", "app_type": "resource_server",
            "resource_server_identifier": identifier, "grant_types": [] })
        };
        let (weather, elsewhere) = (
            app.web(of(API)).await,
            app.web(of("https://other.example/")).await,
        );
        let mut code = app.code(&client, &jane, "read:weather");
        code.audience = Some(API.to_owned());
        let tokens = app.tokens(&client, &code).await;
        let token = text(&tokens, "access_token");
        let said = app.introspect(&weather, token).await;
        assert_eq!(
            said,
            json!({
                "active": true, "client_id": client.id, "sub": jane.id, "scope": "read:weather",
                "token_type": "Bearer", "iat": NOW, "exp": NOW + 86_400,
                "iss": "http://127.0.0.1:8005/", "aud": API
            }),
            "{}",
            app.name
        );
        assert_eq!(
            app.introspect(&elsewhere, token).await,
            json!({ "active": false })
        );
        code.audience = Some("https://other.example/".to_owned());
        let tokens = app.tokens(&client, &code).await;
        let shared = text(&tokens, "access_token");
        assert_eq!(app.introspect(&elsewhere, shared).await["active"], true);
        // Any change of a signed token makes it none.
        let forged = format!("{}x", &shared[..shared.len() - 1]);
        assert_eq!(
            app.introspect(&elsewhere, &forged).await,
            json!({ "active": false })
        );
        app.advance(86_400);
        assert_eq!(
            app.introspect(&weather, token).await,
            json!({ "active": false })
        );
    }
}
