//! A secret follows another over the client API, at an HTTP bridge.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::routing::{delete, post};
use axum::{Json, Router};
use http::StatusCode;
use portal::model::{DcrProvider, DcrProviderId};
use serde_json::{Value, json};
use storage::params;

use crate::world::{SITE, World, fill};

const APPLICATIONS: &str = "/api/v2/applications";
const REFRESH: &str = "/api/v2/applications/{applicationId}/refresh-token";
const CREDENTIALS: &str = "/api/v2/applications/{applicationId}/credentials";
const CREDENTIAL: &str = "/api/v2/applications/{applicationId}/credentials/{credentialId}";
const STRATEGY: &str = "99999999-9999-4999-8999-999999999999";

/// A bridge that makes what it is asked for.
fn bridge() -> Router {
    let made = Arc::new(AtomicU64::new(0));
    let make = move || {
        let number = made.fetch_add(1, Ordering::Relaxed) + 1;
        let credentials = json!({
            "client_id": format!("client-{number}"), "client_secret": format!("secret-{number}"),
        });
        async { (StatusCode::CREATED, Json(credentials)) }
    };
    Router::new()
        .route("/dcr/", post(make.clone()))
        .route("/dcr/{client}/new-secret", post(make))
        .route("/dcr/{client}", delete(async || StatusCode::NO_CONTENT))
}

/// The portal offers applications with clients of the bridge.
async fn offered(world: &World, several: bool) {
    world.egress.mount("https://bridge.example", &bridge());
    let id = DcrProviderId::new(world.portal.entropy());
    let context = DcrProvider::secret_context(id);
    let key = world.sealer.seal(&context, &"key_of_the_bridge".into());
    let config = json!({
        "dcr_base_url": "https://bridge.example/dcr", "disable_event_hooks": true,
        "allow_multiple_credentials": several,
    });
    let sql = "INSERT INTO portal_dcr_provider (id, name, provider_type, issuer, config, secret, \
               labels, created_at, updated_at) \
               VALUES ($1, 'bridge', 'http', 'https://issuer.example', $2, $3, '{}', 0, 0)";
    let db = &world.test.db;
    db.execute(sql, params![id, config, key]).await.unwrap();
    let config = json!({
        "issuer": "https://issuer.example", "credential_claim": ["client_id"], "scopes": ["openid"],
        "auth_methods": ["client_credentials"],
    });
    let sql = "INSERT INTO portal_auth_strategy (id, name, display_name, strategy_type, config, \
               principals_enabled, dcr_provider_id, labels, created_at, updated_at) \
               VALUES ($1, 's', 's', 'openid_connect', $2, $3, $4, '{}', 0, 0)";
    let params = params![STRATEGY, config, false, id];
    db.execute(sql, params).await.unwrap();
    let sql = "UPDATE portal_portal SET default_auth_strategy_id = $1 WHERE id = $2";
    db.execute(sql, params![STRATEGY, SITE]).await.unwrap();
    let sql = "UPDATE portal_publication SET auth_strategy_id = $1";
    db.execute(sql, params![STRATEGY]).await.unwrap();
}

#[tokio::test]
async fn the_old_secret_works_on_is_listed_and_can_be_retired() {
    for world in World::all().await {
        offered(&world, true).await;
        let mut jane = world.developer("jane@example.com").await;
        let new = json!({ "name": "cli" });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let long = format!("{REFRESH}?overlap=2592001");
        jane.expect(400, "POST", &long, &[&id], None).await;
        let wrong = format!("{REFRESH}?overlap=soon");
        jane.expect(400, "POST", &wrong, &[&id], None).await;

        let hour = format!("{REFRESH}?overlap=3600");
        let again = fill(&hour, &[&id]);
        let rotated = jane.send("POST", &again, None).await;
        assert_eq!(rotated.status, 201, "{}", rotated.body);
        let rotated = rotated.body;
        assert_eq!(rotated["client_id"], "client-2");
        assert_eq!(rotated["client_secret"], "secret-2");
        assert_eq!(rotated["previous"]["id"], "client-1");
        let twice = jane.send("POST", &again, None).await;
        assert_eq!(twice.status, 409, "one overlap at a time");

        let listed = jane.expect(200, "GET", CREDENTIALS, &[&id], None).await;
        let listed = listed.body["data"].as_array().unwrap().clone();
        let ids: Vec<&Value> = listed.iter().map(|held| &held["id"]).collect();
        assert_eq!(ids, ["client-2", "client-1"]);
        assert_eq!(listed[0]["expires_at"], Value::Null);
        assert_eq!(listed[1]["expires_at"], rotated["previous"]["expires_at"]);
        let rotation = fill("/api/v2/applications/{id}/rotation", &[&id]);
        let known = jane.send("GET", &rotation, None).await.body["data"].clone();
        assert_eq!((&known[0]["id"], &known[1]["id"]), (ids[0], ids[1]));
        assert_eq!(known[1]["safe_to_retire"], false, "too early to say");
        assert_eq!(known[1]["last_used_at"], Value::Null);
        let mut joe = world.developer("joe@example.com").await;
        assert_eq!(joe.send("GET", &rotation, None).await.status, 404);
        let outsider = world.caller().send("GET", &rotation, None).await;
        assert_eq!(outsider.status, 401);

        let old = [id.as_str(), "client-1"];
        jane.expect(204, "DELETE", CREDENTIAL, &old, None).await;
        jane.expect(404, "DELETE", CREDENTIAL, &old, None).await;
        let listed = jane.expect(200, "GET", CREDENTIALS, &[&id], None).await;
        assert_eq!(listed.body["data"].as_array().map(Vec::len), Some(1));
        let at_once = jane.expect(201, "POST", REFRESH, &[&id], None).await.body;
        assert_eq!(at_once["client_id"], "client-2", "as in Konnect");
        assert!(at_once.get("previous").is_none());
    }
}

#[tokio::test]
async fn a_bridge_for_one_credential_refuses_an_overlap_with_a_sentence() {
    for world in World::all().await {
        offered(&world, false).await;
        let mut jane = world.developer("jane@example.com").await;
        let new = json!({ "name": "cli" });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let hour = fill(&format!("{REFRESH}?overlap=3600"), &[&id]);
        let refused = jane.send("POST", &hour, None).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        let why = refused.body["detail"].as_str().unwrap();
        assert!(why.contains("allow_multiple_credentials"), "{why}");
    }
}
