//! Services of this process, answered without a socket.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::FutureExt as _;
use http::header::{CONTENT_LENGTH, HOST};
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
    // What a listener says of the caller; it comes from this machine.
    let caller = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    sent.extensions_mut().insert(ConnectInfo(caller));
    if !request.body.is_empty() {
        let length = HeaderValue::from(request.body.len());
        sent.headers_mut().insert(CONTENT_LENGTH, length);
    }
    // A listener drops the connection of a handler that panics, and the caller lives on.
    match AssertUnwindSafe(service.oneshot(sent)).catch_unwind().await {
        Ok(Ok(answer)) => Ok(answer),
        Err(_) => Err(Error::new(
            ErrorKind::Protocol,
            format!("{host} broke off its answer; its log says why"),
        )),
    }
}
