//! `/api/v2/clients`.

use http::{Method, header};
use serde_json::{Value, json};

use crate::support::{App, Credentials, app, apps, pick};

const API: &str = "https://weather.example/";

fn metadata() -> Value {
    json!({
        "konnect_portal_id": "p", "konnect_developer_id": "d", "konnect_org_id": "o",
        "konnect_application_id": "a"
    })
}

#[tokio::test]
async fn a_new_client_has_the_recorded_shape() {
    for app in apps().await {
        let answer = app
            .call(
                Method::POST,
                "/clients",
                Some(json!({ "name": "Test", "description": "d" })),
            )
            .await;
        assert_eq!(answer.status, 201);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let client = answer.body;
        let id = client["client_id"].as_str().unwrap();
        let secret = client["client_secret"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(
            secret.len() == 64
                && secret
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        assert_eq!(
            pick(
                &client,
                &[
                    "tenant",
                    "global",
                    "name",
                    "description",
                    "is_first_party",
                    "oidc_conformant",
                    "is_token_endpoint_ip_header_trusted",
                    "sso_disabled",
                    "cross_origin_authentication",
                    "grant_types",
                    "custom_login_page_on",
                    "jwt_configuration",
                    "refresh_token",
                    "token_endpoint_auth_method",
                ]
            ),
            json!({
                "tenant": "127.0.0.1:8005", "global": false, "name": "Test", "description": "d",
                "is_first_party": true, "oidc_conformant": false,
                "is_token_endpoint_ip_header_trusted": false, "sso_disabled": false,
                "cross_origin_authentication": false,
                "grant_types": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
                "custom_login_page_on": true,
                "jwt_configuration": { "secret_encoded": false, "lifetime_in_seconds": 36000 },
                "refresh_token": {
                    "rotation_type": "non-rotating", "expiration_type": "non-expiring", "leeway": 0,
                    "token_lifetime": 2_592_000, "infinite_token_lifetime": true,
                    "infinite_idle_token_lifetime": true, "idle_token_lifetime": 1_296_000
                },
                "token_endpoint_auth_method": null
            })
        );
        assert!(
            client["signing_keys"][0]["cert"]
                .as_str()
                .unwrap()
                .starts_with("-----BEGIN CERTIFICATE")
        );
        let read = app
            .call(Method::GET, &format!("/clients/{id}"), None)
            .await
            .body;
        assert_eq!(read, client, "{}", app.name);
    }
}

#[tokio::test]
async fn a_secret_is_shown_to_readers_of_keys_alone() {
    let app = app().await;
    let client = app.machine("cli").await;
    let path = format!("/clients/{}", client.id);
    let seen = |scope: &'static str, path: String| {
        let app = &app;
        async move { app.call_as(scope, Method::GET, &path, None).await }
    };
    let with_keys = seen("read:clients read:client_keys", path.clone())
        .await
        .body;
    assert_eq!(with_keys["client_secret"], client.secret.as_str());
    let without = seen("read:clients", path.clone()).await.body;
    for hidden in [
        "client_secret",
        "signing_keys",
        "encryption_key",
        "client_authentication_methods",
    ] {
        assert_eq!(without[hidden], Value::Null, "{hidden}");
    }
    assert_eq!(without["grant_types"], with_keys["grant_types"]);
    let summary = seen("read:client_summary", path.clone()).await.body;
    let names: Vec<_> = summary.as_object().unwrap().keys().collect();
    assert_eq!(names, ["name", "client_id", "app_type"]);
    let asked = seen(
        "read:clients",
        format!("{path}?fields=client_id,client_secret"),
    )
    .await;
    assert_eq!(
        asked.said(),
        (
            403,
            json!({
                "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
                "message": "Insufficient scope, expected any of: read:client_keys"
            })
        )
    );
    let fields = seen("read:clients", format!("{path}?fields=name,client_id"))
        .await
        .body;
    assert_eq!(fields, json!({ "name": "cli", "client_id": client.id }));
    let without_name = seen(
        "read:clients",
        format!("{path}?fields=name&include_fields=false"),
    )
    .await;
    assert_eq!(without_name.body["name"], Value::Null);
    assert_eq!(without_name.body["client_id"], client.id.as_str());
    let list = app
        .call_as("read:clients", Method::GET, "/clients", None)
        .await
        .body;
    assert!(!list.to_string().contains("client_secret\":"));
}

#[tokio::test]
async fn no_secret_lies_readable_in_the_database() {
    for app in apps().await {
        let client = app.machine("cli").await;
        let sql =
            "SELECT COALESCE(secret, '') || metadata || settings AS text FROM identity_client";
        let rows = app
            .database
            .db
            .query(sql, storage::params![])
            .await
            .unwrap();
        assert!(rows.len() >= 2);
        for row in rows {
            let text: String = row.get("text").unwrap();
            assert!(!text.contains(&client.secret), "{}", app.name);
        }
        let sql = "SELECT private_key FROM identity_signing_key";
        for row in app
            .database
            .db
            .query(sql, storage::params![])
            .await
            .unwrap()
        {
            // PKCS #8 of an RSA key begins like this in base64.
            assert!(!row.get::<String>("private_key").unwrap().starts_with("MII"));
        }
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_names() {
    for app in apps().await {
        let made = app
            .create(
                "/clients",
                json!({ "name": "a", "client_metadata": metadata() }),
            )
            .await;
        let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
        let change = json!({
            "name": "b", "description": "new", "callbacks": ["https://app.example/cb"],
            "client_metadata": { "konnect_org_id": null, "colour": "blue" }
        });
        let changed = app.call(Method::PATCH, &path, Some(change)).await;
        assert_eq!(changed.status, 200);
        assert_eq!(
            pick(
                &changed.body,
                &["name", "description", "callbacks", "client_metadata"]
            ),
            json!({
                "name": "b", "description": "new", "callbacks": ["https://app.example/cb"],
                "client_metadata": {
                    "konnect_portal_id": "p", "konnect_developer_id": "d",
                    "konnect_application_id": "a", "colour": "blue"
                }
            })
        );
        assert_eq!(app.call(Method::GET, &path, None).await.body, changed.body);
        let shown = app
            .call_as(
                "update:clients",
                Method::PATCH,
                &path,
                Some(json!({ "description": null })),
            )
            .await
            .body;
        assert_eq!(
            (&shown["description"], &shown["client_secret"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[tokio::test]
async fn bad_input_is_answered_in_the_vendors_words() {
    let app = app().await;
    let made = app.machine("cli").await;
    let path = format!("/clients/{}", made.id);
    let long = "x".repeat(256);
    let cases = [
        (
            Method::POST,
            "/clients",
            json!({}),
            "Payload validation error: 'Missing required property: name'.",
        ),
        (
            Method::POST,
            "/clients",
            json!({ "name": "a", "foo": 1 }),
            "Payload validation error: 'Additional properties not allowed: foo'.",
        ),
        (
            Method::POST,
            "/clients",
            json!({ "name": "a<b" }),
            "Payload validation error: 'String does not match pattern ^[^<>]+$: a<b' on property name.",
        ),
        (
            Method::POST,
            "/clients",
            json!({ "name": "a", "app_type": "x" }),
            "Payload validation error: 'No enum match for: x' on property app_type.",
        ),
        (
            Method::POST,
            "/clients",
            json!({ "name": "a", "callbacks": ["javascript:alert(1)"] }),
            "Payload validation error: 'Object didn't pass validation for format callback-url: javascript:alert(1)' on property callbacks[0].",
        ),
        (
            Method::POST,
            "/clients",
            json!({ "name": "a", "client_metadata": { "k": 1 } }),
            "Payload validation error: 'Expected type string but found type integer' on property client_metadata.k.",
        ),
        (
            Method::PATCH,
            &path,
            json!({ "name": null }),
            "Payload validation error: 'Expected type string but found type null' on property name.",
        ),
        (
            Method::PATCH,
            &path,
            json!({ "client_id": "mine" }),
            "Payload validation error: 'Additional properties not allowed: client_id'.",
        ),
    ];
    for (method, path, body, message) in cases {
        let answer = app.call(method, path, Some(body)).await;
        assert_eq!(
            answer.said(),
            (
                400,
                json!({
                    "statusCode": 400, "error": "Bad Request", "message": message, "errorCode": "invalid_body"
                })
            )
        );
    }
    let answer = app
        .call(
            Method::POST,
            "/clients",
            Some(json!({ "name": "a", "client_metadata": { "k": long } })),
        )
        .await;
    assert_eq!(answer.status, 400);
    let answer = app.call(Method::GET, "/clients/nobody", None).await;
    assert_eq!(
        answer.said(),
        (
            404,
            json!({
                "statusCode": 404, "error": "Not Found", "message": "The client does not exist",
                "errorCode": "inexistent_client"
            })
        )
    );
    for query in [
        "page=x",
        "per_page=101",
        "take=0",
        "include_totals=1",
        "from=%21",
        "is_global=maybe",
    ] {
        let answer = app
            .call(Method::GET, &format!("/clients?{query}"), None)
            .await;
        assert_eq!(answer.body["errorCode"], "invalid_query_string", "{query}");
    }
}

#[tokio::test]
async fn metadata_stays_within_ten_members_however_it_grows() {
    let app = app().await;
    let ten: serde_json::Map<_, _> = (0..10).map(|n| (n.to_string(), json!("x"))).collect();
    let made = app
        .create("/clients", json!({ "name": "a", "client_metadata": ten }))
        .await;
    let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
    let more = json!({ "client_metadata": { "eleventh": "x" } });
    assert_eq!(app.call(Method::PATCH, &path, Some(more)).await.status, 400);
    let instead = json!({ "client_metadata": { "eleventh": "x", "0": null } });
    assert_eq!(
        app.call(Method::PATCH, &path, Some(instead)).await.status,
        200
    );
}

#[tokio::test]
async fn a_rotated_secret_works_at_once_and_the_old_one_no_more() {
    for app in apps().await {
        app.api(API, json!({})).await;
        let old = app.machine("cli").await;
        app.grant(&old, API, &[]).await;
        assert_eq!(app.exchange(&old, &[("audience", API)]).await.status, 200);
        let path = format!("/clients/{}/rotate-secret", old.id);
        // The nine permissions of the portal do not hold read:client_keys.
        let rotated = app
            .call_as("update:client_keys", Method::POST, &path, None)
            .await;
        assert_eq!(rotated.status, 200);
        assert_eq!(rotated.headers[header::CACHE_CONTROL], "no-store");
        let new = Credentials {
            secret: rotated.text("client_secret").to_owned(),
            ..old.clone()
        };
        assert_ne!(new.secret, old.secret);
        assert_eq!(
            app.exchange(&old, &[("audience", API)]).await.refusal(),
            (401, "access_denied")
        );
        assert_eq!(
            app.exchange(&new, &[("audience", API)]).await.status,
            200,
            "{}",
            app.name
        );
    }
    let app = app().await;
    let answer = app
        .call(Method::POST, "/clients/nobody/rotate-secret", None)
        .await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_deleted_client_is_gone_with_its_grants_and_its_tokens() {
    for app in apps().await {
        app.api(API, json!({})).await;
        let client = app.machine("cli").await;
        let grant = app.grant(&client, API, &["read:weather"]).await;
        assert_eq!(
            app.exchange(&client, &[("audience", API)]).await.status,
            200
        );
        let path = format!("/clients/{}", client.id);
        for _ in 0..2 {
            let answer = app.call(Method::DELETE, &path, None).await;
            assert_eq!(answer.said(), (204, Value::Null), "{}", app.name);
        }
        assert_eq!(
            app.exchange(&client, &[("audience", API)]).await.refusal(),
            (401, "invalid_client")
        );
        let answer = app
            .call(Method::GET, &format!("/client-grants/{grant}"), None)
            .await;
        assert_eq!(answer.status, 404);
        assert_eq!(app.call(Method::GET, &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn a_deleted_administrators_token_ends_with_it() {
    let app = app().await;
    let token = app.management_token("").await;
    let path = format!("/clients/{}", app.administrator.id);
    let delete = crate::support::management(&token, Method::DELETE, &path, None);
    assert_eq!(app.send(delete).await.status, 204);
    let list = crate::support::management(&token, Method::GET, "/clients", None);
    assert_eq!(app.send(list).await.status, 401);
}

async fn names(app: &App, path: &str) -> Vec<String> {
    let body = app.call(Method::GET, path, None).await.body;
    let list = body.as_array().or_else(|| body["clients"].as_array());
    let list = list.unwrap_or_else(|| panic!("no list in {body}"));
    list.iter()
        .map(|client| client["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn lists_are_paged_by_offset_and_by_checkpoint_and_filtered() {
    for app in apps().await {
        for name in ["one", "two", "three"] {
            app.advance(1);
            let app_type = if name == "two" {
                "spa"
            } else {
                "non_interactive"
            };
            app.create("/clients", json!({
                "name": name, "app_type": app_type, "client_metadata": { "konnect_application_id": name }
            }))
            .await;
        }
        let everybody = ["All Applications", "Administrator", "one", "two", "three"];
        assert_eq!(names(&app, "/clients").await.len(), 5);
        let mut all = names(&app, "/clients?is_global=false").await;
        assert_eq!(all.split_off(1), &everybody[2..], "{}", app.name);
        assert_eq!(
            names(&app, "/clients?is_global=true").await,
            ["All Applications"]
        );
        assert_eq!(names(&app, "/clients?app_type=spa,native").await, ["two"]);
        assert_eq!(
            names(&app, "/clients?is_first_party=false").await,
            Vec::<String>::new()
        );
        assert_eq!(
            names(
                &app,
                "/clients?q=client_metadata.konnect_application_id:%22three%22"
            )
            .await,
            ["three"]
        );

        let page = app
            .call(
                Method::GET,
                "/clients?page=1&per_page=2&include_totals=true&fields=name",
                None,
            )
            .await
            .body;
        assert_eq!(
            (&page["total"], &page["start"], &page["limit"]),
            (&json!(5), &json!(2), &json!(2))
        );
        assert_eq!(page["clients"].as_array().unwrap().len(), 2);

        let (mut seen, mut from) = (Vec::new(), String::new());
        loop {
            let path = format!("/clients?take=2&include_totals=true&from={from}");
            let page = app.call(Method::GET, &path, None).await.body;
            assert_eq!(page["total"], Value::Null);
            let clients = page["clients"].as_array().unwrap();
            seen.extend(
                clients
                    .iter()
                    .map(|client| client["name"].as_str().unwrap().to_owned()),
            );
            match page["next"].as_str() {
                Some(next) => from = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen.len(), 5, "{}", app.name);
        assert_eq!(&seen[2..], ["one", "two", "three"]);
    }
}

#[tokio::test]
async fn the_all_applications_client_stays_and_gets_no_tokens() {
    let app = app().await;
    let list = app
        .call(Method::GET, "/clients?is_global=true", None)
        .await
        .body;
    let global = &list[0];
    assert_eq!(
        (&global["global"], &global["name"]),
        (&json!(true), &json!("All Applications"))
    );
    let id = global["client_id"].as_str().unwrap().to_owned();
    let answer = app
        .call(Method::DELETE, &format!("/clients/{id}"), None)
        .await;
    assert_eq!(answer.status, 400);
    let secret = global["client_secret"].as_str().unwrap().to_owned();
    let answer = app
        .exchange(&Credentials { id, secret }, &[("audience", API)])
        .await;
    assert_eq!(answer.refusal(), (401, "invalid_client"));
}
