//! `/v2/dcr-providers`.

use std::time::Duration;

use serde_json::{Value, json};
use storage::params;

use super::Platform;

/// The secret on the vendor's page.
pub(super) const SECRET: &str = "abc123xyz098!";

/// The vendor's page, word for word.
pub(super) fn seed() -> Value {
    json!({
        "name": "Auth0 DCR Provider",
        "provider_type": "auth0",
        "issuer": "https://my-issuer.auth0.com/api/v2/",
        "dcr_config": {
            "initial_client_id": "abc123",
            "initial_client_secret": SECRET,
            "initial_client_audience": "https://my-custom-domain.com/api/v2/"
        }
    })
}

#[tokio::test]
async fn the_vendors_page_works_as_printed() {
    for platform in Platform::everywhere().await {
        let made = platform.post("/v2/dcr-providers", seed()).await;
        assert_eq!(made.status, 201, "{}", platform.name());
        assert_eq!(made.body["issuer"], "https://my-issuer.auth0.com/api/v2/");
        assert_eq!(made.body["created_at"], "2024-02-29T23:38:00.000Z");
        assert_eq!(made.body["active"], false);
        assert_eq!(made.body["labels"], json!({}));
        assert_eq!(
            made.body["dcr_config"],
            json!({
                "initial_client_id": "abc123",
                "initial_client_audience": "https://my-custom-domain.com/api/v2/",
                "use_developer_managed_scopes": false
            })
        );
    }
}

#[tokio::test]
async fn the_secret_is_never_shown_and_never_stored_in_the_clear() {
    for platform in Platform::everywhere().await {
        let id = platform.provider().await;
        let one = format!("/v2/dcr-providers/{id}");
        let changed = json!({ "dcr_config": { "initial_client_secret": "another-secret-1" } });
        for answer in [
            platform.get(&one).await,
            platform.get("/v2/dcr-providers").await,
            platform.call("PATCH", &one, changed).await,
        ] {
            assert_eq!(answer.status, 200);
            let text = answer.body.to_string();
            assert!(!text.contains("secret"), "{text}");
        }
        let row = platform
            .portal
            .db()
            .query_one("SELECT config, secret FROM portal_dcr_provider", params![])
            .await
            .unwrap();
        let stored: String = row.get("secret").unwrap();
        let config: String = row.get("config").unwrap();
        assert!(!stored.contains("another-secret-1") && !config.contains("secret"));
    }
}

