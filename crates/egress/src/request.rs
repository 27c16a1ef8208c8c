//! A request on its way out.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use url::Url;

use crate::{Error, ErrorKind};

/// A request on its way out. What is wrong with it is said when it is sent.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Result<Url, Error>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_bytes: Option<usize>,
    pub(crate) idempotent: bool,
    invalid: Option<Error>,
}

impl Request {
    /// A request with any method to an absolute `http` or `https` address.
    #[must_use]
    pub fn new(method: Method, url: &str) -> Self {
        let idempotent = method.is_idempotent();
        Self {
            method,
            url: parse(url),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: None,
            max_bytes: None,
            idempotent,
            invalid: None,
        }
    }

    /// `GET`.
    #[must_use]
    pub fn get(url: &str) -> Self {
        Self::new(Method::GET, url)
    }

    /// `POST`.
    #[must_use]
    pub fn post(url: &str) -> Self {
        Self::new(Method::POST, url)
    }

    /// `PUT`.
    #[must_use]
    pub fn put(url: &str) -> Self {
        Self::new(Method::PUT, url)
    }

    /// `PATCH`.
    #[must_use]
    pub fn patch(url: &str) -> Self {
        Self::new(Method::PATCH, url)
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete(url: &str) -> Self {
        Self::new(Method::DELETE, url)
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => {
                self.invalid = Some(Error::new(
                    ErrorKind::InvalidRequest,
                    format!("the header {name} cannot be sent"),
                ))
            }
        }
        self
    }

    /// `Authorization: Bearer …` (RFC 6750 §2.1).
    #[must_use]
    pub fn bearer(self, token: &SecretString) -> Self {
        self.authorization(&format!("Bearer {}", token.expose_secret()))
    }

    /// `Authorization: Basic …` with the pair form-encoded first, as RFC 6749 §2.3.1 asks of OAuth clients.
    #[must_use]
    pub fn basic(self, client_id: &str, client_secret: &SecretString) -> Self {
        let encoded =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!(
            "{}:{}",
            encoded(client_id),
            encoded(client_secret.expose_secret())
        );
        self.authorization(&format!("Basic {}", base64(pair.as_bytes())))
    }

    fn authorization(mut self, value: &str) -> Self {
        match HeaderValue::try_from(value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(AUTHORIZATION, value);
            }
            Err(_) => {
                let message = "the credentials hold characters that a header cannot carry";
                self.invalid = Some(Error::new(ErrorKind::InvalidRequest, message));
            }
        }
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        let bytes = serde_json::to_vec(body);
        self.body(bytes.ok(), "application/json")
    }

    /// A form body (`application/x-www-form-urlencoded`).
    #[must_use]
    pub fn form<T: Serialize + ?Sized>(self, body: &T) -> Self {
        let text = serde_html_form::to_string(body);
        self.body(
            text.ok().map(String::into_bytes),
            "application/x-www-form-urlencoded",
        )
    }

    /// A body as it is; its media type, if it has one, is a header like any other.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    fn body(mut self, bytes: Option<Vec<u8>>, media_type: &'static str) -> Self {
        match bytes {
            Some(bytes) => self.body = bytes.into(),
            None => {
                self.invalid = Some(Error::new(
                    ErrorKind::InvalidRequest,
                    "the request's body cannot be written",
                ))
            }
        }
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self
    }

    /// Another bound than the policy's on the whole request.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Another bound than the policy's on the answer's body, in bytes.
    #[must_use]
    pub const fn max_bytes(mut self, limit: usize) -> Self {
        self.max_bytes = Some(limit);
        self
    }

    /// Says that sending it twice does no harm, so that it may be retried. `GET`, `PUT`, `DELETE` and
    /// their kind are by definition (RFC 9110 §9.2.2).
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The address to send to.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub(crate) fn check(&self) -> Result<&Url, Error> {
        match &self.invalid {
            Some(error) => Err(error.clone()),
            None => self.url.as_ref().map_err(Clone::clone),
        }
    }
}

impl fmt::Debug for Request {
    /// Method, host and path: query, headers and body may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_ref();
        let url = url.map_or("", |url| &url[..url::Position::AfterPath]);
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &url)
            .finish_non_exhaustive()
    }
}

fn parse(text: &str) -> Result<Url, Error> {
    let invalid = |why: &str| Err(Error::new(ErrorKind::InvalidRequest, why));
    let Ok(url) = Url::parse(text) else {
        return invalid("the address to call is not an absolute URL");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return invalid("the address to call must start with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return invalid("the address to call must not hold a user name or password");
    }
    Ok(url)
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
