//! The one outbound client.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use http::header::RETRY_AFTER;
use ipnet::IpNet;
use oauth::{Clock, Timestamp};
use rustls_pki_types::CertificateDer;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use crate::mount::{self, Mounts};
use crate::resolve::Guarded;
use crate::tls::{self, Trust};
use crate::{Error, ErrorKind, Policy, Request, Response, StreamingResponse};

/// How often an idempotent request is sent again.
const RETRIES: u32 = 2;
/// The longest `Retry-After` that is waited for here; a longer one is the caller's to know.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long a stream may be silent.
const STREAM_IDLE: Duration = Duration::from_secs(60);

/// The one outbound client. Copies share connections and mounted services.
#[derive(Clone)]
pub struct Egress {
    http: reqwest::Client,
    streams: reqwest::Client,
    policy: Arc<Policy>,
    mounts: Arc<Mounts>,
    clock: Clock,
    overrides: Option<Arc<Overrides>>,
}

/// What one provider needs beside the policy.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Certificate authorities trusted beside the policy's.
    pub roots: Vec<CertificateDer<'static>>,
    /// Networks that may be reached although they are not public, beside the policy's.
    pub allow: Vec<IpNet>,
    /// Another bound on the whole request.
    pub timeout: Option<Duration>,
    /// An HTTP proxy to go through; its own address must be allowed like any other. It resolves names
    /// itself, so it must enforce the address rules; literal addresses are still checked here.
    pub proxy: Option<Url>,
}

impl Egress {
    /// A client under this policy.
    #[must_use]
    pub fn new(policy: Policy, clock: Clock) -> Self {
        Self::build(policy, Trust::Authorities, None, Arc::default(), clock)
    }

    /// This client with what one provider needs on top. Mounted services stay shared.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the proxy is none that can be gone through: going without it would
    /// go around it.
    pub fn with(&self, overrides: &Overrides) -> Result<Self, Error> {
        let proxy = overrides.proxy.as_ref().map(|url| {
            let usable = matches!(url.scheme(), "http" | "https");
            let proxy = reqwest::Proxy::all(url.as_str()).ok().filter(|_| usable);
            proxy.ok_or_else(|| {
                let message = "the proxy's address must start with http:// or https://";
                Error::new(ErrorKind::InvalidRequest, message)
            })
        });
        let mut policy = Policy::clone(&self.policy);
        policy.roots.extend(overrides.roots.iter().cloned());
        policy.allow.extend(overrides.allow.iter().copied());
        policy.timeout = overrides.timeout.unwrap_or(policy.timeout);
        let client = Self::build(
            policy,
            Trust::Authorities,
            proxy.transpose()?.as_ref(),
            self.mounts.clone(),
            self.clock.clone(),
        );
        Ok(Self {
            overrides: Some(Arc::new(overrides.clone())),
            ..client
        })
    }

    /// What was set on top of the policy ([`Egress::with`]).
    #[must_use]
    pub fn overrides(&self) -> Option<&Overrides> {
        self.overrides.as_deref()
    }

