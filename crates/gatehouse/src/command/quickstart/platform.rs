//! The API team's part of the story, over the platform API.

use anyhow::{Context, Result, bail};
use http::Method;
use serde_json::{Value, json};

use super::tenant::Credentials;
use crate::command::api::{Api, text};

/// The path on the gateway.
pub(super) const ROUTE: &str = "/weather";
const OPENAPI: &str = include_str!("weather.yaml");
const GUIDE: &str = include_str!("weather.md");

/// Creates the DCR provider: the tenant, and the client that may register others there.
pub(super) async fn create_provider(
    platform: &Api,
    issuer: &str,
    admin: &Credentials,
) -> Result<String> {
    use secrecy::ExposeSecret as _;
    let body = json!({
        "name": "Auth0 DCR Provider",
        "provider_type": "auth0",
        "issuer": issuer.trim_end_matches('/'),
        "dcr_config": {
            "initial_client_id": admin.client_id,
            "initial_client_secret": admin.client_secret.expose_secret(),
        },
    });
    text(&platform.create("/v2/dcr-providers", &body).await?, "/id")
}

/// Verifies it: every permission is tried with a client that is removed again.
pub(super) async fn verify_provider(platform: &Api, provider: &str) -> Result<()> {
    let path = format!("/v2/dcr-providers/{provider}/verify");
    let answer = platform.expect(200, Method::POST, &path, None).await?;
    if answer["status"] != "success" {
        bail!("the provider does not verify: {}", answer["errors"]);
    }
    Ok(())
}

/// Creates the auth strategy of the vendor's page.
pub(super) async fn create_strategy(
    platform: &Api,
    issuer: &str,
    audience: &str,
    provider: &str,
) -> Result<String> {
    let body = json!({
        "name": "Auth0 Auth",
        "display_name": "Client credentials",
        "strategy_type": "openid_connect",
        "configs": { "openid-connect": {
            "issuer": issuer.trim_end_matches('/'),
            "credential_claim": ["azp"],
            "scopes": ["openid"],
            "auth_methods": ["client_credentials", "bearer", "session"],
            "token_post_args_names": ["audience"],
            "token_post_args_values": [audience],
        }},
        "dcr_provider_id": provider,
    });
    text(
        &platform
            .create("/v2/application-auth-strategies", &body)
            .await?,
        "/id",
    )
}

/// Creates a service for the upstream on the default control plane, and a route to it.
pub(super) async fn create_service(platform: &Api, upstream: &str) -> Result<(String, String)> {
    let planes = platform.get("/v2/control-planes").await?;
    let plane = text(&planes, "/data/0/id").context("there is no control plane")?;
    let entities = format!("/v2/control-planes/{plane}/core-entities");
    let service = json!({ "name": "weather", "url": upstream });
    let service = text(
        &platform
            .create(&format!("{entities}/services"), &service)
            .await?,
        "/id",
    )?;
    let route = json!({ "name": "weather", "paths": [ROUTE], "service": { "id": service } });
    platform
        .create(&format!("{entities}/routes"), &route)
        .await?;
    Ok((plane, service))
}

/// Creates the API product with a version, its OpenAPI document and its guide.
pub(super) async fn create_product(
    platform: &Api,
    plane: &str,
    service: &str,
) -> Result<(String, String)> {
    let product =
        json!({ "name": "Weather", "description": "Forecasts for every place on earth." });
    let product = text(&platform.create("/v2/api-products", &product).await?, "/id")?;
    let base = format!("/v2/api-products/{product}");
    let version =
        json!({ "name": "v1", "gateway_service": { "control_plane_id": plane, "id": service } });
    let version = text(
        &platform
            .create(&format!("{base}/product-versions"), &version)
            .await?,
        "/id",
    )?;
    let specification = json!({ "name": "weather.yaml", "content": base64(OPENAPI) });
    platform
        .create(
            &format!("{base}/product-versions/{version}/specifications"),
            &specification,
        )
        .await?;
    let guide = json!({ "slug": "getting-started", "status": "published", "title": "Getting started", "content": base64(GUIDE) });
    platform
        .create(&format!("{base}/documents"), &guide)
        .await?;
    Ok((product, version))
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Creates the portal. Developers and registrations are approved as they come: this is a demo.
pub(super) async fn create_portal(platform: &Api, strategy: &str) -> Result<Value> {
    let body = json!({
        "name": "Weather developers",
        "description": "Everything you need to call the weather API.",
        "is_public": false,
        "auto_approve_developers": true,
        "auto_approve_applications": true,
        "default_application_auth_strategy_id": strategy,
    });
    platform.create("/v2/portals", &body).await
}

/// Publishes the product to the portal.
pub(super) async fn publish_product(platform: &Api, portal: &str, product: &str) -> Result<()> {
    let path = format!("/v2/api-products/{product}");
    let body = json!({ "portal_ids": [portal] });
    platform
        .expect(200, Method::PATCH, &path, Some(&body))
        .await
        .map(drop)
}

/// Publishes the version there with the strategy.
pub(super) async fn publish_version(
    platform: &Api,
    portal: &str,
    version: &str,
    strategy: &str,
) -> Result<()> {
    let body = json!({
        "product_version_id": version,
        "publish_status": "published",
        "auth_strategy_ids": [strategy],
        "application_registration_enabled": true,
        "auto_approve_registration": true,
        "deprecated": false,
    });
    platform
        .create(&format!("/v2/portals/{portal}/product-versions"), &body)
        .await
        .map(drop)
}

/// Points the service of an earlier start at the sample upstream's address of today.
pub(super) async fn move_service(platform: &Api, upstream: &str) -> Result<()> {
    let planes = platform.get("/v2/control-planes").await?;
    let plane = text(&planes, "/data/0/id").context("there is no control plane")?;
    let path = format!("/v2/control-planes/{plane}/core-entities/services");
    let services = platform.get(&path).await?;
    let named = services["data"]
        .as_array()
        .and_then(|all| all.iter().find(|service| service["name"] == "weather"));
    let service = text(named.context("the service `weather` is gone")?, "/id")?;
    let body = json!({ "name": "weather", "url": upstream });
    platform
        .expect(200, Method::PUT, &format!("{path}/{service}"), Some(&body))
        .await
        .map(drop)
}
