//! What the platform API says of DCR providers beyond Konnect's: checks, possible orphans, uses.

use std::time::Duration;

use serde_json::{Value, json};
use storage::params;

use super::Platform;
use super::portals::{applicant, published};
use super::providers::seed;

const NODE: &str = "/v1/gateway/uses";

/// A provider where nobody listens.
async fn deaf(platform: &Platform) -> String {
    let mut body = seed();
    body["issuer"] = json!("http://127.0.0.1:9/");
    let id = platform.post("/v2/dcr-providers", body).await.id();
    format!("/v2/dcr-providers/{id}")
}

#[tokio::test]
async fn checks_are_answered_one_by_one_and_remembered() {
    for platform in Platform::everywhere().await {
        let provider = deaf(&platform).await;
        let checks = format!("{provider}/checks");
        let none = platform.get(&checks).await;
        assert_eq!(none.body, json!({ "data": [] }), "{}", platform.name());

        let checked = platform.post(&checks, Value::Null).await;
        assert_eq!(checked.status, 200, "{}", checked.body);
        let first = &checked.body["checks"][0];
        assert_eq!(first["ok"], false, "{first}");
        assert!(first["message"].as_str().unwrap().len() > 20, "{first}");
        platform.clock.advance(Duration::from_secs(60));
        let verify = format!("{provider}/verify");
        let verified = platform.post(&verify, Value::Null).await;
        assert_eq!(verified.body["status"], "failed");
        let switch = json!({ "dcr_config": { "initial_client_secret": "another" } });
        let switched = platform.post(&format!("{provider}/switch"), switch).await;
        assert_eq!(switched.body["status"], "failed");

        let past = platform.get(&checks).await.body["data"].clone();
        let occasions: Vec<&Value> = past
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["occasion"])
            .collect();
        assert_eq!(occasions, ["switch", "verify", "verify"]);
        assert_eq!(past[2]["checks"], checked.body["checks"]);
        assert_eq!(past[2]["status"], "failed");
        assert_eq!(past[0]["actor"]["kind"], "platform_token");
        assert!(past[1]["at"].as_str() > past[2]["at"].as_str());
        let text = past.to_string();
        assert!(!text.contains("another"), "no secret: {text}");
    }
}

#[tokio::test]
async fn no_more_than_a_hundred_verifications_are_remembered() {
    let platform = Platform::start().await;
    let checks = format!("{}/checks", deaf(&platform).await);
    for _ in 0..101 {
        platform.clock.advance(Duration::from_secs(60));
        platform.post(&checks, Value::Null).await;
    }
    let past = platform.get(&checks).await.body["data"].clone();
    let past = past.as_array().unwrap();
    assert_eq!(past.len(), 100);
    let newest = platform.portal.clock().now().to_rfc3339();
    assert_eq!(past[0]["at"], newest);
}

#[tokio::test]
async fn possible_orphans_are_listed_when_they_are_over_and_taken_off() {
    for platform in Platform::everywhere().await {
        let provider = deaf(&platform).await;
        let orphans = format!("{provider}/possible-orphans");
        assert_eq!(platform.get(&orphans).await.body, json!({ "data": [] }));
        let id = provider.rsplit('/').next().unwrap();
        let now = platform.clock.now();
        let sql = "INSERT INTO portal_dcr_attempt \
                   (id, dcr_provider_id, application_id, look_for, created_at) \
                   VALUES ('attempt', $1, 'application', 'a client called cli (c0ffee)', $2)";
        let db = platform.portal.db();
        db.execute(sql, params![id, now]).await.unwrap();
        assert_eq!(
            platform.get(&orphans).await.body,
            json!({ "data": [] }),
            "it may be answered yet"
        );
        platform.clock.advance(Duration::from_secs(120));
        let listed = platform.get(&orphans).await.body;
        let expected = json!({
            "id": "attempt", "application_id": "application",
            "look_for": "a client called cli (c0ffee)", "since": now.to_rfc3339(),
        });
        assert_eq!(listed, json!({ "data": [expected] }), "{}", platform.name());

        let other = deaf(&platform).await;
        let elsewhere = format!("{other}/possible-orphans/attempt");
        let refused = platform.call("DELETE", &elsewhere, Value::Null).await;
        assert_eq!(refused.status, 404, "another provider's");
        let one = format!("{orphans}/attempt");
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 404);
        assert_eq!(platform.get(&orphans).await.body, json!({ "data": [] }));
        let sql = "SELECT action FROM portal_audit WHERE entity_id = $1 AND action LIKE '%orphan'";
        let audit = db.query(sql, params![id]).await.unwrap();
        assert_eq!(audit.len(), 1);
    }
}

#[tokio::test]
async fn a_pass_that_cannot_look_is_remembered_with_its_reason_and_joins_the_one_before() {
    for platform in Platform::everywhere().await {
        let provider = deaf(&platform).await;
        let passes = format!("{provider}/reconciliation/passes");
        for _ in 0..3 {
            platform.clock.advance(Duration::from_secs(900));
            let passed = platform.post(&passes, Value::Null).await;
            assert!(passed.status >= 400, "{}", passed.body);
        }
        let past = platform.get(&passes).await.body["data"].clone();
        assert_eq!(past.as_array().unwrap().len(), 1, "{past}");
        assert_eq!(
            (&past[0]["times"], &past[0]["found"]),
            (&json!(3), &json!(0))
        );
        assert!(past[0]["error"].as_str().unwrap().len() > 20, "{past}");
        assert!(past[0]["since"].as_str() < past[0]["at"].as_str());
        let summary = format!("{provider}/reconciliation/summary");
        let summary = platform.get(&summary).await.body;
        assert_eq!(summary["agrees"], Value::Null, "nobody could look");
    }
}

#[tokio::test]
async fn a_strategy_keeps_its_provider_while_applications_have_clients_there() {
    for platform in Platform::everywhere().await {
        let (portal, version, _) = published(&platform).await;
        let provider = platform.provider().await;
        let strategy = platform.strategy(&provider).await;
        let path = format!("/v2/application-auth-strategies/{strategy}");
        let other = platform.provider().await;
        let change = json!({ "dcr_provider_id": other });
        let free = platform.call("PATCH", &path, change.clone()).await;
        assert_eq!(free.status, 200, "{}: {}", platform.name(), free.body);
        applicant(&platform, &portal, &version, &strategy).await;
        for provider in [json!(provider), json!(null)] {
            let change = json!({ "dcr_provider_id": provider });
            let refused = platform.call("PATCH", &path, change).await;
            assert_eq!(refused.violations(), ["dcr_provider_id: invalid"]);
        }
        let same = platform.call("PATCH", &path, change).await;
        assert_eq!(same.status, 200, "{}", same.body);
    }
}

#[tokio::test]
async fn a_gateway_tells_uses_under_its_name_and_what_it_does_not_know_is_left_out() {
    for platform in Platform::everywhere().await {
        let used = |node: &str| {
            json!({ "node": node, "uses": [{
                "application_id": "93f8380e-7798-4566-99e3-2edf2b57d289",
                "credential": "client", "used_at": 1_709_249_880_000_i64,
            }] })
        };
        assert_eq!(platform.post(NODE, used("node-1")).await.status, 204);
        let rows = platform.portal.db();
        let rows = rows.query("SELECT * FROM portal_credential_use", params![]);
        assert!(
            rows.await.unwrap().is_empty(),
            "an application that is gone"
        );
        let refused = platform.post(NODE, used("a name")).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        let broken = json!({ "node": "node-1", "uses": [{ "credential": "client" }] });
        assert_eq!(platform.post(NODE, broken).await.status, 422);
    }
}
