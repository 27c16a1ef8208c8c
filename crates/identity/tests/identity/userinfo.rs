//! `/userinfo`.

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::flows::{API, claims, form_to, text};
use crate::support::{App, app};

async fn opaque(app: &App, scope: &str) -> (crate::support::Credentials, String, String) {
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let tokens = app.tokens(&client, &app.code(&client, &jane, scope)).await;
    (client, jane.id, text(&tokens, "access_token").to_owned())
}

#[tokio::test]
async fn claims_follow_the_scopes() {
    let app = app().await;
    let (_, id, token) = opaque(&app, "openid profile").await;
    let said = app.userinfo(&token).await.body;
    assert_eq!(
        (&said["sub"], &said["given_name"]),
        (&json!(id), &json!("Jane"))
    );
    assert!(text(&said, "updated_at").ends_with('Z'));
    assert_eq!(said["email"], Value::Null);
}

#[tokio::test]
async fn the_claims_parameter_adds_what_it_names() {
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(&client, &jane, "openid");
    code.claims = Some(json!({
        "userinfo": { "email": { "essential": true }, "nothing": null },
        "id_token": { "given_name": null }
    }));
    let tokens = app.tokens(&client, &code).await;
    let said = app.userinfo(text(&tokens, "access_token")).await.body;
    assert_eq!(said, json!({ "sub": jane.id, "email": jane.email }));
    let id = claims(text(&tokens, "id_token"));
    assert_eq!(
        (&id["given_name"], &id["email"]),
        (&json!("Jane"), &Value::Null)
    );
}

#[tokio::test]
async fn rfc9700_4_3_2_a_query_carries_a_token_only_where_the_tenant_says_so_and_for_a_first_party()
{
    // A token in a query ends in logs and histories. The vendor's library for Passport puts it there.
    let app = app().await;
    let (client, id, token) = opaque(&app, "openid").await;
    let posted = app.post("/userinfo", &[("access_token", &token)]).await;
    assert_eq!(posted.body["sub"], id);
    let path = format!("/userinfo?access_token={token}");
    assert_eq!(app.get(&path).await.refusal(), (400, "invalid_request"));
    let on = json!({ "flags": { "allow_access_token_in_query": true } });
    let changed = app.call(Method::PATCH, "/tenants/settings", Some(on)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(app.get(&path).await.body["sub"], id);
    let twice = app.get(&format!("{path}&access_token={token}")).await;
    assert_eq!(twice.refusal(), (400, "invalid_request"));
    let posted = app.post(&path, &[]).await;
    assert_eq!(posted.status, 401);
    let other = json!({ "is_first_party": false });
    let change = format!("/clients/{}", client.id);
    let changed = app.call(Method::PATCH, &change, Some(other)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let third = app.get(&path).await;
    assert_eq!(third.refusal(), (400, "invalid_request"));
    let mut both = form_to("/userinfo", &[("access_token", &token)]);
    let value = format!("Bearer {token}").parse().unwrap();
    both.headers_mut().insert(header::AUTHORIZATION, value);
    assert_eq!(app.send(both).await.refusal(), (400, "invalid_request"));
}

#[tokio::test]
async fn malformed_headers_and_tokens_are_refused_and_never_a_fault() {
    // CVE-2026-9803: a malformed Bearer header; Kong's jwt plugin: a token without dots.
    let app = app().await;
    for value in [
        "Bearer",
        "Bearer ",
        "bearer  x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer a b",
        "Basic YTpi",
        "DPoP x",
        "Bearer \u{e9}",
        "Bearer null",
    ] {
        let request = Request::get("/userinfo")
            .header(header::AUTHORIZATION, value.as_bytes())
            .body(Body::empty())
            .unwrap();
        let answer = app.send(request).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 401),
            "{value:?}: {}",
            answer.status
        );
        assert!(
            answer.headers.contains_key(header::WWW_AUTHENTICATE),
            "{value:?}"
        );
    }
    let answer = app.get("/userinfo").await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.headers[header::WWW_AUTHENTICATE],
        "Bearer realm=\"userinfo\""
    );
}

#[tokio::test]
async fn only_an_access_token_of_a_user_with_openid_says_something() {
    let app = app().await;
    app.api(API, json!({})).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(&client, &jane, "read:weather");
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(&client, &code).await;
    let answer = app.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(answer.refusal(), (403, "insufficient_scope"));
    code.scope = "openid".to_owned();
    let tokens = app.tokens(&client, &code).await;
    assert_eq!(
        app.userinfo(text(&tokens, "access_token")).await.body["sub"],
        jane.id
    );
    assert_eq!(
        app.userinfo(text(&tokens, "id_token")).await.refusal(),
        (401, "invalid_token")
    );
    let machine = app.machine("m").await;
    app.grant(&machine, API, &["openid"]).await;
    let answer = app
        .exchange(&machine, &[("audience", API), ("scope", "openid")])
        .await;
    let answer = app.userinfo(answer.text("access_token")).await;
    assert_eq!(answer.refusal(), (401, "invalid_token"));
}

#[tokio::test]
async fn a_blocked_user_is_not_talked_about() {
    let app = app().await;
    let (_, id, token) = opaque(&app, "openid").await;
    let path = format!("/users/{}", id.replace('|', "%7C"));
    app.call(Method::PATCH, &path, Some(json!({ "blocked": true })))
        .await;
    assert_eq!(app.userinfo(&token).await.refusal(), (401, "invalid_token"));
}

#[tokio::test]
async fn pages_of_any_origin_may_ask_with_a_token_and_without_cookies() {
    let app = app().await;
    let (_, _, token) = opaque(&app, "openid").await;
    let request = Request::get("/userinfo")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ORIGIN, "https://app.example")
        .body(Body::empty())
        .unwrap();
    let answer = app.send(request).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(
        !answer
            .headers
            .contains_key("access-control-allow-credentials")
    );
}