    /// How long a request may take that sets no bound of its own.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.policy.timeout
    }

    /// The host of the proxy that is gone through.
    fn via(&self) -> Option<String> {
        self.overrides()?.proxy.as_ref().map(host)
    }

    /// A client for addresses that strangers name: the keys and documents of clients that register
    /// themselves. It has this one's bounds and authorities, but neither the networks that the operator
    /// allowed for himself nor the services mounted so far; `allow` names networks where such addresses
    /// may lie although they are not public.
    #[must_use]
    pub fn for_strangers(&self, allow: Vec<IpNet>) -> Self {
        let policy = Policy {
            allow,
            ..Policy::clone(&self.policy)
        };
        Self::build(
            policy,
            Trust::Authorities,
            None,
            Arc::default(),
            self.clock.clone(),
        )
    }

    /// This client, but taking whatever certificate a server shows: for one provider, where an
    /// administrator asked for it. Addresses are guarded and mounted services shared as before.
    #[must_use]
    pub fn without_verification(&self) -> Self {
        Self::build(
            Policy::clone(&self.policy),
            Trust::Anyone,
            None,
            self.mounts.clone(),
            self.clock.clone(),
        )
    }

    fn build(
        policy: Policy,
        trust: Trust,
        proxy: Option<&reqwest::Proxy>,
        mounts: Arc<Mounts>,
        clock: Clock,
    ) -> Self {
        let policy = Arc::new(policy);
        let mut tls = tls::config(&policy.roots, trust);
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let client = |streams: bool| {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that makes an HTTP client"
            )]
            let mut builder = reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(Arc::new(Guarded(policy.clone())))
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(policy.connect_timeout)
                .user_agent(policy.user_agent.as_str())
                .pool_idle_timeout(Duration::from_secs(30))
                .no_proxy();
            if streams {
                builder = builder.read_timeout(STREAM_IDLE);
            }
            if let Some(proxy) = proxy {
                builder = builder.proxy(proxy.clone());
            }
            // Only a TLS configuration of the wrong type could fail here, and ours has the right one.
            builder.build().expect("an HTTP client can be made")
        };
        Self {
            http: client(false),
            streams: client(true),
            policy,
            mounts,
            clock,
            overrides: None,
        }
    }

    /// Answers `origin`, such as `http://127.0.0.1:8005`, with a service of this process from now
    /// on, for every copy of this client. Several origins may be answered by one service.
    pub fn mount(&self, origin: &str, service: &Router) {
        self.mounts.add(origin, service);
    }

    /// The clock that cached documents are aged by.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Sends a request and waits for the whole answer. An idempotent one is sent again when no
    /// connection came about, or when the server asks to come back within two seconds.
    ///
    /// # Errors
    /// Why no answer came, in one sentence.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let url = request.check()?;
        let host = host(url);
        let bound = request.timeout.unwrap_or(self.policy.timeout);
        let deadline = Instant::now() + bound;
        let tried = self.send_with_retries(&request, url, &host, deadline);
        timeout_at(deadline, tried)
            .await
            .unwrap_or_else(|_| Err(Error::timed_out(&host, bound)))
    }

    async fn send_with_retries(
        &self,
        request: &Request,
        url: &Url,
        host: &str,
        deadline: Instant,
    ) -> Result<Response, Error> {
        let limit = request.max_bytes.unwrap_or(self.policy.max_response_bytes);
        let mut tries = 0;
        loop {
            let outcome = self.send_once(request, url, host, limit).await;
            let wait = match &outcome {
                Err(error) if error.kind == ErrorKind::Connect => {
                    Some(Duration::from_millis(50 << tries))
                }
                Ok(response) => asked_to_wait(response, self.clock.now()),
                Err(_) => None,
            };
            // An answer that is known beats a wait that the time-out would cut off.
            let worthwhile = |wait: &Duration| {
                request.idempotent
                    && tries < RETRIES
                    && *wait <= LONGEST_WAIT
                    && Instant::now() + *wait < deadline
            };
            match wait.filter(worthwhile) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return outcome,
            }
            tries += 1;
        }
    }

    async fn send_once(
        &self,
        request: &Request,
        url: &Url,
        host: &str,
        limit: usize,
    ) -> Result<Response, Error> {
        if let Some(service) = self.mounts.find(url) {
            let (parts, body) = mount::call(service, request, url).await?.into_parts();
            let body = body.into_data_stream().map_err(|_| broken(host));
            return Ok(Response {
                status: parts.status,
                headers: parts.headers,
                body: collect(body, host, limit).await?,
            });
        }
        self.admit(url, host)?;
        let bound = request.timeout.unwrap_or(self.policy.timeout);
        let answer = self
            .http
            .execute(outgoing(request, url))
            .await
            .map_err(|e| Error::of_client(&e, host, self.via().as_deref(), bound))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer
            .bytes_stream()
            .map_err(|e| Error::of_client(&e, host, None, bound));
        Ok(Response {
            status,
            headers,
            body: collect(body, host, limit).await?,
        })
    }

    /// Sends a request whose answer comes piece by piece: it may take for ever, but not be silent
    /// for more than a minute.
    ///
    /// # Errors
    /// Why no answer came, in one sentence.
    pub async fn send_streaming(&self, request: Request) -> Result<StreamingResponse, Error> {
        let url = request.check()?;
        let host = host(url);
        if let Some(service) = self.mounts.find(url) {
            let (parts, body) = mount::call(service, &request, url).await?.into_parts();
            let body = body.into_data_stream().map_err(move |_| broken(&host));
            return Ok(StreamingResponse {
                status: parts.status,
                headers: parts.headers,
                body: body.boxed(),
            });
        }
        self.admit(url, &host)?;
        let sent = self.streams.execute(outgoing(&request, url)).await;
        let answer =
            sent.map_err(|e| Error::of_client(&e, &host, self.via().as_deref(), STREAM_IDLE))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer
            .bytes_stream()
            .map_err(move |e| Error::of_client(&e, &host, None, STREAM_IDLE));
        Ok(StreamingResponse {
            status,
            headers,
            body: body.boxed(),
        })
    }

    /// A literal address never meets the resolver, so it is checked here.
    fn admit(&self, url: &Url, host: &str) -> Result<(), Error> {
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(_)) => return Ok(()),
            None => {
                return Err(Error::new(
                    ErrorKind::InvalidRequest,
                    "the address to call has no host",
                ));
            }
        };
        if self.policy.admits(literal) {
            Ok(())
        } else {
            Err(Error::refused(host))
        }
    }
}

