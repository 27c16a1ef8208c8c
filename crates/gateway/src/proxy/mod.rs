//! From a request to its answer.

pub(crate) mod body;
mod forward;
mod framing;
mod headers;
pub(crate) mod serve;
pub(crate) mod tls;
mod upgrade;
pub(crate) mod upstream;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, HOST, HeaderValue};
use http::uri::PathAndQuery;
use http::{HeaderMap, Request, Response, Uri, Version, request};
use http_body::Body as _;
use hyper::body::Incoming;

use crate::authn::{self, Caller, Presented};
use crate::rescue::{Context, Reason, Refusal, rescue};
use crate::route::{self, Match};
use crate::snapshot::Target;
use crate::traffic::Seen;
use body::{Body, Progress, Stage, ToUpstream};
use headers::{Forwarded, X_REQUEST_ID};
use serve::{Connection, Worker};

/// Answers one request. Whatever refuses it ends in [`rescue`].
pub(crate) async fn handle(
    worker: &Rc<Worker>,
    connection: &Connection,
    request: Request<Incoming>,
) -> Response<Body> {
    let id = request_id(worker, connection, request.headers());
    let (method, uri, version) = (
        request.method().clone(),
        request.uri().clone(),
        request.version(),
    );
    let mut passage = Passage {
        worker,
        connection,
        id: &id,
        target: None,
        seen: Seen::default(),
    };
    let mut reason = None;
    let mut response = match passage.pass(request).await {
        Ok(response) => response,
        Err(mut refusal) => {
            if refusal.seen.application.is_none() {
                refusal.seen.application = passage.seen.application.take();
            }
            if refusal.seen.api.is_none() {
                refusal.seen.api = passage.seen.api.take();
            }
            let target = passage.target.as_ref();
            let context = Context {
                request_id: &id,
                method: method.as_str(),
                path: uri.path(),
                version,
                route: target
                    .map(|target| target.route.name.as_ref().unwrap_or(&target.route.id))
                    .map(String::as_str),
            };
            let response = rescue(&refusal, &context);
            worker.describe(&refusal, &context);
            reason = Some(refusal.reason);
            passage.seen = std::mem::take(&mut refusal.seen);
            response
        }
    };
    worker.count(passage.seen, response.status().as_u16(), reason);
    tracing::debug!(target: "gateway.access", request_id = id, %method, path = uri.path(), status = response.status().as_u16(), "answered");
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

/// The id of a trusted proxy, if it is a plain word; else one of our own.
fn request_id(worker: &Worker, connection: &Connection, headers: &HeaderMap) -> String {
    connection
        .trusted
        .then(|| headers.get(X_REQUEST_ID)?.to_str().ok())
        .flatten()
        .filter(|id| (1..=128).contains(&id.len()))
        .filter(|id| {
            id.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        })
        .map_or_else(|| worker.request_id(), str::to_owned)
}

/// One request's way through the gateway.
struct Passage<'a> {
    worker: &'a Rc<Worker>,
    connection: &'a Connection,
    id: &'a str,
    target: Option<Arc<Target>>,
    /// Who calls what, once it is known.
    seen: Seen,
}

