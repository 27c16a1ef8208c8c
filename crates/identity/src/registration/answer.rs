//! What a client is told about its registration.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::register::Registered;
use crate::model::Members;
use crate::model::client::Client;
use crate::settings::Issuer;

/// The client information response (RFC 7591 §3.2.1), its members in the order of the vendor's page.
///
/// The secret is in the answer that made it and in no other; `client_secret_expires_at` is 0, for never.
pub(super) fn information(status: StatusCode, issuer: &Issuer, registered: Registered) -> Response {
    let Registered {
        client,
        secret,
        token,
    } = registered;
    let mut members = Members::new();
    members.insert("client_name".to_owned(), json!(client.name));
    members.insert("client_id".to_owned(), json!(client.client_id));
    if let Some(secret) = secret {
        let secret = secret.reveal();
        members.insert("client_secret".to_owned(), json!(secret.expose_secret()));
    }
    let mut said = metadata(&client);
    if let Some(uris) = said.shift_remove("redirect_uris") {
        members.insert("redirect_uris".to_owned(), uris);
    }
    members.insert("client_secret_expires_at".to_owned(), json!(0));
    said.shift_remove("client_name");
    members.append(&mut said);
    if let Some(token) = token {
        let token = token.reveal();
        let uri = issuer.endpoint(&format!("oidc/register/{}", client.client_id));
        members.insert(
            "registration_access_token".to_owned(),
            json!(token.expose_secret()),
        );
        members.insert("registration_client_uri".to_owned(), json!(uri));
    }
    let mut response = (status, Json(members)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn metadata(client: &Client) -> Members {
    match &client.registration {
        Some(registration) => registration.members(),
        None => Members::new(),
    }
}
