//! What holds for every operation of the Management API.

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::support::{app, management};

fn filled(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => "x",
            false => segment,
        });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_operation_refuses_an_outsider_before_it_looks_at_anything() {
    let app = app().await;
    app.api("https://weather.example/", json!({})).await;
    let client = app.machine("cli").await;
    app.grant(&client, "https://weather.example/", &[]).await;
    let for_another_api = app
        .exchange(&client, &[("audience", "https://weather.example/")])
        .await;
    let tokens = [
        None,
        Some("nonsense".to_owned()),
        Some("a.b.c".to_owned()),
        Some(for_another_api.text("access_token").to_owned()),
    ];
    let operations = identity::operations(&app.tenant);
    assert!(operations.len() > 100);
    for operation in &operations {
        for token in &tokens {
            let mut request = Request::builder()
                .method(operation.method)
                .uri(format!("/api/v2{}", filled(operation.path)));
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            // A body that nothing would accept.
            let answer = app.send(request.body(Body::from("{")).unwrap()).await;
            assert_eq!(answer.status, 401, "{operation:?}");
            assert_eq!(answer.body["error"], "Unauthorized");
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        }
    }
}

#[tokio::test]
async fn every_operation_refuses_a_token_without_its_scope_and_names_it() {
    let app = app().await;
    // A scope that no operation asks for.
    let token = app.management_token("read:entitlements").await;
    for operation in identity::operations(&app.tenant) {
        let method: Method = operation.method.parse().unwrap();
        let path = filled(operation.path);
        let answer = app
            .send(management(&token, method, &path, Some(json!("bad"))))
            .await;
        let expected = format!(
            "Insufficient scope, expected any of: {}",
            operation.scopes.join(",")
        );
        assert_eq!(
            answer.said(),
            (
                403,
                json!({
                    "statusCode": 403, "error": "Forbidden", "message": expected,
                    "errorCode": "insufficient_scope"
                })
            ),
            "{operation:?}"
        );
    }
}

#[tokio::test]
async fn what_is_not_served_says_so_in_the_apis_own_shape() {
    let app = app().await;
    for unserved in identity::unserved_operations() {
        let method: Method = unserved.method.parse().unwrap();
        let answer = app.call(method, &filled(unserved.path), None).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["errorCode"]),
            (404, &json!("operation_not_served")),
            "{unserved:?}"
        );
    }
    for (method, path) in [
        (Method::GET, "/nothing"),
        (Method::PUT, "/clients"),
        (Method::GET, "/"),
    ] {
        let answer = app.call(method, path, None).await;
        assert_eq!(
            answer.said(),
            (
                404,
                json!({ "statusCode": 404, "error": "Not Found", "message": "Not Found" })
            ),
            "{path}"
        );
    }
}

#[tokio::test]
async fn tokens_end_when_they_expire() {
    let app = app().await;
    let token = app.management_token("").await;
    let list = || management(&token, Method::GET, "/clients", None);
    assert_eq!(app.send(list()).await.status, 200);
    app.advance(86_401);
    let answer = app.send(list()).await;
    assert_eq!(
        answer.said(),
        (
            401,
            json!({
                "statusCode": 401, "error": "Unauthorized",
                "message": "Expired token received for JSON Web Token validation"
            })
        )
    );
}

#[tokio::test]
async fn bodies_that_are_no_json_or_too_large_are_refused() {
    let app = app().await;
    let token = app.management_token("").await;
    let bodies = ["", "{", "nonsense", "[1,2"];
    for body in bodies
        .into_iter()
        .map(str::to_owned)
        .chain([format!("\"{}\"", "x".repeat(1_100_000))])
    {
        let request = Request::post("/api/v2/clients")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body))
            .unwrap();
        let answer = app.send(request).await;
        assert_eq!(answer.body["errorCode"], "invalid_body", "{}", answer.body);
    }
}

#[tokio::test]
async fn settings_are_read_whole_and_changed_in_part() {
    let app = app().await;
    let path = "/tenants/settings";
    let before = app.call(Method::GET, path, None).await.body;
    assert_eq!(before["session_lifetime"], 168);
    assert_eq!(before["flags"]["enable_dynamic_client_registration"], false);
    let change =
        json!({ "flags": { "enable_dynamic_client_registration": true }, "friendly_name": "Acme" });
    let changed = app.call(Method::PATCH, path, Some(change)).await;
    assert_eq!(changed.status, 200);
    let mut expected = before;
    expected["flags"]["enable_dynamic_client_registration"] = json!(true);
    expected["friendly_name"] = json!("Acme");
    assert_eq!(changed.body, expected);
    let fields = format!("{path}?fields=friendly_name");
    let chosen = app.call(Method::GET, &fields, None).await.body;
    assert_eq!(chosen, json!({ "friendly_name": "Acme" }));
    for bad in [
        json!({ "flags": { "x": "yes" } }),
        json!({ "nonsense": 1 }),
        json!({ "session_lifetime": 0 }),
        json!({ "allowed_logout_urls": ["javascript:x"] }),
    ] {
        assert_eq!(
            app.call(Method::PATCH, path, Some(bad)).await.body["errorCode"],
            "invalid_body"
        );
    }
    assert_eq!(
        app.call(Method::GET, path, None).await.body["nonsense"],
        Value::Null
    );
}
