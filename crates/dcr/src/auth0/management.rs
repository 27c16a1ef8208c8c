//! Calls of the Management API: token and refusals in words.
//!
//! Source: <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy>.

use egress::{Request, Response};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::token::Tokens;
use super::wire::Refusal;
use crate::call::{Caller, read, segment};
use crate::config::Auth0Config;
use crate::port::{Error, ErrorKind};
use crate::token::Token;

/// Where an administrator grants permissions of the Management API.
pub(super) const WHERE: &str =
    "Applications > APIs > Auth0 Management API > Machine to Machine Applications";

/// The Management API of one tenant.
pub(super) struct Management {
    pub(super) issuer: String,
    pub(super) caller: Caller,
    pub(super) tokens: Tokens,
}

/// One call, with the permission that it needs.
pub(super) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    permission: &'static str,
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>, permission: &'static str) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            permission,
        }
    }

    pub(super) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn body(mut self, body: &impl Serialize) -> Self {
        // The wire types are plain structs of texts, lists and booleans: they always serialise.
        self.body = serde_json::to_value(body).ok();
        self
    }
}

/// An answer that is neither a refused token, a missing permission, a rate limit nor a fault.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    response: Response,
}

impl Answer {
    /// The tenant's own words.
    pub(super) fn refusal(&self) -> String {
        refusal(&self.response)
            .message
            .unwrap_or_else(|| format!("it answered {}", self.status))
    }

    /// An error of this kind unless the call succeeded.
    pub(super) fn ok_or(self, kind: ErrorKind) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let code = refusal(&self.response).error_code.unwrap_or_default();
        let kind = match (self.status, code.as_str()) {
            // The tenant is full: nothing that a developer could change.
            (StatusCode::FORBIDDEN, _) => ErrorKind::Misconfigured,
            (StatusCode::NOT_FOUND, _) => ErrorKind::Misconfigured,
            _ => kind,
        };
        Err(Error::new(
            kind,
            format!("the identity provider refused: {}", self.refusal()),
        ))
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        read(&self.response)
    }
}

impl Management {
    pub(super) fn new(issuer: String, config: Auth0Config, caller: Caller) -> Self {
        let audience = config
            .initial_client_audience
            .filter(|audience| !audience.trim().is_empty())
            .unwrap_or_else(|| format!("{issuer}/api/v2/"));
        let tokens = Tokens::new(
            &issuer,
            config.initial_client_id,
            config.initial_client_secret,
            audience,
            caller.clone(),
        );
        Self {
            issuer,
            caller,
            tokens,
        }
    }

    /// Makes the call; a token that is refused, or that may lack a permission granted since it was
    /// issued, is replaced once.
    pub(super) async fn call(&self, call: &Call) -> Result<Answer, Error> {
        let token = self.tokens.current().await?;
        let mut response = self.send(call, &token).await?;
        let lacking = response.status == StatusCode::FORBIDDEN
            && lacks_permission(&response)
            && self.tokens.may_be_outdated(&token);
        if response.status == StatusCode::UNAUTHORIZED || lacking {
            let token = self.tokens.instead_of(&token).await?;
            response = self.send(call, &token).await?;
        }
        match response.status {
            StatusCode::UNAUTHORIZED => Err(Error::new(
                ErrorKind::Denied { permission: None },
                format!(
                    "the identity provider refuses the management token that it issued: {}; \
                     set the initial client audience to the identifier of its Management API",
                    refusal(&response).message.unwrap_or_default()
                ),
            )),
            StatusCode::FORBIDDEN if lacks_permission(&response) => Err(Error::new(
                ErrorKind::Denied {
                    permission: Some(call.permission.to_owned()),
                },
                format!(
                    "the initial client lacks the permission {}; grant it at the identity provider \
                     under {WHERE}",
                    call.permission
                ),
            )),
            status => Ok(Answer { status, response }),
        }
    }

    async fn send(&self, call: &Call, token: &Token) -> Result<Response, Error> {
        let mut url = format!("{}{}", self.issuer, call.path);
        for (index, (name, value)) in call.query.iter().enumerate() {
            let sign = if index == 0 { '?' } else { '&' };
            url = format!("{url}{sign}{name}={}", segment(value));
        }
        let answered = self.caller.send(|| {
            let mut request = match call.method {
                Method::GET => Request::get(&url).idempotent(),
                Method::PATCH => Request::patch(&url).idempotent(),
                Method::DELETE => Request::delete(&url).idempotent(),
                _ => Request::post(&url),
            };
            request = request.bearer(&token.value);
            match &call.body {
                Some(body) => request.json(body),
                None => request,
            }
        });
        answered.await
    }
}

fn refusal(response: &Response) -> Refusal {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

fn lacks_permission(response: &Response) -> bool {
    refusal(response).error_code.as_deref() == Some("insufficient_scope")
}
