//! The gateway's part of the story: who gets in, and who does not.

use anyhow::{Result, bail};
use egress::Response;
use http::Method;
use secrecy::ExposeSecret as _;

use super::tenant::Credentials;
use crate::command::api::{Api, cookies, said};

/// Calls the API and expects a status.
pub(super) async fn call(gateway: &Api, path: &str, expected: u16) -> Result<Response> {
    let response = gateway.call(Method::GET, path, None).await?;
    if response.status.as_u16() != expected {
        bail!(
            "GET {path} answered {} instead of {expected}: {}",
            response.status,
            said(&response)
        );
    }
    Ok(response)
}

/// `Authorization: Basic CLIENT_ID:CLIENT_SECRET`, not encoded, as the vendor's page writes it.
pub(super) fn plain(client: &Credentials) -> String {
    format!(
        "Basic {}:{}",
        client.client_id,
        client.client_secret.expose_secret()
    )
}

/// `Authorization: Basic` encoded as RFC 7617 asks.
pub(super) fn encoded(client: &Credentials) -> String {
    use base64::Engine as _;
    let pair = format!(
        "{}:{}",
        client.client_id,
        client.client_secret.expose_secret()
    );
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(pair)
    )
}

/// Calls with the session cookie of an earlier answer and nothing else.
pub(super) async fn call_with_session(gateway: &Api, path: &str, earlier: &Response) -> Result<()> {
    let Some((name, value)) = cookies(earlier)
        .into_iter()
        .find(|(name, _)| name == "session")
    else {
        bail!("the earlier call set no session cookie")
    };
    call(&gateway.clone().with_cookie(&name, &value), path, 200)
        .await
        .map(drop)
}
