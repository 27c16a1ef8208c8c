//! The management token: fetched with the initial client's credentials, kept until it nears its end.

use std::time::Duration;

use egress::{Egress, Request, Response};
use http::StatusCode;
use oauth::{Clock, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::management::{self, patiently};
use crate::port::{Error, ErrorKind};

/// Seconds that a token without `expires_in` is taken to live (RFC 6749 §5.1 leaves it open).
const UNSTATED_LIFETIME: u64 = 300;

/// A fresh token is fetched this long before the old one ends, or after nine tenths of its life.
const MARGIN: Duration = Duration::from_secs(300);

/// A token younger than this was issued with the permissions that the client has now.
const FRESH: Duration = Duration::from_secs(5);

/// Gives the management token, and fetches it when there is none that can be used.
pub(super) struct Tokens {
    endpoint: String,
    client_id: String,
    client_secret: SecretString,
    audience: String,
    egress: Egress,
    clock: Clock,
    /// Locked while a token is fetched, so that any number of callers fetch one.
    cached: Mutex<Option<Token>>,
}

#[derive(Clone)]
pub(super) struct Token {
    pub(super) value: SecretString,
    issued: Timestamp,
    renew: Timestamp,
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    audience: &'a str,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenRefusal {
    error: String,
    error_description: Option<String>,
}

impl Tokens {
    pub(super) fn new(
        issuer: &str,
        client_id: String,
        client_secret: SecretString,
        audience: String,
        egress: Egress,
        clock: Clock,
    ) -> Self {
        Self {
            endpoint: format!("{issuer}/oauth/token"),
            client_id,
            client_secret,
            audience,
            egress,
            clock,
            cached: Mutex::new(None),
        }
    }

    pub(super) fn audience(&self) -> &str {
        &self.audience
    }

    /// The kept token, or a fresh one.
    pub(super) async fn current(&self) -> Result<Token, Error> {
        let mut cached = self.cached.lock().await;
        match &*cached {
            Some(token) if self.clock.now() < token.renew => Ok(token.clone()),
            _ => self.fetch_into(&mut cached).await,
        }
    }

    /// A token other than the one that was refused.
    pub(super) async fn instead_of(&self, refused: &Token) -> Result<Token, Error> {
        let mut cached = self.cached.lock().await;
        match &*cached {
            Some(token) if token.value.expose_secret() != refused.value.expose_secret() => {
                Ok(token.clone())
            }
            _ => self.fetch_into(&mut cached).await,
        }
    }

    /// A token that carries the permissions of this moment.
    pub(super) async fn fresh(&self) -> Result<Token, Error> {
        self.fetch_into(&mut *self.cached.lock().await).await
    }

    /// Whether permissions may have been granted since the token was issued.
    pub(super) fn may_be_outdated(&self, token: &Token) -> bool {
        self.clock.now().saturating_since(token.issued) >= FRESH
    }

    async fn fetch_into(&self, cached: &mut Option<Token>) -> Result<Token, Error> {
        *cached = None;
        let token = self.fetch().await?;
        *cached = Some(token.clone());
        Ok(token)
    }

    async fn fetch(&self) -> Result<Token, Error> {
        let response = patiently(&self.egress, &self.clock, || {
            // Asking twice gives two tokens and harms nobody.
            Request::post(&self.endpoint)
                .idempotent()
                .json(&TokenRequest {
                    grant_type: "client_credentials",
                    client_id: &self.client_id,
                    client_secret: self.client_secret.expose_secret(),
                    audience: &self.audience,
                })
        })
        .await?;
        if !response.status.is_success() {
            return Err(self.refused(&response));
        }
        let answer: TokenResponse = management::read(&response)?;
        let issued = self.clock.now();
        let lifetime = Duration::from_secs(answer.expires_in.unwrap_or(UNSTATED_LIFETIME));
        Ok(Token {
            value: answer.access_token,
            issued,
            renew: issued + lifetime.saturating_sub(MARGIN.min(lifetime / 10)),
        })
    }

    /// Source: RFC 6749 §5.2; Auth0 answers 401 `access_denied` for a wrong secret, and 403
    /// `access_denied` for an unknown audience and for a client without a grant.
    fn refused(&self, response: &Response) -> Error {
        let refusal: TokenRefusal = serde_json::from_slice(&response.body).unwrap_or_default();
        let said = refusal
            .error_description
            .as_deref()
            .unwrap_or(&refusal.error);
        let said = self.without_secret(said);
        let denied = ErrorKind::Denied { permission: None };
        let (kind, message) = match response.status {
            StatusCode::UNAUTHORIZED => (
                denied,
                "the initial client id or secret is wrong; copy both again from the settings of the \
                 machine-to-machine application at the identity provider"
                    .to_owned(),
            ),
            StatusCode::FORBIDDEN if said.starts_with("Service not enabled") => (
                ErrorKind::Misconfigured,
                format!(
                    "the identity provider knows no API `{}`; with a custom domain, set the initial \
                     client audience to the identifier of the tenant's Management API",
                    self.audience
                ),
            ),
            StatusCode::FORBIDDEN if refusal.error == "unauthorized_client" => (
                ErrorKind::Misconfigured,
                "the initial client may not use the client credentials grant; turn it on under \
                 Applications > (the application) > Advanced Settings > Grant Types"
                    .to_owned(),
            ),
            StatusCode::FORBIDDEN => (
                denied,
                format!(
                    "the initial client is not authorised for `{}`; authorise it under {}",
                    self.audience,
                    management::WHERE
                ),
            ),
            StatusCode::NOT_FOUND => (
                ErrorKind::Misconfigured,
                format!(
                    "there is no token endpoint at {}; correct the issuer",
                    self.endpoint
                ),
            ),
            status => (
                ErrorKind::Misconfigured,
                format!("the identity provider gave no management token ({status}): {said}"),
            ),
        };
        Error::new(kind, message)
    }

    /// A provider that echoes what it was sent must not carry the secret into a log.
    fn without_secret(&self, text: &str) -> String {
        text.replace(self.client_secret.expose_secret(), "[secret]")
    }
}
