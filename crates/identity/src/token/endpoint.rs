//! `POST /oauth/token`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::parameters::Parameters;
use super::refusal::Refusal;
use super::{client_authentication, client_credentials};
use crate::Tenant;
use crate::settings::Issuer;

/// A token request once its parameters are read.
pub(super) struct Request<'a> {
    pub(super) tenant: &'a Tenant,
    /// Who the request was sent to.
    pub(super) issuer: &'a Issuer,
    pub(super) parameters: &'a Parameters,
    pub(super) authorization: Option<&'a str>,
}

/// A successful answer (RFC 6749 §5.1).
#[derive(Debug, Serialize)]
pub(super) struct Issued {
    pub(super) access_token: String,
    /// Left out when nothing was granted, as the vendor has it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) scope: String,
    /// Seconds.
    pub(super) expires_in: i64,
    pub(super) token_type: &'static str,
}

/// Grant types that the vendor knows and this tenant does not serve: a client that was never allowed
/// one is told that, as the vendor does.
const KNOWN: [&str; 10] = [
    "authorization_code",
    "refresh_token",
    "password",
    "implicit",
    "http://auth0.com/oauth/grant-type/password-realm",
    "http://auth0.com/oauth/grant-type/passwordless/otp",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
];

/// Issues tokens.
pub(super) async fn issue(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match answer(&tenant, &issuer, &headers, body).await {
        Ok(issued) => {
            let mut response = Json(issued).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
            response
        }
        Err(refusal) => {
            tracing::debug!(refusal = ?refusal, "no token");
            refusal.into_response()
        }
    }
}

/// Anything but POST (RFC 6749 §3.2).
pub(super) async fn wrong_method() -> Response {
    let mut response = Refusal::wrong_method().into_response();
    let allow = HeaderValue::from_static("POST");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

async fn answer(
    tenant: &Tenant,
    issuer: &Issuer,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Issued, Refusal> {
    let body = body.map_err(|rejection| Refusal::invalid_request(rejection.body_text()))?;
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let parameters = Parameters::read(text(header::CONTENT_TYPE), &body)?;
    let request = Request {
        tenant,
        issuer,
        parameters: &parameters,
        authorization: text(header::AUTHORIZATION),
    };
    let grant_type = parameters
        .get("grant_type")
        .ok_or_else(|| Refusal::invalid_request("Missing required parameter: grant_type"))?;
    if grant_type == client_credentials::GRANT_TYPE {
        return client_credentials::exchange(&request).await;
    }
    let shown: String = grant_type.chars().take(100).collect();
    if KNOWN.contains(&grant_type) {
        let client = client_authentication::authenticate(&request).await?;
        client.require_grant_type(grant_type)?;
    }
    Err(Refusal::unsupported_grant_type(format!(
        "Unsupported grant type: {shown}"
    )))
}
