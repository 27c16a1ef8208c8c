//! Connections over the Management API.

use http::Method;
use serde_json::{Value, json};

use crate::support::{app, apps, pick};

const FIRST: &str = "Username-Password-Authentication";

#[tokio::test]
async fn every_tenant_has_a_database_connection_that_new_clients_get() {
    for app in apps().await {
        let listed = app.call(Method::GET, "/connections", None).await.body;
        assert_eq!(listed.as_array().unwrap().len(), 1, "{}", app.name);
        let connection = &listed[0];
        assert_eq!(
            pick(
                connection,
                &["name", "strategy", "is_domain_connection", "realms"]
            ),
            json!({
                "name": FIRST, "strategy": "auth0", "is_domain_connection": false,
                "realms": [FIRST]
            })
        );
        assert_eq!(connection["options"]["passwordPolicy"], "good");
        let client = app.machine("cli").await;
        let of_client = format!("/clients/{}/connections", client.id);
        let of_client = app.call(Method::GET, &of_client, None).await.body;
        assert_eq!(of_client["connections"][0]["name"], FIRST);
        let of_connection = format!(
            "/connections/{}/clients",
            connection["id"].as_str().unwrap()
        );
        let clients = app.call(Method::GET, &of_connection, None).await.body;
        let ids: Vec<&str> = clients["clients"]
            .as_array()
            .unwrap()
            .iter()
            .map(|client| client["client_id"].as_str().unwrap())
            .collect();
        assert!(ids.contains(&client.id.as_str()), "{clients}");
        app.call(Method::DELETE, &format!("/clients/{}", client.id), None)
            .await;
        let clients = app.call(Method::GET, &of_connection, None).await.body;
        assert!(!clients.to_string().contains(&client.id));
    }
}

#[tokio::test]
async fn a_connection_is_promoted_as_the_vendors_page_shows() {
    let app = app().await;
    let listed = app.call(
        Method::GET,
        "/connections?name=Username-Password-Authentication",
        None,
    );
    let id = listed.await.body[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/connections/{id}");
    let promoted = app
        .call(
            Method::PATCH,
            &path,
            Some(json!({ "is_domain_connection": true })),
        )
        .await;
    assert_eq!(promoted.status, 200);
    assert_eq!(promoted.body["is_domain_connection"], true);
    assert_eq!(promoted.body["options"]["passwordPolicy"], "good");
    let replaced = app
        .call(
            Method::PATCH,
            &path,
            Some(json!({ "options": { "disable_signup": true } })),
        )
        .await;
    assert_eq!(
        replaced.body["options"],
        json!({ "disable_signup": true }),
        "options are replaced whole"
    );
    let third_party = app
        .create(
            "/clients",
            json!({ "name": "guest", "is_first_party": false, "third_party_security_mode": "permissive" }),
        )
        .await;
    let of_client = format!(
        "/clients/{}/connections",
        third_party["client_id"].as_str().unwrap()
    );
    let of_client = app.call(Method::GET, &of_client, None).await.body;
    assert_eq!(
        of_client["connections"][0]["id"], id,
        "third-party clients use the domain's connections"
    );
}

#[tokio::test]
async fn a_connection_is_made_enabled_disabled_and_removed_with_its_users() {
    for app in apps().await {
        let client = app.machine("cli").await;
        let made = app
            .create(
                "/connections",
                json!({
                    "name": "staff", "strategy": "auth0", "display_name": "Staff",
                    "options": { "passwordPolicy": "low" }, "enabled_clients": [client.id]
                }),
            )
            .await;
        let id = made["id"].as_str().unwrap();
        let clients = format!("/connections/{id}/clients");
        let list = app.call(Method::GET, &clients, None).await.body;
        assert_eq!(list, json!({ "clients": [{ "client_id": client.id }] }));
        let off = json!([{ "client_id": client.id, "status": false }]);
        assert_eq!(
            app.call(Method::PATCH, &clients, Some(off)).await.status,
            204
        );
        let list = app.call(Method::GET, &clients, None).await.body;
        assert_eq!(list, json!({ "clients": [] }));
        let again = app
            .call(
                Method::POST,
                "/connections",
                Some(json!({ "name": "staff", "strategy": "auth0" })),
            )
            .await;
        assert_eq!(again.status, 409);
        let user = app
            .create(
                "/users",
                json!({ "connection": "staff", "email": "a@example.com", "password": "secret" }),
            )
            .await;
        let path = format!("/connections/{id}");
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(app.call(Method::GET, &path, None).await.status, 404);
        let user = format!(
            "/users/{}",
            user["user_id"].as_str().unwrap().replace('|', "%7C")
        );
        assert_eq!(app.call(Method::GET, &user, None).await.status, 404);
    }
}

#[tokio::test]
async fn lists_of_connections_page_as_the_sdks_ask() {
    let app = app().await;
    for number in 0..3 {
        let body = json!({ "name": format!("c{number}"), "strategy": "auth0" });
        app.create("/connections", body).await;
    }
    let mut seen = Vec::new();
    let mut path = "/connections?include_totals=true&take=2".to_owned();
    loop {
        let page = app.call(Method::GET, &path, None).await.body;
        let names = page["connections"].as_array().unwrap().iter();
        seen.extend(names.map(|connection| connection["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => path = format!("/connections?take=2&from={next}"),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, [FIRST, "c0", "c1", "c2"]);
    let chosen = app
        .call(
            Method::GET,
            "/connections?fields=name&strategy=auth0&name=c1",
            None,
        )
        .await
        .body;
    assert_eq!(chosen, json!([{ "name": "c1" }]));
    let none = app
        .call(Method::GET, "/connections?strategy=samlp", None)
        .await
        .body;
    assert_eq!(none, Value::Array(Vec::new()));
}

#[tokio::test]
async fn bad_connections_are_answered_in_the_vendors_words() {
    let app = app().await;
    for (body, sentence) in [
        (
            json!({ "strategy": "auth0" }),
            "Payload validation error: 'Missing required property: name'.",
        ),
        (
            json!({ "name": "-a", "strategy": "auth0" }),
            "Payload validation error: 'String does not match pattern \
             ^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$: -a' on property name.",
        ),
        (
            json!({ "name": "a", "strategy": "auth0", "nonsense": 1 }),
            "Payload validation error: 'Additional properties not allowed: nonsense'.",
        ),
    ] {
        let answer = app.call(Method::POST, "/connections", Some(body)).await;
        assert_eq!(answer.body["message"], sentence);
    }
    let unknown = app.call(Method::GET, "/connections/con_x", None).await;
    assert_eq!(
        unknown.said(),
        (
            404,
            json!({
                "statusCode": 404, "error": "Not Found",
                "message": "The connection does not exist", "errorCode": "inexistent_connection"
            })
        )
    );
}
