//! A request to one of the endpoints that clients call by themselves.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request as HttpRequest};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::Tenant;
use crate::settings::Issuer;
use crate::visit::Visit;

/// What came in, once its parameters are read.
pub(super) struct Incoming {
    visit: Visit,
    headers: HeaderMap,
    parameters: Parameters,
}

/// A request as the steps see it.
pub(super) struct Request<'a> {
    pub(super) tenant: &'a Tenant,
    /// Who the request was sent to.
    pub(super) issuer: &'a Issuer,
    /// The endpoint, without a leading slash.
    pub(super) path: &'static str,
    pub(super) parameters: &'a Parameters,
    pub(super) headers: &'a HeaderMap,
    pub(super) authorization: Option<&'a str>,
    pub(super) visit: &'a Visit,
}

impl FromRequest<Tenant> for Incoming {
    type Rejection = Refusal;

    async fn from_request(request: HttpRequest, tenant: &Tenant) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, tenant).await;
        let headers = parts.headers.clone();
        let body = Bytes::from_request(HttpRequest::from_parts(parts, body), tenant)
            .await
            .map_err(|rejection| Refusal::invalid_request(rejection.body_text()))?;
        let content_type = headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        Ok(Self {
            parameters: Parameters::read(content_type, &body)?,
            visit,
            headers,
        })
    }
}

impl Incoming {
    pub(super) fn at<'a>(&'a self, tenant: &'a Tenant, path: &'static str) -> Request<'a> {
        let authorization = self.headers.get(header::AUTHORIZATION);
        Request {
            tenant,
            issuer: &self.visit.issuer,
            path,
            parameters: &self.parameters,
            headers: &self.headers,
            authorization: authorization.and_then(|value| value.to_str().ok()),
            visit: &self.visit,
        }
    }
}

impl Request<'_> {
    /// A parameter that must be there.
    ///
    /// # Errors
    /// 400 `invalid_request` without it.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.parameters
            .get(name)
            .ok_or_else(|| Refusal::invalid_request(format!("Missing required parameter: {name}")))
    }
}

/// Marks an answer as nobody's to keep (RFC 6749 §5.1).
pub(super) fn no_store(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
