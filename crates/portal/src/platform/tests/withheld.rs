//! What directories of YAML need beyond Konnect's operations: which secrets are kept, and a product's
//! visibility in a portal by itself.

use serde_json::{Value, json};

use super::{Platform, strategies};

/// What a provider of each type is made with, and the member of it that is never shown.
fn providers() -> [(Value, Option<&'static str>); 6] {
    let with = |kind: &str, config: Value| {
        json!({
            "name": kind,
            "provider_type": kind,
            "issuer": "https://issuer.example",
            "dcr_config": config,
        })
    };
    let client = json!({ "initial_client_id": "a", "initial_client_secret": "hush" });
    [
        (with("auth0", client.clone()), Some("initial_client_secret")),
        (
            with("okta", json!({ "dcr_token": "hush" })),
            Some("dcr_token"),
        ),
        (
            with(
                "http",
                json!({ "dcr_base_url": "https://bridge.example", "api_key": "hush_hush_hush" }),
            ),
            Some("api_key"),
        ),
        (
            with("rfc7591", json!({ "initial_access_token": "hush" })),
            Some("initial_access_token"),
        ),
        (with("rfc7591", client), Some("initial_client_secret")),
        (with("rfc7591", json!({})), None),
    ]
}

/// One of the types is our own: what answers about it the vendor's specification does not know.
#[tokio::test]
async fn a_provider_tells_which_secret_it_keeps() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    for (body, member) in providers() {
        let made = platform.call_as(Some(&bearer), "POST", "/v2/dcr-providers", body.clone());
        let made = made.await;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.id();
        let path = format!("/v2/dcr-providers/{id}/withheld");
        let told = platform.get(&path).await;
        let members: Vec<&str> = member.into_iter().collect();
        assert_eq!(told.body, json!({ "withheld": members }), "{body}");
    }
}

#[tokio::test]
async fn a_strategy_tells_which_secrets_it_keeps() {
    for platform in Platform::everywhere().await {
        let mut body = strategies::seed();
        let id = platform.post(strategies::ALL, body.clone()).await.id();
        let path = format!("{}/{id}/withheld", strategies::ALL);
        assert_eq!(platform.get(&path).await.body, json!({ "withheld": [] }));
        let config = &mut body["configs"]["openid-connect"];
        config["client_secret"] = json!(["hush"]);
        config["redis"] = json!({ "host": "cache.example", "password": "hush" });
        let one = format!("{}/{id}", strategies::ALL);
        platform
            .call("PATCH", &one, json!({ "configs": body["configs"] }))
            .await;
        let told = platform.get(&path).await.body;
        assert_eq!(
            told,
            json!({ "withheld": ["client_secret", "redis.password"] }),
            "{}",
            platform.name()
        );
    }
}

#[tokio::test]
async fn a_product_is_published_for_whom_the_publication_says() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v2/portals", json!({ "name": "docs" }))
            .await;
        let portal = portal.id();
        let product = platform
            .post("/v2/api-products", json!({ "name": "Weather" }))
            .await;
        let product = product.id();
        let publish = format!("/v2/portals/{portal}/publish");
        let seen = format!("/v3/portals/{portal}/api-publications");
        for visibility in ["public", "private"] {
            let how = json!({ "publish_status": "published", "visibility": visibility });
            let body = json!({ "api_products": { product.as_str(): how } });
            let answer = platform.post(&publish, body).await;
            assert_eq!(answer.status, 204, "{}", answer.body);
            let listed = platform.get(&seen).await.body;
            assert_eq!(listed["data"][0]["visibility"], visibility);
        }
        let how = json!({ "publish_status": "published", "visibility": "hidden" });
        let body = json!({ "api_products": { product.as_str(): how } });
        assert_eq!(platform.post(&publish, body).await.status, 400);
    }
}
