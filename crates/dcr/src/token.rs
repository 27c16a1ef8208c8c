//! Tokens that are kept until they near their end, and the client credentials grant.

use std::time::Duration;

use egress::{Request, Response};
use oauth::{Clock, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::call::{self, Caller};
use crate::port::Error;

/// Seconds that a token without `expires_in` is taken to live (RFC 6749 §5.1 leaves it open).
const UNSTATED_LIFETIME: u64 = 300;

/// A fresh token is fetched this long before the old one ends, or after nine tenths of its life.
const MARGIN: Duration = Duration::from_secs(300);

/// A token younger than this was issued with the permissions that the client has now.
const FRESH: Duration = Duration::from_secs(5);

/// A token, and when to fetch another.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) value: SecretString,
    issued: Timestamp,
    renew: Timestamp,
}

/// A successful answer of a token endpoint (RFC 6749 §5.1).
#[derive(Deserialize)]
pub(crate) struct Granted {
    pub(crate) access_token: SecretString,
    #[serde(default)]
    expires_in: Option<u64>,
    /// The granted scopes, where they differ from those asked for.
    #[serde(default)]
    pub(crate) scope: Option<String>,
}

/// A refusal of a token endpoint (RFC 6749 §5.2).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refused {
    pub(crate) error: String,
    pub(crate) error_description: Option<String>,
}

impl Refused {
    /// Reads a refusal, whatever was answered. A provider that echoes what it was sent must not carry
    /// the secret into a log.
    pub(crate) fn read(response: &Response, secret: &str) -> Self {
        let refused: Self = serde_json::from_slice(&response.body).unwrap_or_default();
        let without = |text: String| match secret {
            "" => text,
            secret => text.replace(secret, "[secret]"),
        };
        Self {
            error: without(refused.error),
            error_description: refused.error_description.map(without),
        }
    }

    /// The provider's own words.
    pub(crate) fn said(&self) -> &str {
        self.error_description.as_deref().unwrap_or(&self.error)
    }
}

/// Keeps one token for any number of callers.
pub(crate) struct TokenCache {
    clock: Clock,
    /// Locked while a token is fetched, so that any number of callers fetch one.
    cached: Mutex<Option<Token>>,
}

impl TokenCache {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            cached: Mutex::new(None),
        }
    }

    /// The kept token, or a fresh one.
    pub(crate) async fn current(
        &self,
        fetch: impl Future<Output = Result<Granted, Error>>,
    ) -> Result<Token, Error> {
        let mut cached = self.cached.lock().await;
        match &*cached {
            Some(token) if self.clock.now() < token.renew => Ok(token.clone()),
            _ => self.fetch_into(&mut cached, fetch).await,
        }
    }

    /// A token other than the one that was refused.
    pub(crate) async fn instead_of(
        &self,
        refused: &Token,
        fetch: impl Future<Output = Result<Granted, Error>>,
    ) -> Result<Token, Error> {
        let mut cached = self.cached.lock().await;
        match &*cached {
            Some(token) if token.value.expose_secret() != refused.value.expose_secret() => {
                Ok(token.clone())
            }
            _ => self.fetch_into(&mut cached, fetch).await,
        }
    }

    /// A token that carries the permissions of this moment.
    pub(crate) async fn fresh(
        &self,
        fetch: impl Future<Output = Result<Granted, Error>>,
    ) -> Result<Token, Error> {
        self.fetch_into(&mut *self.cached.lock().await, fetch).await
    }

    /// Whether permissions may have been granted since the token was issued.
    pub(crate) fn may_be_outdated(&self, token: &Token) -> bool {
        self.clock.now().saturating_since(token.issued) >= FRESH
    }

    async fn fetch_into(
        &self,
        cached: &mut Option<Token>,
        fetch: impl Future<Output = Result<Granted, Error>>,
    ) -> Result<Token, Error> {
        *cached = None;
        let granted = fetch.await?;
        let issued = self.clock.now();
        let lifetime = Duration::from_secs(granted.expires_in.unwrap_or(UNSTATED_LIFETIME));
        let token = Token {
            value: granted.access_token,
            issued,
            renew: issued + lifetime.saturating_sub(MARGIN.min(lifetime / 10)),
        };
        *cached = Some(token.clone());
        Ok(token)
    }
}

/// A client's credentials at a token endpoint.
pub(crate) struct ClientCredentials<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a SecretString,
    /// `client_secret_post` instead of `client_secret_basic`.
    pub(crate) post: bool,
    /// What is asked for: `scope`, `audience`.
    pub(crate) asks: &'a [(&'static str, &'a str)],
}

impl ClientCredentials<'_> {
    /// Asks for a token (RFC 6749 §4.4); the inner error is the answer that refuses.
    pub(crate) async fn exchange(
        &self,
        caller: &Caller,
    ) -> Result<Result<Granted, Response>, Error> {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend_from_slice(self.asks);
        if self.post {
            form.push(("client_id", self.client_id));
            form.push(("client_secret", self.client_secret.expose_secret()));
        }
        let answered = caller.send(|| {
            // Asking twice gives two tokens and harms nobody.
            let request = Request::post(self.endpoint).idempotent().form(&form);
            if self.post {
                request
            } else {
                request.basic(self.client_id, self.client_secret)
            }
        });
        let response = answered.await?;
        if response.status.is_success() {
            call::read(&response).map(Ok)
        } else {
            Ok(Err(response))
        }
    }
}
