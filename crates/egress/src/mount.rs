//! Services of this process, answered without a socket.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use http::header::HOST;
use http::{HeaderValue, Version};
use tower::ServiceExt as _;
use url::Url;

use crate::{Error, ErrorKind, Request};

/// Origin (scheme, host and port in normal form) to the service that answers for it.
#[derive(Default)]
pub(crate) struct Mounts(ArcSwap<HashMap<String, Router>>);

impl Mounts {
    /// Answers `origin` with `service` from now on.
    pub(crate) fn add(&self, origin: &str, service: &Router) {
        let Ok(url) = Url::parse(origin) else { return };
        self.0.rcu(|mounts| {
            let mut mounts = HashMap::clone(mounts);
            mounts.insert(key(&url), service.clone());
            Arc::new(mounts)
        });
    }

    /// The service for this address, if it is one of this process.
    pub(crate) fn find(&self, url: &Url) -> Option<Router> {
        self.0.load().get(&key(url)).cloned()
    }
}

fn key(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Sends a request as a socket would: origin form, `Host` set.
pub(crate) async fn call(
    service: Router,
    request: &Request,
    url: &Url,
) -> Result<http::Response<Body>, Error> {
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let invalid = || Error::new(ErrorKind::InvalidRequest, "the request cannot be written");
    let mut sent = http::Request::builder()
        .method(request.method.clone())
        .uri(target)
        .version(Version::HTTP_11)
        .body(Body::from(request.body.clone()))
        .map_err(|_| invalid())?;
    *sent.headers_mut() = request.headers.clone();
    sent.headers_mut()
        .insert(HOST, HeaderValue::try_from(host).map_err(|_| invalid())?);
    let answer = service.oneshot(sent).await;
    Ok(answer.unwrap_or_else(|never| match never {}))
}
