//! The public APIs as a client sees them: a base address, credentials, JSON in and out.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use egress::{Egress, Request, Response};
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use http::{Method, StatusCode};
use serde_json::Value;

/// One API with the credentials that a client holds for it.
#[derive(Clone)]
pub(in crate::command) struct Api {
    egress: Egress,
    base: String,
    authorization: Option<String>,
    cookies: BTreeMap<String, String>,
}

impl Api {
    /// The API at `base`, an address without a trailing slash; nobody is signed in.
    pub(in crate::command) fn at(egress: &Egress, base: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        Self {
            egress: egress.clone(),
            base,
            authorization: None,
            cookies: BTreeMap::new(),
        }
    }

    /// The same API with this `Authorization` header.
    pub(in crate::command) fn authorized(mut self, header: String) -> Self {
        self.authorization = Some(header);
        self
    }

    /// The same API with this cookie.
    pub(in crate::command) fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.insert(name.into(), value.into());
        self
    }

    /// Sends a request and returns whatever the answer is.
    ///
    /// # Errors
    /// If no answer comes.
    pub(in crate::command) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response> {
        let mut request = Request::new(method, &format!("{}{path}", self.base));
        if let Some(header) = &self.authorization {
            request = request.header(AUTHORIZATION.as_str(), header);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE.as_str(), &pairs.join("; "));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.egress
            .send(request)
            .await
            .with_context(|| format!("{}{path}", self.base))
    }

    /// Sends a request whose answer must have `expected` as status; returns the body, null where it is empty.
    ///
    /// # Errors
    /// If no answer comes or it has another status: the sentence holds what the API said.
    pub(in crate::command) async fn expect(
        &self,
        expected: u16,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let response = self.call(method.clone(), path, body).await?;
        if response.status.as_u16() != expected {
            bail!(
                "{method} {path} answered {} instead of {expected}: {}",
                response.status,
                said(&response)
            );
        }
        if response.body.is_empty() {
            return Ok(Value::Null);
        }
        response
            .json()
            .with_context(|| format!("{method} {path} answered with something that is not JSON"))
    }

    /// `GET` that must answer 200.
    pub(in crate::command) async fn get(&self, path: &str) -> Result<Value> {
        self.expect(200, Method::GET, path, None).await
    }

    /// `POST` that must answer 201.
    pub(in crate::command) async fn create(&self, path: &str, body: &Value) -> Result<Value> {
        self.expect(201, Method::POST, path, Some(body)).await
    }

    /// Sends a request that signs in: must answer 204, and its cookies are kept.
    pub(in crate::command) async fn sign_in(&mut self, path: &str, body: &Value) -> Result<()> {
        let response = self.call(Method::POST, path, Some(body)).await?;
        if response.status != StatusCode::NO_CONTENT {
            bail!(
                "POST {path} answered {} instead of 204: {}",
                response.status,
                said(&response)
            );
        }
        self.cookies.extend(cookies(&response));
        Ok(())
    }
}

/// The cookies that an answer sets, by name.
pub(in crate::command) fn cookies(response: &Response) -> Vec<(String, String)> {
    let values = response
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = values.filter_map(|value| value.split(';').next()?.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .collect()
}

/// What an API said of an error, in its own words and at most a few hundred characters.
pub(in crate::command) fn said(response: &Response) -> String {
    String::from_utf8_lossy(&response.body)
        .chars()
        .take(400)
        .collect()
}

/// A member of an answer that must be a text.
///
/// # Errors
/// If it is absent or something else.
pub(in crate::command) fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("the answer has no text at {pointer}"))
}
