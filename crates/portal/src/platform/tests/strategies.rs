//! `/v2/application-auth-strategies`.

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use storage::params;
use storage::seal::KeyRing;

use super::Platform;
use crate::model::AuthStrategy;
use crate::store;

pub(super) const ALL: &str = "/v2/application-auth-strategies";

/// The vendor's page, without the provider's id.
pub(super) fn seed() -> Value {
    json!({
        "name": "Auth0 Auth",
        "display_name": "Auth0 Auth",
        "strategy_type": "openid_connect",
        "configs": {
            "openid-connect": {
                "issuer": "https://my-issuer.auth0.com/api/v2/",
                "credential_claim": ["client_id"],
                "scopes": ["openid", "email"],
                "auth_methods": ["client_credentials", "bearer"]
            }
        }
    })
}

fn keys() -> Value {
    json!({
        "name": "keys",
        "display_name": "Keys",
        "strategy_type": "key_auth",
        "configs": { "key-auth": { "key_names": ["apikey", "x-api-key"] } }
    })
}

#[tokio::test]
async fn the_vendors_page_works_as_printed() {
    for platform in Platform::everywhere().await {
        let provider = platform.provider().await;
        let mut body = seed();
        body["dcr_provider_id"] = json!(provider);
        let made = platform.post(ALL, body.clone()).await;
        assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
        assert_eq!(made.body["configs"], body["configs"]);
        assert_eq!(made.body["dcr_provider"]["id"], json!(provider));
        assert_eq!(made.body["active"], false);
        assert_eq!(made.body["labels"], json!({}));
        let read = platform.get(&format!("{ALL}/{}", made.id())).await;
        assert_eq!(read.body, made.body);
        let query =
            format!("{ALL}?filter[dcr_provider_id]={provider}&filter[dcr_provider_type]=auth0");
        assert_eq!(platform.get(&query).await.body["data"][0], made.body);
    }
}

#[tokio::test]
async fn plugin_fields_are_kept_checked_or_refused_by_name() {
    let platform = Platform::start().await;
    let mut body = seed();
    let config = &mut body["configs"]["openid-connect"];
    config["token_post_args_names"] = json!(["audience"]);
    config["token_post_args_values"] = json!(["https://api.example"]);
    config["cache_tokens"] = json!(false);
    config["display_errors"] = json!(true);
    let made = platform.post(ALL, body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["configs"], body["configs"]);

    let config = &mut body["configs"]["openid-connect"];
    config["cache_tokens"] = json!("no");
    config["token_post_args_values"] = json!([]);
    config["audiense"] = json!(["x"]);
    config["auth_methods"] = json!(["carrier_pigeon"]);
    let refused = platform.post(ALL, body).await;
    assert_eq!(
        refused.violations(),
        [
            "configs.openid-connect.auth_methods.0: enum",
            "configs.openid-connect.cache_tokens: is_boolean",
            "configs.openid-connect.audiense: invalid",
            "configs.openid-connect.token_post_args_values: dependent_fields",
        ]
    );
    assert_eq!(
        refused.body["invalid_parameters"][2]["reason"],
        "unknown field"
    );
}

#[tokio::test]
async fn what_is_missing_is_named_all_at_once() {
    let platform = Platform::start().await;
    let refused = platform.post(ALL, json!({ "name": "x" })).await;
    assert_eq!(refused.violations(), ["strategy_type: required"]);
    let body = json!({
        "strategy_type": "openid_connect",
        "name": "x",
        "configs": { "openid-connect": { "issuer": "https://a.example" } },
        "more": 1
    });
    let refused = platform.post(ALL, body).await;
    assert_eq!(
        refused.violations(),
        [
            "display_name: required",
            "more: unknown_property",
            "configs.openid-connect.credential_claim: required",
            "configs.openid-connect.scopes: required",
            "configs.openid-connect.auth_methods: required",
        ]
    );
    let mut body = keys();
    body["dcr_provider_id"] = json!("93f8380e-7798-4566-99e3-2edf2b57d289");
    body["configs"]["key-auth"]["key_names"] = json!([]);
    let refused = platform.post(ALL, body).await;
    assert_eq!(
        refused.violations(),
        [
            "configs.key-auth.key_names: min_items",
            "dcr_provider_id: unknown_property"
        ]
    );
    let mut body = seed();
    body["dcr_provider_id"] = json!("93f8380e-7798-4566-99e3-2edf2b57d289");
    let refused = platform.post(ALL, body).await;
    assert_eq!(refused.violations(), ["dcr_provider_id: missing_reference"]);
}