#[tokio::test]
async fn every_kind_of_provider_is_stored() {
    let platform = Platform::start().await;
    let client = json!({ "initial_client_id": "id", "initial_client_secret": "secret" });
    let bridge = json!({ "dcr_base_url": "https://bridge.example", "api_key": "abcdefghijkl_1" });
    for (kind, config) in [
        ("azureAd", client.clone()),
        ("curity", client),
        ("okta", json!({ "dcr_token": "token" })),
        ("http", bridge),
        ("kongIdentity", json!({})),
    ] {
        let body = json!({
            "name": kind,
            "provider_type": kind,
            "issuer": "https://issuer.example",
            "dcr_config": config,
            "labels": { "KONGCTL-namespace": "default" },
        });
        let made = platform.post("/v2/dcr-providers", body).await;
        assert_eq!(made.status, 201, "{kind}: {}", made.body);
        let shown = made.body["dcr_config"].as_object().unwrap();
        for secret in ["initial_client_secret", "dcr_token", "api_key"] {
            assert!(!shown.contains_key(secret), "{kind}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_all_at_once() {
    let platform = Platform::start().await;
    let body = json!({
        "name": "",
        "provider_type": "auth0",
        "issuer": "not a url",
        "labels": { "kong-x": "y", "ok": "" },
        "dcr_config": {},
    });
    let refused = platform.post("/v2/dcr-providers", body).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.violations(),
        [
            "name: min_length",
            "issuer: invalid",
            "labels.kong-x: is_label",
            "labels.ok: is_label",
            "dcr_config.initial_client_id: required",
            "dcr_config.initial_client_secret: required"
        ]
    );
    let mut body = seed();
    body["dcr_config"] = json!({ "initial_client_id": 1, "more": true });
    let refused = platform.post("/v2/dcr-providers", body).await;
    assert_eq!(
        refused.violations(),
        [
            "dcr_config.initial_client_id: is_string",
            "dcr_config.initial_client_secret: required",
            "dcr_config.more: unknown_property"
        ]
    );
    let mut body = seed();
    body["provider_type"] = json!("auth1");
    let refused = platform.post("/v2/dcr-providers", body).await;
    assert_eq!(refused.violations(), ["provider_type: enum"]);
    assert_eq!(
        refused.body["invalid_parameters"][0]["choices"],
        json!([
            "auth0",
            "azureAd",
            "curity",
            "okta",
            "http",
            "kongIdentity",
            "rfc7591"
        ])
    );
}

/// The type is our own, so no answer about it can fit the vendor's specification.
#[tokio::test]
async fn a_server_of_rfc_7591_lets_us_in_one_way() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    let call = async |method: &str, path: &str, config: Value| {
        let mut body = json!({ "dcr_config": config });
        if method == "POST" {
            body["name"] = json!("as");
            body["provider_type"] = json!("rfc7591");
            body["issuer"] = json!("https://as.example");
        }
        platform.call_as(Some(&bearer), method, path, body).await
    };
    let all = "/v2/dcr-providers";
    let client = json!({ "initial_client_id": "c", "initial_client_secret": "secret-1" });
    let token = json!({ "initial_access_token": "secret-2" });
    let both = json!({ "initial_client_id": "c", "initial_access_token": "secret-2" });
    for (config, violation) in [
        (both, "dcr_config.initial_access_token: dependent_fields"),
        (
            json!({ "initial_client_id": "c" }),
            "dcr_config.initial_client_secret: dependent_fields",
        ),
        (
            json!({ "initial_client_secret": "s" }),
            "dcr_config.initial_client_id: dependent_fields",
        ),
        (json!({ "more": 1 }), "dcr_config.more: unknown_property"),
    ] {
        let refused = call("POST", all, config).await;
        assert_eq!(refused.violations(), [violation]);
    }
    for config in [json!({}), client.clone(), token.clone()] {
        let made = call("POST", all, config).await;
        let one = format!("{all}/{}", made.id());
        assert!(!made.body.to_string().contains("secret-"), "{}", made.body);
        let mut no_client = token.clone();
        no_client["initial_client_id"] = Value::Null;
        for change in [client.clone(), no_client, client.clone()] {
            let changed = call("PATCH", &one, change).await;
            assert_eq!(changed.status, 200, "{}", changed.body);
        }
        let open = call("PATCH", &one, json!({ "initial_client_id": null })).await;
        assert_eq!(open.body["dcr_config"], json!({}));
        // The secret went with the client.
        let half = call("PATCH", &one, json!({ "initial_client_id": "c" })).await;
        assert_eq!(half.status, 400, "{}", half.body);
    }
}

/// The member is our own, so no answer with it can fit the vendor's specification.
#[tokio::test]
async fn the_way_to_a_provider_can_be_set_and_taken_back() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    let call = async |method: &str, path: &str, body: Value| {
        platform.call_as(Some(&bearer), method, path, body).await
    };
    let mut body = seed();
    body["connection"] = json!({ "ca_certificates": "x", "proxy": "socks", "timeout_seconds": 0 });
    let refused = call("POST", "/v2/dcr-providers", body).await;
    assert_eq!(
        refused.violations(),
        [
            "connection.ca_certificates: invalid",
            "connection.proxy: invalid",
            "connection.timeout_seconds: min"
        ]
    );
    let connection = json!({ "proxy": "http://proxy.example:3128/", "timeout_seconds": 40 });
    let mut body = seed();
    body["connection"] = connection.clone();
    let made = call("POST", "/v2/dcr-providers", body).await;
    let one = format!("/v2/dcr-providers/{}", made.id());
    assert_eq!(made.body["connection"], connection);
    let change = json!({ "connection": { "timeout_seconds": null } });
    let changed = call("PATCH", &one, change).await;
    let proxy = json!({ "proxy": "http://proxy.example:3128/" });
    assert_eq!(changed.body["connection"], proxy);
    let change = json!({ "connection": null });
    let changed = call("PATCH", &one, change).await;
    assert!(changed.body["connection"].is_null(), "{}", changed.body);
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_refuses_the_rest() {
    for platform in Platform::everywhere().await {
        let one = format!("/v2/dcr-providers/{}", platform.provider().await);
        platform.clock.advance(Duration::from_secs(1));
        let body = json!({
            "display_name": "Ours",
            "labels": { "env": "test" },
            "dcr_config": { "initial_client_audience": null },
        });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(changed.body["display_name"], "Ours");
        assert_eq!(changed.body["dcr_config"]["initial_client_id"], "abc123");
        assert_eq!(
            changed.body["dcr_config"]["initial_client_audience"],
            Value::Null
        );
        assert_eq!(changed.body["updated_at"], "2024-02-29T23:38:01.000Z");
        let removed = json!({ "labels": { "env": null } });
        let changed = platform.call("PATCH", &one, removed).await;
        assert_eq!(changed.body["labels"], json!({}));

        let body = json!({ "provider_type": "okta", "nonsense": 1 });
        let refused = platform.call("PATCH", &one, body).await;
        assert_eq!(
            refused.violations(),
            [
                "provider_type: unknown_property",
                "nonsense: unknown_property"
            ]
        );
    }
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    for platform in Platform::everywhere().await {
        for name in ["beta", "Alpha_1", "gamma"] {
            let mut body = seed();
            body["name"] = json!(name);
            body["dcr_config"]["initial_client_id"] = json!(format!("client-{name}"));
            platform.clock.advance(Duration::from_secs(1));
            platform.post("/v2/dcr-providers", body).await.id();
        }
        let names = async |query: &str| {
            let answer = platform.get(&format!("/v2/dcr-providers?{query}")).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.body);
            let list = answer.body["data"].as_array().unwrap();
            let names = list.iter().map(|p| p["name"].as_str().unwrap().to_owned());
            (
                names.collect::<Vec<_>>(),
                answer.body["meta"]["page"].clone(),
            )
        };
        assert_eq!(names("").await.0, ["gamma", "Alpha_1", "beta"]);
        assert_eq!(
            names("sort=created_at").await.0,
            ["beta", "Alpha_1", "gamma"]
        );
        assert_eq!(
            names("sort=provider_type,created_at%20desc&page[size]=2&page[number]=2").await,
            (
                vec!["beta".to_owned()],
                json!({ "number": 2, "size": 2, "total": 3 })
            )
        );
        assert_eq!(names("filter[name]=beta").await.0, ["beta"]);
        assert_eq!(names("filter%5Bname%5D%5Beq%5D=beta").await.0, ["beta"]);
        assert_eq!(names("filter[name][contains]=A_").await.0, ["Alpha_1"]);
        assert_eq!(names("filter[name][contains]=%25").await.0.len(), 0);
        assert_eq!(
            names("filter[initial_client_id][contains]=gam").await.0,
            ["gamma"]
        );
        assert_eq!(names("filter[provider_type]=okta").await.0.len(), 0);
        assert_eq!(
            names("filter[name]=beta&filter[provider_type]=auth0")
                .await
                .0,
            ["beta"]
        );
    }
}

