//! The tenant as a bridge of Konnect's "DCR HTTP integration".

use egress::{Request, Response};
use http::Method;
use oauth::Clock;
use serde_json::{Value, json};

use crate::administrator::{AUDIENCE, Administrator, BRIDGE_KEYS, ISSUER, token};

const ID: &str = "93f8380e-7798-4566-99e3-2edf2b57d289";

async fn call(
    administrator: &Administrator,
    key: &str,
    (method, path): (Method, &str),
    body: Value,
) -> Response {
    let request = Request::new(method, &format!("{ISSUER}/dcr{path}"));
    let request = request.header("x-api-key", key).json(&body);
    administrator.egress.send(request).await.expect("an answer")
}

fn application() -> Value {
    json!({
        "redirect_uris": [], "client_name": "cli", "grant_types": ["client_credentials", "bearer"],
        "scopes": ["read:weather"], "token_endpoint_auth_method": "client_secret_post",
        "application_description": "", "portal_id": ID, "organization_id": ID, "developer_id": ID,
        "auth_strategy_id": ID, "dcr_provider_id": ID,
    })
}

fn event(client_id: &str, more: Value) -> Value {
    let mut event = json!({
        "client_id": client_id, "application_id": ID, "application_name": "renamed",
        "application_description": "later", "portal_id": ID, "organization_id": ID,
        "developer_id": ID, "auth_strategy_id": ID, "dcr_provider_id": ID,
    });
    let more = more.as_object().expect("an object").clone();
    event.as_object_mut().expect("an object").extend(more);
    event
}

fn read(response: &Response) -> (u16, Value) {
    let body = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    (response.status.as_u16(), body)
}

async fn bridged() -> (Administrator, storage::testing::TestDatabase) {
    let database = storage::testing::sqlite(&[identity::MIGRATIONS]).await;
    let administrator = Administrator::of(&database.db, Clock::system()).await;
    administrator.api().await;
    (administrator, database)
}

#[tokio::test]
async fn a_client_lives_over_the_bridge_as_the_specification_says() {
    let (administrator, _database) = bridged().await;
    let [first, second] = BRIDGE_KEYS;
    let made = call(&administrator, first, (Method::POST, "/"), application()).await;
    let (status, made) = read(&made);
    assert_eq!(status, 201, "{made}");
    let text = |value: &Value, name: &str| value[name].as_str().expect("a text").to_owned();
    let (id, secret) = (text(&made, "client_id"), text(&made, "client_secret"));
    let scope = Some("read:weather");
    let granted = token(&administrator.egress, &id, &secret.into(), AUDIENCE, scope).await;
    assert_eq!(granted.status, 200);

    let path = format!("/{id}/new-secret");
    let rotated = call(&administrator, second, (Method::POST, &path), json!({})).await;
    let (status, rotated) = read(&rotated);
    assert_eq!((status, &rotated["client_id"]), (200, &json!(id)));
    let secret = text(&rotated, "client_secret").into();
    let granted = token(&administrator.egress, &id, &secret, AUDIENCE, scope).await;
    assert_eq!(granted.status, 200);

    let path = format!("/{id}/event-hook");
    let update = json!({
        "event_type": "update_application",
        "redirect_uris": ["https://app.example/callback"],
    });
    let told = call(
        &administrator,
        first,
        (Method::POST, &path),
        event(&id, update),
    )
    .await;
    assert_eq!(read(&told).0, 200);
    let client = administrator.get(&format!("/api/v2/clients/{id}")).await;
    assert_eq!(client["name"], "renamed");
    assert_eq!(client["callbacks"], json!(["https://app.example/callback"]));
    assert_eq!(client["client_metadata"]["konnect_application_id"], ID);
    let grants = client["grant_types"].as_array().expect("a list");
    assert!(grants.contains(&json!("authorization_code")));

    let other = json!({
        "name": "Maps", "identifier": "https://maps.example",
        "scopes": [{ "value": "read:weather" }],
    });
    administrator.post("/api/v2/resource-servers", &other).await;
    for (kind, expected) in [("add_registration", 200), ("remove_registration", 403)] {
        let registration = json!({
            "event_type": kind, "api_product_version_id": ID, "audience": "https://maps.example",
        });
        let told = event(&id, registration);
        let told = call(&administrator, first, (Method::POST, &path), told).await;
        assert_eq!(read(&told).0, 200, "{kind}");
        let granted = token(
            &administrator.egress,
            &id,
            &secret,
            "https://maps.example",
            None,
        )
        .await;
        assert_eq!(granted.status.as_u16(), expected, "{kind}");
    }

    let path = format!("/{id}");
    for _ in 0..2 {
        let gone = call(&administrator, first, (Method::DELETE, &path), json!({})).await;
        assert_eq!(read(&gone).0, 204);
    }
}

#[tokio::test]
async fn a_key_reaches_what_was_made_over_the_bridge_and_nothing_else() {
    let (administrator, _database) = bridged().await;
    let (own, _) = administrator.client_with(&["read:clients"]).await;
    let key = BRIDGE_KEYS[0];
    for (method, path) in [
        (Method::DELETE, format!("/{own}")),
        (Method::POST, format!("/{own}/new-secret")),
    ] {
        let refused = call(&administrator, key, (method, &path), json!({})).await;
        let (status, body) = read(&refused);
        let expected = (400, &json!("not_found"));
        assert_eq!((status, &body["error"]), expected, "{path}");
    }
    let mut management = application();
    management["scopes"] = json!(["no:such:scope"]);
    let before = administrator.clients().await;
    let refused = call(&administrator, key, (Method::POST, "/"), management).await;
    let (status, body) = read(&refused);
    assert_eq!(status, 400);
    assert!(
        body["error_description"]
            .as_str()
            .is_some_and(|why| why.contains("no:such:scope"))
    );
    assert_eq!(administrator.clients().await, before, "no client is left");
    for key in ["", "wrong", "first_bridge_ke"] {
        for (method, path) in [
            (Method::POST, "/"),
            (Method::DELETE, "/x"),
            (Method::POST, "/x/new-secret"),
            (Method::POST, "/x/event-hook"),
        ] {
            let refused = call(&administrator, key, (method, path), application()).await;
            let (status, body) = read(&refused);
            assert_eq!(
                (status, &body["error"]),
                (401, &json!("unauthorized")),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_that_is_repeated_makes_one_client_and_can_be_asked_for() {
    let (administrator, _database) = bridged().await;
    let key = "0190a1b2-0000-7000-8000-00000000000a";
    let send = async |method: Method, path: &str, body: Option<Value>| {
        let request = Request::new(method, &format!("{ISSUER}/dcr{path}"));
        let request = request.header("x-api-key", BRIDGE_KEYS[0]);
        let request = request.header("idempotency-key", key);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        read(&administrator.egress.send(request).await.expect("an answer"))
    };
    let asked = format!("?idempotency_key={key}");
    let (status, nothing) = send(Method::GET, &asked, None).await;
    assert_eq!((status, &nothing["client_id"]), (200, &Value::Null));
    let before = administrator.clients().await;
    let (_, first) = send(Method::POST, "/", Some(application())).await;
    let (status, again) = send(Method::POST, "/", Some(application())).await;
    assert_eq!(status, 201, "{again}");
    assert_eq!(first["client_id"], again["client_id"]);
    assert_ne!(first["client_secret"], again["client_secret"]);
    assert_eq!(administrator.clients().await, before + 1);
    let (_, found) = send(Method::GET, &asked, None).await;
    assert_eq!(found["client_id"], first["client_id"]);
    assert_eq!(found["idempotency_key"], key);
}