impl Passage<'_> {
    async fn pass(&mut self, mut request: Request<Incoming>) -> Result<Response<Body>, Refusal> {
        let asked = headers::asks_to_upgrade(request.headers(), request.version());
        let callers_side = asked.is_some().then(|| hyper::upgrade::on(&mut request));
        let (mut parts, body) = request.into_parts();
        self.check_framing(&parts)?;
        let (matched, path) = self.route(&parts)?;
        let target = Arc::clone(self.target.get_or_insert(matched.0));
        self.check_protocol(&target)?;
        let mut body = self.admit_body(&parts, body)?;

        let caller = match &target.guard {
            None => None,
            Some(guard) => {
                let presented = Presented {
                    parts: &mut parts,
                    body: &mut body,
                    https: self.connection.https,
                };
                let caller = authn::admit(self.worker, guard, presented).await?;
                self.seen = Seen {
                    application: Some(Arc::clone(&caller.application)),
                    api: Some(Arc::clone(&caller.api)),
                };
                Some(caller)
            }
        };

        let version = parts.version;
        self.rewrite(
            &mut parts,
            &target,
            matched.1,
            &path,
            caller.as_ref(),
            asked.as_ref(),
        )?;
        let upstream = &target.upstream;
        let progress = match &body {
            ToUpstream::Caller { progress, .. } => Some(Rc::clone(progress)),
            ToUpstream::Full(_) => None,
        };
        let answer = forward::forward(
            &self.worker.pool,
            upstream,
            Request::from_parts(parts, body),
            progress.as_deref(),
            self.worker.inner.settings.body_timeout,
        )
        .await?;
        let mut response = if forward::check_switch(&answer, asked.as_ref(), upstream)? {
            upgrade::tunnel(self.worker, answer, callers_side)?
        } else {
            answer.into_response(upstream)
        };
        headers::add_via(response.headers_mut(), version);
        *response.version_mut() = version;
        if let Some(cookie) = caller.and_then(|caller| caller.cookie) {
            response
                .headers_mut()
                .append(http::header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    fn check_framing(&self, parts: &request::Parts) -> Result<(), Refusal> {
        let ambiguity = framing::ambiguity(
            parts.version,
            &parts.method,
            &parts.uri,
            &parts.headers,
            &self.connection.both_lengths,
        );
        match ambiguity {
            None => Ok(()),
            Some(what) => {
                Err(Refusal::new(Reason::MalformedRequest, format!("it has {what}")).closing())
            }
        }
    }

    /// Finds the route; what it returns of the path is the normal form.
    fn route(&self, parts: &request::Parts) -> Result<((Arc<Target>, Match), String), Refusal> {
        let inner = &self.worker.inner;
        if !inner.is_ready() {
            let detail = "nothing was published to this gateway yet";
            return Err(Refusal::new(Reason::NotReady, detail));
        }
        // RFC 9112 §3.2.2: the host of an absolute target counts, not the header's.
        let authority = match parts.uri.authority() {
            Some(authority) => authority.as_str(),
            None => parts
                .headers
                .get(HOST)
                .and_then(|host| host.to_str().ok())
                .unwrap_or_default(),
        };
        let (host, port) = split_port(authority);
        let path = route::normalise(parts.uri.path()).into_owned();
        let snapshot = inner.snapshot.load();
        let found = snapshot.router.find(&route::Target {
            method: &parts.method,
            host: &host,
            port,
            path: &path,
            headers: &parts.headers,
        });
        let found = found.ok_or_else(|| {
            Refusal::new(
                Reason::NoRoute,
                "no route matches host, path, method and headers",
            )
        })?;
        Ok(((Arc::clone(snapshot.target(found.route)), found), path))
    }

    fn check_protocol(&self, target: &Target) -> Result<(), Refusal> {
        let protocols = &target.route.protocols;
        let takes = |scheme: &str| {
            protocols.is_empty() || protocols.iter().any(|protocol| protocol == scheme)
        };
        match (self.connection.https, takes("http"), takes("https")) {
            (false, false, true) => Err(Refusal::new(
                Reason::HttpsRequired,
                "the route takes https alone",
            )),
            (true, _, false) | (false, false, false) => Err(Refusal::new(
                Reason::NoRoute,
                "the route does not take this protocol",
            )),
            _ => Ok(()),
        }
    }

    fn admit_body(&self, parts: &request::Parts, body: Incoming) -> Result<ToUpstream, Refusal> {
        if body.is_end_stream() {
            return Ok(ToUpstream::empty());
        }
        let limit = self
            .worker
            .inner
            .settings
            .max_body_bytes
            .unwrap_or(u64::MAX);
        let declared = parts.headers.get(CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|length| length > limit) {
            let detail = format!("the body is announced with more than {limit} bytes");
            return Err(Refusal::new(Reason::BodyTooLarge, detail).closing());
        }
        Ok(ToUpstream::Caller {
            body,
            progress: Progress::new(Stage::AwaitingUpstream),
            left: limit,
        })
    }

    /// Makes the caller's request the gateway's own.
    fn rewrite(
        &self,
        parts: &mut request::Parts,
        target: &Target,
        found: Match,
        path: &str,
        caller: Option<&Caller>,
        asked: Option<&HeaderValue>,
    ) -> Result<(), Refusal> {
        let route = &target.route;
        let (kept, cut) = if route.strip_path {
            (&path[found.matched..], &path[..found.matched])
        } else {
            (path, "")
        };
        let host = match parts.uri.authority() {
            Some(authority) => HeaderValue::from_str(authority.as_str()).ok(),
            None => parts.headers.get(HOST).cloned(),
        };
        let host = host.unwrap_or_else(|| HeaderValue::from_static(""));
        let forwarded = Forwarded {
            peer: &self.connection.peer_address,
            https: self.connection.https,
            port: &self.connection.port,
            path: value(path)?,
            prefix: if cut.is_empty() {
                None
            } else {
                Some(value(cut)?)
            },
            host: host.clone(),
            trusted_peer: self.connection.trusted,
        };
        parts.uri = upstream_uri(&target.upstream.service.path, kept, parts.uri.query())?;
        // One growth of the map instead of one for every few headers of ours.
        parts.headers.reserve(headers::OF_OURS);
        headers::end_request_hop(&mut parts.headers);
        headers::strip_impersonation(&mut parts.headers, self.connection.trusted);
        if let Some(protocol) = asked {
            let upgrade = HeaderValue::from_static("upgrade");
            parts.headers.insert(http::header::CONNECTION, upgrade);
            parts
                .headers
                .insert(http::header::UPGRADE, protocol.clone());
        }
        forwarded.write(&mut parts.headers);
        headers::add_via(&mut parts.headers, parts.version);
        parts.headers.insert(X_REQUEST_ID, value(self.id)?);
        let host = if route.preserve_host && !host.is_empty() {
            host
        } else {
            target.upstream.authority.clone()
        };
        parts.headers.insert(HOST, host);
        if let Some(caller) = caller {
            caller.introduce(&mut parts.headers);
        }
        headers::join_cookies(&mut parts.headers);
        parts.version = Version::HTTP_11;
        Ok(())
    }
}

fn value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text)
        .map_err(|_| Refusal::new(Reason::MalformedRequest, "the path is no header value"))
}

fn upstream_uri(service_path: &str, kept: &str, query: Option<&str>) -> Result<Uri, Refusal> {
    let mut target = route::join(service_path, kept);
    if let Some(query) = query {
        target.push('?');
        target.push_str(query);
    }
    PathAndQuery::try_from(target)
        .map(Uri::from)
        .map_err(|_| Refusal::new(Reason::MalformedRequest, "the path is no request target"))
}

/// Host in lower case, without a final dot, and port.
fn split_port(authority: &str) -> (Cow<'_, str>, Option<u16>) {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port.parse().ok()),
        _ => (authority, None),
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        (Cow::Owned(host.to_ascii_lowercase()), port)
    } else {
        (Cow::Borrowed(host), port)
    }
}
