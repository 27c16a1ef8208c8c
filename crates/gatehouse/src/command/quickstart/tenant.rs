//! The tenant's part of the story, over its Management API.

use anyhow::{Context, Result, bail};
use egress::{Egress, Request};
use http::Method;
use oauth::ClientSecret;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::saved::Developer;
use crate::command::api::{Api, said, text};

/// The nine permissions of the vendor's page, and the one for developer-managed scopes.
const DCR_PERMISSIONS: [&str; 11] = [
    "read:client_grants",
    "create:client_grants",
    "update:client_grants",
    "delete:client_grants",
    "read:clients",
    "create:clients",
    "update:clients",
    "delete:clients",
    "update:client_keys",
    "read:resource_servers",
    // With it a look at the tenant begins with what changed.
    "read:logs",
];

/// A client and its secret.
#[derive(Clone)]
pub(super) struct Credentials {
    pub client_id: String,
    pub client_secret: ClientSecret,
}

/// Asks for the tenant's metadata; its issuer must be the address that was asked.
pub(super) async fn discover(tenant: &Api, issuer: &str) -> Result<()> {
    let metadata = tenant.get("/.well-known/openid-configuration").await?;
    let said = text(&metadata, "/issuer")?;
    if said != issuer {
        bail!("the tenant calls itself {said}, not {issuer}");
    }
    Ok(())
}

/// Fetches an access token with client credentials.
pub(super) async fn token(
    egress: &Egress,
    issuer: &str,
    client: &Credentials,
    audience: &str,
) -> Result<String> {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
        ("client_secret", client.client_secret.expose_secret()),
        ("audience", audience),
    ];
    let response = egress
        .send(Request::new(Method::POST, &format!("{issuer}oauth/token")).form(&form))
        .await?;
    if !response.status.is_success() {
        bail!(
            "the token endpoint answered {}: {}",
            response.status,
            said(&response)
        );
    }
    text(
        &response
            .json::<Value>()
            .context("the token endpoint's answer is not JSON")?,
        "/access_token",
    )
}

/// Creates the machine-to-machine client through which the portal registers applications.
pub(super) async fn create_dcr_admin(management: &Api) -> Result<Credentials> {
    let body = json!({ "name": "Portal DCR Admin", "app_type": "non_interactive", "grant_types": ["client_credentials"] });
    let client = management.create("/api/v2/clients", &body).await?;
    Ok(Credentials {
        client_id: text(&client, "/client_id")?,
        client_secret: text(&client, "/client_secret")?.into(),
    })
}

/// Authorises it for the Management API with exactly the permissions it needs.
pub(super) async fn authorize_dcr_admin(
    management: &Api,
    client: &Credentials,
    audience: &str,
) -> Result<()> {
    let body =
        json!({ "client_id": client.client_id, "audience": audience, "scope": DCR_PERMISSIONS });
    management
        .create("/api/v2/client-grants", &body)
        .await
        .map(drop)
}

/// Creates the API that applications are granted.
pub(super) async fn create_api(management: &Api, identifier: &str) -> Result<()> {
    let body = json!({
        "name": "Weather API",
        "identifier": identifier,
        "scopes": [{ "value": "read:forecast", "description": "Read the forecast" }],
    });
    management
        .create("/api/v2/resource-servers", &body)
        .await
        .map(drop)
}

/// Creates somebody who can sign in.
pub(super) async fn create_user(management: &Api, user: &Developer) -> Result<()> {
    let body = json!({
        "connection": "Username-Password-Authentication",
        "email": user.email,
        "password": user.password,
        "email_verified": true,
        "name": "Demo User",
    });
    management.create("/api/v2/users", &body).await.map(drop)
}

/// Whether the client is gone.
pub(super) async fn expect_gone(management: &Api, client_id: &str) -> Result<()> {
    management
        .expect(
            404,
            Method::GET,
            &format!("/api/v2/clients/{client_id}"),
            None,
        )
        .await
        .map(drop)
}
