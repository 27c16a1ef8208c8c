//! `POST /oauth/token`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::refusal::Refusal;
use super::request::{Incoming, Request, no_store};
use super::{
    authorization_code, client_authentication, client_credentials, device_code, dpop, journal,
    password, refresh_token,
};
use crate::Tenant;

/// A successful answer (RFC 6749 §5.1).
#[derive(Debug, Default, Serialize)]
pub(super) struct Issued {
    pub(super) access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id_token: Option<String>,
    /// Left out when nothing was granted, as the vendor has it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) scope: String,
    /// Seconds.
    pub(super) expires_in: i64,
    pub(super) token_type: &'static str,
    /// For the log.
    #[serde(skip)]
    pub(super) client_id: String,
    /// For the log.
    #[serde(skip)]
    pub(super) user_id: Option<String>,
    /// The run of Actions, for the log.
    #[serde(skip)]
    pub(super) execution_id: Option<String>,
}

/// Grant types that the vendor knows and this tenant does not serve: a client that was never allowed
/// one is told that, as the vendor does.
const KNOWN: [&str; 5] = [
    "implicit",
    "http://auth0.com/oauth/grant-type/passwordless/otp",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
];

/// Issues tokens.
pub(super) async fn issue(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let request = incoming.at(&tenant, "oauth/token");
    let answer = answer(&request).await;
    journal::exchange(&request, &answer);
    let response = match answer {
        Ok(issued) => no_store(Json(issued).into_response()),
        Err(refusal) => {
            tracing::debug!(refusal = ?refusal, "no token");
            refusal.into_response()
        }
    };
    dpop::with_nonce(&request, response)
}

/// Anything but POST (RFC 6749 §3.2).
pub(super) async fn wrong_method() -> Response {
    let mut response = Refusal::wrong_method().into_response();
    let allow = HeaderValue::from_static("POST");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

async fn answer(request: &Request<'_>) -> Result<Issued, Refusal> {
    let grant_type = request.required("grant_type")?;
    match grant_type {
        client_credentials::GRANT_TYPE => client_credentials::exchange(request).await,
        authorization_code::GRANT_TYPE => authorization_code::exchange(request).await,
        refresh_token::GRANT_TYPE => refresh_token::exchange(request).await,
        password::GRANT_TYPE => password::exchange(request, password::Where::Default).await,
        password::REALM_GRANT_TYPE => password::exchange(request, password::Where::Realm).await,
        device_code::GRANT_TYPE => device_code::exchange(request).await,
        other => {
            if KNOWN.contains(&other) {
                let client = client_authentication::authenticate(request).await?;
                client.require_grant_type(other)?;
            }
            let shown: String = other.chars().take(100).collect();
            Err(Refusal::unsupported_grant_type(format!(
                "Unsupported grant type: {shown}"
            )))
        }
    }
}
