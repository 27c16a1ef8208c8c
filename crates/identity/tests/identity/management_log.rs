//! What administrators and their programs change is in the log: who, what, with which outcome, and no secret.

use http::Method;
use serde_json::{Value, json};

use crate::support::{App, apps, pick};

async fn entries(app: &App, code: &str, path: &str) -> Vec<Value> {
    let all = app.logged(code).await;
    let about = format!("/api/v2{path}");
    all.into_iter()
        .filter(|entry| entry["details"]["request"]["path"] == about.as_str())
        .collect()
}

#[tokio::test]
async fn every_change_over_the_management_api_names_who_made_it() {
    for app in apps().await {
        let client = app.machine("made").await;
        let api = app.api("https://weather.example/", json!({})).await;
        app.grant(&client, "https://weather.example/", &["read:weather"])
            .await;
        let changes = [
            (
                Method::PATCH,
                format!("/clients/{}", client.id),
                Some(json!({ "description": "d" })),
            ),
            (
                Method::POST,
                format!("/clients/{}/rotate-secret", client.id),
                None,
            ),
            (
                Method::POST,
                "/connections".to_owned(),
                Some(json!({ "name": "more", "strategy": "auth0" })),
            ),
            (
                Method::POST,
                "/roles".to_owned(),
                Some(json!({ "name": "reader" })),
            ),
            (Method::POST, "/keys/signing/rotate".to_owned(), None),
            (
                Method::PATCH,
                "/tenants/settings".to_owned(),
                Some(json!({ "friendly_name": "Acme" })),
            ),
            (
                Method::DELETE,
                format!("/resource-servers/{}", api["id"].as_str().unwrap()),
                None,
            ),
        ];
        for (method, path, body) in changes {
            let answer = app.call(method.clone(), &path, body).await;
            assert!(
                answer.status.is_success(),
                "{method} {path}: {}",
                answer.body
            );
        }
        for (path, method, status) in [
            ("/clients", "post", 201),
            ("/clients/{id}", "patch", 200),
            ("/clients/{id}/rotate-secret", "post", 200),
            ("/connections", "post", 201),
            ("/client-grants", "post", 201),
            ("/roles", "post", 200),
            ("/keys/signing/rotate", "post", 201),
            ("/tenants/settings", "patch", 200),
            ("/resource-servers/{id}", "delete", 204),
        ] {
            let found = entries(&app, "sapi", path).await;
            let entry = found
                .iter()
                .find(|entry| entry["details"]["request"]["method"] == method)
                .unwrap_or_else(|| panic!("{}: {method} {path}", app.name));
            assert_eq!(
                pick(entry, &["client_id", "client_name"]),
                json!({ "client_id": app.administrator.id, "client_name": "Administrator" })
            );
            assert_eq!(entry["details"]["response"]["statusCode"], status, "{path}");
        }
        // Whatever was sent or shown: none of it is written down.
        let whole = app
            .call(Method::GET, "/logs?per_page=100", None)
            .await
            .body
            .to_string();
        for secret in [&client.secret, &app.administrator.secret] {
            assert!(!whole.contains(secret.as_str()));
        }
        assert!(!whole.contains("eyJ"), "no token");
    }
}

#[tokio::test]
async fn a_change_that_was_refused_is_in_the_log_and_a_strangers_is_not() {
    let app = crate::support::app().await;
    let body = json!({ "name": "" });
    assert_eq!(
        app.call(Method::POST, "/clients", Some(body.clone()))
            .await
            .status,
        400
    );
    let short = app
        .call_as("read:clients", Method::POST, "/clients", Some(body.clone()))
        .await;
    assert_eq!(short.status, 403);
    let found = entries(&app, "fapi", "/clients").await;
    let codes: Vec<&Value> = found
        .iter()
        .map(|entry| &entry["details"]["response"]["statusCode"])
        .collect();
    assert_eq!(codes, [403, 400], "the newest first");
    let scopes =
        |entry: &Value| entry["details"]["request"]["auth"]["credentials"]["scopes"].clone();
    assert_eq!(scopes(&found[0]), json!([]), "none that helps");
    assert_eq!(scopes(&found[1]), json!(["create:clients"]));
    let stranger = crate::support::management("eyJ.eyJ.x", Method::POST, "/clients", Some(body));
    assert_eq!(app.send(stranger).await.status, 401);
    assert_eq!(entries(&app, "fapi", "/clients").await.len(), 2);
    app.call(Method::GET, "/clients", None).await;
    assert_eq!(
        entries(&app, "sapi", "/clients").await.len(),
        0,
        "reading is no change"
    );
}