#[tokio::test]
async fn patch_changes_what_it_names_and_put_replaces_everything() {
    for platform in Platform::everywhere().await {
        let provider = platform.provider().await;
        let one = format!("{ALL}/{}", platform.strategy(&provider).await);
        let body = json!({
            "labels": { "env": "prod" },
            "configs": { "openid-connect": { "scopes": ["openid"], "leeway": 5 } },
            "dcr_provider_id": null
        });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let config = &changed.body["configs"]["openid-connect"];
        assert_eq!(config["scopes"], json!(["openid"]));
        assert_eq!(config["leeway"], 5);
        assert_eq!(config["credential_claim"], json!(["client_id"]));
        assert_eq!(changed.body["dcr_provider"], Value::Null);

        let body = json!({ "configs": { "openid-connect": { "leeway": null } } });
        let changed = platform.call("PATCH", &one, body).await;
        let config = changed.body["configs"]["openid-connect"]
            .as_object()
            .unwrap();
        assert!(!config.contains_key("leeway"));

        let refused = platform
            .call("PATCH", &one, json!({ "strategy_type": "key_auth" }))
            .await;
        assert_eq!(refused.violations(), ["strategy_type: unknown_property"]);

        let replaced = platform.call("PUT", &one, seed()).await;
        assert_eq!(replaced.status, 201, "{}", replaced.body);
        assert_eq!(replaced.body["labels"], json!({}));
        let refused = platform.call("PUT", &one, keys()).await;
        assert_eq!(refused.violations(), ["strategy_type: enum"]);
    }
}

#[tokio::test]
async fn a_keys_lifetime_is_set_and_cleared() {
    let platform = Platform::start().await;
    let mut body = keys();
    body["configs"]["key-auth"]["ttl"] = json!({ "value": 30, "unit": "days" });
    let made = platform.post(ALL, body.clone()).await;
    assert_eq!(made.body["configs"], body["configs"]);
    let one = format!("{ALL}/{}", made.id());
    let cleared = json!({ "configs": { "key-auth": { "ttl": null } } });
    let changed = platform.call("PATCH", &one, cleared).await;
    assert_eq!(changed.body["configs"], keys()["configs"]);
    let half = json!({ "configs": { "key-auth": { "ttl": { "value": 1 } } } });
    let refused = platform.call("PATCH", &one, half).await;
    assert_eq!(
        refused.violations(),
        ["configs.key-auth.ttl.unit: required"]
    );
}

#[tokio::test]
async fn multiple_filters_must_all_hold_and_lists_are_alternatives() {
    for platform in Platform::everywhere().await {
        platform.post(ALL, keys()).await.id();
        platform.post(ALL, seed()).await.id();
        for (query, count) in [
            ("filter[name][oeq]=keys,Auth0%20Auth", 2),
            ("filter[name][neq]=keys", 1),
            ("filter[name][ocontains]=EY,nothing", 1),
            ("filter[strategy_type]=key_auth&filter[name]=keys", 1),
            (
                "filter[strategy_type]=key_auth&filter[name][contains]=auth",
                0,
            ),
            ("sort=dcr_provider_name,name%20desc", 2),
            ("filter[strategy_type][contains]=openid", 1),
            ("filter[strategy_type][ocontains]=openid,key", 2),
            ("filter[dcr_provider_type][contains]=auth", 0),
        ] {
            let answer = platform.get(&format!("{ALL}?{query}")).await;
            assert_eq!(
                answer.body["meta"]["page"]["total"],
                count,
                "{} {query}",
                platform.name()
            );
        }
    }
}

/// What is sealed of a strategy, opened.
#[tokio::test]
async fn every_filter_and_sort_of_the_specification_is_taken() {
    for platform in Platform::everywhere().await {
        let provider = platform.provider().await;
        platform.strategy(&provider).await;
        let ok = async |query: String| {
            let query = query.replace(' ', "%20");
            let answer = platform.get(&format!("{ALL}?{query}")).await;
            let text = format!("{} {query}: {}", platform.name(), answer.body);
            assert_eq!(answer.status, 200, "{text}");
            answer.body["meta"]["page"]["total"].as_i64().unwrap()
        };
        let found = ["[eq]", "[oeq]", "[contains]", "[ocontains]"];
        for (name, value) in [
            ("strategy_type", "openid_connect"),
            ("name", "Auth0 Auth"),
            ("display_name", "Auth0 Auth"),
            ("dcr_provider_name", "Auth0 DCR Provider"),
            ("dcr_provider_type", "auth0"),
        ] {
            for operator in found {
                let query = format!("filter[{name}]{operator}={value}");
                assert_eq!(ok(query.clone()).await, 1, "{query}");
            }
            assert_eq!(ok(format!("filter[{name}][neq]={value}")).await, 0);
        }
        for operator in ["[eq]", "[oeq]"] {
            let query = format!("filter[dcr_provider_id]{operator}={provider}");
            assert_eq!(ok(query).await, 1);
        }
        assert_eq!(
            ok(format!("filter[dcr_provider_id][neq]={provider}")).await,
            0
        );
        for name in [
            "created_at",
            "updated_at",
            "strategy_type",
            "name",
            "display_name",
            "dcr_provider_id",
            "dcr_provider_name",
            "dcr_provider_type",
        ] {
            assert_eq!(ok(format!("sort={name}%20desc")).await, 1);
        }
    }
}