#[tokio::test]
async fn every_filter_and_sort_of_the_specification_is_taken() {
    for platform in Platform::everywhere().await {
        let id = platform.provider().await;
        let ok = async |query: String| {
            let query = query.replace(' ', "%20");
            let answer = platform.get(&format!("/v2/dcr-providers?{query}")).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.body);
            answer.body["meta"]["page"]["total"].as_i64().unwrap()
        };
        for (name, value) in [
            ("id", id.as_str()),
            ("issuer", "https://my-issuer.auth0.com/api/v2/"),
            ("name", "Auth0 DCR Provider"),
            ("initial_client_id", "abc123"),
            (
                "initial_client_audience",
                "https://my-custom-domain.com/api/v2/",
            ),
            ("provider_type", "auth0"),
        ] {
            for operator in ["", "[eq]", "[contains]"] {
                let query = format!("filter[{name}]{operator}={value}");
                assert_eq!(ok(query.clone()).await, 1, "{}: {query}", platform.name());
            }
        }
        for name in [
            "created_at",
            "updated_at",
            "provider_type",
            "issuer",
            "name",
        ] {
            for direction in ["", "%20asc", "%20desc"] {
                assert_eq!(ok(format!("sort={name}{direction}")).await, 1);
            }
        }
    }
}

#[tokio::test]
async fn bad_queries_are_named() {
    let platform = Platform::start().await;
    for (query, violation) in [
        ("page[size]=x", "page[size]: is_number"),
        ("page[size]=0", "page[size]: min"),
        ("page[size]=101", "page[size]: max"),
        ("page[number]=-1", "page[number]: is_number"),
        ("sort=secret", "sort: enum"),
        ("sort=name%20up", "sort: enum"),
        ("filter[foo]=1", "filter[foo]: unknown_property"),
        ("filter[name][gt]=1", "filter[name][gt]: unknown_property"),
        ("filter[provider_type]=x", "filter[provider_type]: enum"),
    ] {
        let answer = platform.get(&format!("/v2/dcr-providers?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.violations(), [violation]);
        assert_eq!(answer.body["invalid_parameters"][0]["source"], "query");
    }
}

#[tokio::test]
async fn a_provider_in_use_is_not_deleted() {
    for platform in Platform::everywhere().await {
        let id = platform.provider().await;
        let strategy = platform.strategy(&id).await;
        let one = format!("/v2/dcr-providers/{id}");
        let refused = platform.call("DELETE", &one, Value::Null).await;
        assert_eq!(refused.status, 409, "{}", platform.name());
        assert!(refused.body["detail"].as_str().unwrap().contains(&strategy));
        let strategy = format!("/v2/application-auth-strategies/{strategy}");
        let deleted = platform.call("DELETE", &strategy, Value::Null).await;
        assert_eq!(deleted.status, 204);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
        assert_eq!(platform.get("/v2/dcr-providers/none").await.status, 404);
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_fails_verification_with_a_reason() {
    let platform = Platform::start().await;
    let mut body = seed();
    body["issuer"] = json!("http://127.0.0.1:9/");
    let id = platform.post("/v2/dcr-providers", body).await.id();
    let verified = platform
        .post(&format!("/v2/dcr-providers/{id}/verify"), Value::Null)
        .await;
    assert_eq!(verified.status, 200, "{}", verified.body);
    assert_eq!(verified.body["status"], "failed");
    assert!(!verified.body["errors"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn every_write_leaves_an_audit_entry() {
    let platform = Platform::start().await;
    let id = platform.provider().await;
    let one = format!("/v2/dcr-providers/{id}");
    platform.call("PATCH", &one, json!({ "name": "n" })).await;
    platform.call("DELETE", &one, Value::Null).await;
    let sql = "SELECT action, actor_kind FROM portal_audit WHERE entity_id = $1 \
               ORDER BY occurred_at, action";
    let rows = platform.portal.db().query(sql, params![&id]).await.unwrap();
    let mut actions: Vec<String> = rows.iter().map(|r| r.get("action").unwrap()).collect();
    actions.sort();
    assert_eq!(actions, ["create", "delete", "update"]);
    let actor: String = rows[0].get("actor_kind").unwrap();
    assert_eq!(actor, "platform_token");
}
