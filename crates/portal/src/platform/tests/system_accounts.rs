//! `/v3/system-accounts` and their tokens.

use std::time::Duration;

use serde_json::{Value, json};

use super::Platform;

#[tokio::test]
async fn a_system_account_has_tokens_that_end_with_it() {
    for platform in Platform::everywhere().await {
        let body = json!({ "name": "ci", "description": "Deploys" });
        let made = platform.post("/v3/system-accounts", body.clone()).await;
        assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
        let again = platform.post("/v3/system-accounts", body).await;
        assert_eq!(again.status, 409);
        let one = format!("/v3/system-accounts/{}", made.id());
        let body = json!({ "description": "Deploys and tests" });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["name"], "ci", "{}", changed.body);
        assert_eq!(platform.get(&one).await.body, changed.body);
        let list = platform.get("/v3/system-accounts?filter[name][contains]=C");
        assert_eq!(list.await.body["data"], json!([changed.body]));

        let tokens = format!("{one}/access-tokens");
        let end = platform.clock.now() + Duration::from_secs(3600);
        let body = json!({ "name": "main", "expires_at": end.to_rfc3339() });
        let token = platform.post(&tokens, body).await;
        assert_eq!(token.headers["cache-control"], "no-store");
        let text = token.body["token"].as_str().unwrap().to_owned();
        assert!(text.starts_with("spat_"));
        let first = format!("{tokens}/{}", token.id());
        let body = json!({ "name": "first" });
        let renamed = platform.call("PATCH", &first, body).await;
        assert_eq!(renamed.body["name"], "first", "{}", renamed.body);
        let list = platform.get(&tokens).await;
        assert_eq!(list.body["data"][0]["name"], "first");
        assert!(!list.body.to_string().contains(&text), "shown once");
        let body = json!({ "name": "second", "expires_at": "soon" });
        let refused = platform.post(&tokens, body).await;
        assert_eq!(refused.violations(), ["expires_at: is_date_time"]);

        let role = json!({ "role_name": "Admin", "entity_type_name": "Identity", "entity_id": "*",
            "entity_region": "*" });
        let assigned = platform.post(&format!("{one}/assigned-roles"), role).await;
        assert_eq!(assigned.status, 201, "{}", assigned.body);
        let bearer = format!("Bearer {text}");
        let call = async || {
            let called = platform.call_as(Some(&bearer), "GET", &one, Value::Null);
            called.await.status
        };
        assert_eq!(call().await, 200);
        let gone = platform.call("DELETE", &first, Value::Null).await;
        assert_eq!((gone.status, call().await), (204, 401));
        assert_eq!(platform.get(&first).await.status, 404);
        let body = json!({ "name": "third", "expires_at": end.to_rfc3339() });
        let third = platform.post(&tokens, body).await;
        let third = format!("Bearer {}", third.body["token"].as_str().unwrap());
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        let called = platform.call_as(Some(&third), "GET", "/v3/users/me", Value::Null);
        assert_eq!(called.await.status, 401);
    }
}