pub(super) async fn secrets(platform: &Platform, id: &str) -> Value {
    let id = id.parse().unwrap();
    let found = store::strategies::find(platform.portal.db(), id).await;
    let Some(sealed) = found.unwrap().unwrap().secrets else {
        return Value::Null;
    };
    let context = AuthStrategy::secrets_context(id);
    let opened = platform.portal.sealer().open(&context, &sealed).unwrap();
    serde_json::from_str(opened.expose_secret()).unwrap()
}

fn with_secrets() -> Value {
    let mut body = seed();
    let config = &mut body["configs"]["openid-connect"];
    config["client_id"] = json!(["the-gateway"]);
    config["client_secret"] = json!(["hush-1"]);
    config["client_jwk"] = json!([{ "kid": "a", "kty": "oct", "k": "hush-2" }]);
    config["session_secret"] = json!("hush-3");
    config["session_redis_password"] = json!("hush-4");
    config["https_proxy_authorization"] = json!("Basic hush-5");
    config["introspection_headers_values"] = json!(["hush-6"]);
    config["redis"] = json!({
        "host": "cache.example",
        "password": "hush-7",
        "cloud_authentication": { "auth_provider": "gcp", "gcp_service_account_json": "hush-8" }
    });
    body
}

#[tokio::test]
async fn secrets_among_the_plugins_fields_are_sealed_and_never_shown() {
    for platform in Platform::everywhere().await {
        let made = platform.post(ALL, with_secrets()).await;
        let id = made.id();
        let one = format!("{ALL}/{id}");
        for answer in [
            made,
            platform.get(&one).await,
            platform.get(ALL).await,
            platform.call("PATCH", &one, json!({ "name": "x" })).await,
            platform.call("PUT", &one, with_secrets()).await,
        ] {
            assert!(answer.status < 300, "{}: {}", platform.name(), answer.body);
            let text = answer.body.to_string();
            assert!(!text.contains("hush"), "{text}");
            assert!(text.contains("the-gateway") && text.contains("cache.example"));
        }
        let sql = "SELECT config, secrets FROM portal_auth_strategy";
        let row = platform
            .portal
            .db()
            .query_one(sql, params![])
            .await
            .unwrap();
        for column in ["config", "secrets"] {
            let text: String = row.get(column).unwrap();
            assert!(!text.contains("hush"), "{column}: {text}");
        }
        let sent = &with_secrets()["configs"]["openid-connect"];
        let kept = secrets(&platform, &id).await;
        assert_eq!(kept["client_secret"], sent["client_secret"]);
        assert_eq!(kept["redis"]["password"], "hush-7");
    }
}

#[tokio::test]
async fn a_patch_keeps_the_secrets_that_it_leaves_out_and_a_put_does_not() {
    let platform = Platform::start().await;
    let id = platform.post(ALL, with_secrets()).await.id();
    let one = format!("{ALL}/{id}");
    let patch = async |config: Value| {
        let body = json!({ "configs": { "openid-connect": config } });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        secrets(&platform, &id).await
    };
    let kept = patch(json!({ "leeway": 5, "redis": { "host": "b.example" } })).await;
    assert_eq!(kept["client_secret"], json!(["hush-1"]));
    assert_eq!(kept["redis"]["password"], "hush-7");
    let kept = patch(json!({ "client_secret": ["hush-9"], "redis": { "password": null } })).await;
    assert_eq!(kept["client_secret"], json!(["hush-9"]));
    assert_eq!(kept["redis"].get("password"), None);
    assert_eq!(
        kept["redis"]["cloud_authentication"]["gcp_service_account_json"],
        "hush-8"
    );
    let kept = patch(json!({ "redis": null })).await;
    assert_eq!(kept.get("redis"), None);
    assert_eq!(kept["session_secret"], "hush-3");
    let replaced = platform.call("PUT", &one, seed()).await;
    assert_eq!(replaced.status, 201);
    assert_eq!(secrets(&platform, &id).await, Value::Null);
}

#[tokio::test]
async fn what_was_kept_in_the_clear_is_sealed_at_the_next_start() {
    for platform in Platform::everywhere().await {
        let id = platform.post(ALL, seed()).await.id();
        let sql = "UPDATE portal_auth_strategy SET config = $1";
        let config = with_secrets()["configs"]["openid-connect"].to_string();
        let db = platform.portal.db();
        db.execute(sql, params![config]).await.unwrap();
        let platform = platform.restart(KeyRing::for_tests()).await;
        let shown = platform.get(&format!("{ALL}/{id}")).await.body.to_string();
        assert!(!shown.contains("hush"), "{}: {shown}", platform.name());
        assert_eq!(
            secrets(&platform, &id).await["client_secret"],
            json!(["hush-1"])
        );
    }
}

#[tokio::test]
async fn the_names_of_a_redis_are_closed() {
    let platform = Platform::start().await;
    let mut body = with_secrets();
    body["configs"]["openid-connect"]["redis"]["pasword"] = json!("hush");
    body["configs"]["openid-connect"]["cluster_cache_redis"] = json!("hush");
    let refused = platform.post(ALL, body).await;
    assert_eq!(
        refused.violations(),
        [
            "configs.openid-connect.cluster_cache_redis: is_object",
            "configs.openid-connect.redis.pasword: unknown_property",
        ]
    );
}
