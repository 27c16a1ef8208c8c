//! `/api/v2/resource-servers`.

use http::Method;
use serde_json::{Value, json};

use crate::support::{MANAGEMENT, app, apps, pick};

const API: &str = "https://weather.example/";
const BY_IDENTIFIER: &str = "/resource-servers/https%3A%2F%2Fweather.example%2F";

#[tokio::test]
async fn an_api_goes_by_its_id_and_by_its_encoded_identifier() {
    for app in apps().await {
        let made = app
            .create(
                "/resource-servers",
                json!({
                    "identifier": API, "name": "Weather", "scopes": [{ "value": "openid" }]
                }),
            )
            .await;
        let id = made["id"].as_str().unwrap();
        assert!(id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(
            made,
            json!({
                "id": id, "name": "Weather", "identifier": API, "scopes": [{ "value": "openid" }],
                "signing_alg": "RS256", "allow_offline_access": false, "token_lifetime": 86400,
                "token_lifetime_for_web": 7200,
                "skip_consent_for_verifiable_first_party_clients": false,
                "subject_type_authorization": {
                    "user": { "policy": "allow_all" }, "client": { "policy": "require_client_grant" }
                }
            })
        );
        let by_id = format!("/resource-servers/{id}");
        for path in [by_id.as_str(), BY_IDENTIFIER] {
            assert_eq!(
                app.call(Method::GET, path, None).await.body,
                made,
                "{} {path}",
                app.name
            );
        }
        let change =
            json!({ "token_lifetime": 600, "scopes": [{ "value": "a", "description": "b" }] });
        let changed = app.call(Method::PATCH, BY_IDENTIFIER, Some(change)).await;
        assert_eq!(changed.status, 200);
        assert_eq!(
            pick(&changed.body, &["token_lifetime", "scopes"]),
            json!({ "token_lifetime": 600, "scopes": [{ "value": "a", "description": "b" }] })
        );
        let twice = json!({ "identifier": API });
        assert_eq!(
            app.call(Method::POST, "/resource-servers", Some(twice))
                .await
                .status,
            409
        );
        let client = app.machine("cli").await;
        app.grant(&client, API, &["a"]).await;
        assert_eq!(
            app.exchange(&client, &[("audience", API)]).await.body["expires_in"],
            600
        );
        // The API takes its grants along.
        assert_eq!(
            app.call(Method::DELETE, &by_id, None).await.said(),
            (204, Value::Null)
        );
        assert_eq!(app.call(Method::GET, BY_IDENTIFIER, None).await.status, 404);
        let refused = app.exchange(&client, &[("audience", API)]).await;
        assert!(
            refused
                .text("error_description")
                .starts_with("Service not enabled")
        );
    }
}

#[tokio::test]
async fn the_management_api_is_listed_and_protected() {
    for app in apps().await {
        app.advance(1);
        app.api(API, json!({})).await;
        let list = app.call(Method::GET, "/resource-servers", None).await.body;
        let system = &list[0];
        assert_eq!(
            (&system["is_system"], &system["identifier"]),
            (&json!(true), &json!(MANAGEMENT))
        );
        let scopes = system["scopes"].as_array().unwrap();
        for needed in [
            "read:clients",
            "update:client_keys",
            "read:resource_servers",
        ] {
            assert!(
                scopes.iter().any(|scope| scope["value"] == needed),
                "{needed}"
            );
        }
        let path = format!("/resource-servers/{}", system["id"].as_str().unwrap());
        let change = json!({ "name": "Mine" });
        assert_eq!(
            app.call(Method::PATCH, &path, Some(change)).await.status,
            400,
            "{}",
            app.name
        );
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 400);
        for reserved in [
            MANAGEMENT,
            "http://localhost:8005/api/v2/",
            "http://127.0.0.1:8005/userinfo",
        ] {
            let body = json!({ "identifier": reserved });
            let answer = app
                .call(Method::POST, "/resource-servers", Some(body))
                .await;
            assert_eq!(answer.status, 400, "{reserved}");
        }
        let page = app
            .call(
                Method::GET,
                "/resource-servers?include_totals=true&per_page=1",
                None,
            )
            .await
            .body;
        assert_eq!(page["total"], 2);
        let named = "/resource-servers?identifiers=https%3A%2F%2Fweather.example%2F";
        let page = app.call(Method::GET, named, None).await.body;
        assert_eq!(page.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn bad_input_is_answered_in_the_vendors_words() {
    let app = app().await;
    let cases = [
        (
            json!({ "name": "a" }),
            "Payload validation error: 'Missing required property: identifier'.",
        ),
        (
            json!({ "identifier": "a b" }),
            "Payload validation error: 'String does not match pattern ^[^\\s<>]+$: a b' on property identifier.",
        ),
        (
            json!({ "identifier": "a", "token_lifetime": 2_592_001 }),
            "Payload validation error: 'Value 2592001 is greater than maximum 2592000' on property token_lifetime.",
        ),
        (
            json!({ "identifier": "a", "signing_alg": "none" }),
            "Payload validation error: 'No enum match for: none' on property signing_alg.",
        ),
        (
            json!({ "identifier": "a", "scopes": [{}] }),
            "Payload validation error: 'Missing required property: value' on property scopes[0].",
        ),
    ];
    for (body, message) in cases {
        let answer = app
            .call(Method::POST, "/resource-servers", Some(body))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.text("message")),
            (400, message)
        );
    }
}

#[tokio::test]
async fn clients_may_be_kept_out_of_an_api() {
    let app = app().await;
    app.api(
        API,
        json!({ "subject_type_authorization": { "client": { "policy": "deny_all" } } }),
    )
    .await;
    let client = app.machine("cli").await;
    app.grant(&client, API, &[]).await;
    assert_eq!(
        app.exchange(&client, &[("audience", API)]).await.refusal(),
        (403, "access_denied")
    );
}
