//! The management token: fetched with the initial client's credentials, kept until it nears its end.

use egress::{Request, Response};
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::management;
use crate::call::{self, Caller};
use crate::port::{Error, ErrorKind};
use crate::token::{Granted, Refused, Token, TokenCache};

/// Gives the management token, and fetches it when there is none that can be used.
pub(super) struct Tokens {
    endpoint: String,
    client_id: String,
    client_secret: SecretString,
    audience: String,
    caller: Caller,
    cache: TokenCache,
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    audience: &'a str,
}

impl Tokens {
    pub(super) fn new(
        issuer: &str,
        client_id: String,
        client_secret: SecretString,
        audience: String,
        caller: Caller,
    ) -> Self {
        Self {
            endpoint: format!("{issuer}/oauth/token"),
            client_id,
            client_secret,
            audience,
            cache: TokenCache::new(caller.clock.clone()),
            caller,
        }
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(super) fn audience(&self) -> &str {
        &self.audience
    }

    /// The kept token, or a fresh one.
    pub(super) async fn current(&self) -> Result<Token, Error> {
        self.cache.current(self.fetch()).await
    }

    /// A token other than the one that was refused.
    pub(super) async fn instead_of(&self, refused: &Token) -> Result<Token, Error> {
        self.cache.instead_of(refused, self.fetch()).await
    }

    /// A token that carries the permissions of this moment.
    pub(super) async fn fresh(&self) -> Result<Token, Error> {
        self.cache.fresh(self.fetch()).await
    }

    /// Whether permissions may have been granted since the token was issued.
    pub(super) fn may_be_outdated(&self, token: &Token) -> bool {
        self.cache.may_be_outdated(token)
    }

    async fn fetch(&self) -> Result<Granted, Error> {
        let answered = self.caller.send(|| {
            // Asking twice gives two tokens and harms nobody.
            Request::post(&self.endpoint)
                .idempotent()
                .json(&TokenRequest {
                    grant_type: "client_credentials",
                    client_id: &self.client_id,
                    client_secret: self.client_secret.expose_secret(),
                    audience: &self.audience,
                })
        });
        let response = answered.await?;
        if !response.status.is_success() {
            return Err(self.refused(&response));
        }
        call::read(&response)
    }

    /// Source: RFC 6749 §5.2; Auth0 answers 401 `access_denied` for a wrong secret, and 403
    /// `access_denied` for an unknown audience and for a client without a grant.
    fn refused(&self, response: &Response) -> Error {
        let refusal = Refused::read(response, self.client_secret.expose_secret());
        let said = refusal.said();
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
}