fn outgoing(request: &Request, url: &Url) -> reqwest::Request {
    let mut outgoing = reqwest::Request::new(request.method.clone(), url.clone());
    *outgoing.headers_mut() = request.headers.clone();
    if !request.body.is_empty() {
        *outgoing.body_mut() = Some(request.body.clone().into());
    }
    outgoing
}

async fn collect(
    body: impl Stream<Item = Result<Bytes, Error>>,
    host: &str,
    limit: usize,
) -> Result<Bytes, Error> {
    let mut body = std::pin::pin!(body);
    let mut collected = BytesMut::new();
    while let Some(piece) = body.next().await {
        let piece = piece?;
        if collected.len() + piece.len() > limit {
            return Err(Error::too_large(host, limit));
        }
        collected.extend_from_slice(&piece);
    }
    Ok(collected.freeze())
}

/// How long the server asks to wait before the request is sent again (RFC 9110 §10.2.3).
fn asked_to_wait(response: &Response, now: Timestamp) -> Option<Duration> {
    let later = matches!(
        response.status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    let said = response.headers.get(RETRY_AFTER).filter(|_| later)?;
    retry_after(said.to_str().ok()?.trim(), now)
}

/// Seconds, or a date.
fn retry_after(said: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = said.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(said).ok()?;
    let since_epoch = date.duration_since(UNIX_EPOCH).ok()?;
    let date = Timestamp::from_millis(0) + since_epoch;
    Some(date.saturating_since(now))
}

fn broken(host: &str) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the connection to {host} broke before the answer was complete"),
    )
}

/// Host and port, for messages.
fn host(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use oauth::Timestamp;

    use super::retry_after;

    #[test]
    fn a_server_says_when_in_seconds_or_as_a_date() {
        let now = Timestamp::parse_rfc3339("1994-11-06T08:49:07Z").unwrap();
        let wait = |said| retry_after(said, now);
        assert_eq!(wait("120"), Some(Duration::from_secs(120)));
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(wait(date), Some(Duration::from_secs(30)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
    }
}
