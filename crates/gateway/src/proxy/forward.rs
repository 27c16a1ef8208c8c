//! Takes a request to its upstream and the answer back.

use std::rc::Rc;
use std::time::Duration;

use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::time::{Instant, sleep_until};

use super::body::{Body, FromUpstream, Progress, Stage, ToUpstream};
use super::headers;
use super::upstream::{ConnectError, Lease, Pool, Upstream};
use crate::rescue::{Reason, Refusal};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// An answer, and the connection that it came by.
pub(crate) struct Answer {
    pub(crate) response: Response<Incoming>,
    pub(crate) lease: Lease,
}

impl Answer {
    /// The answer as the caller gets it: streamed, without what was for this hop.
    pub(crate) fn into_response(mut self, upstream: &Upstream) -> Response<Body> {
        if let Some(keep_alive) = self.response.headers().get(KEEP_ALIVE) {
            self.lease.obey(keep_alive);
        }
        headers::end_hop(self.response.headers_mut());
        let lease = self.lease;
        let read_timeout = upstream.read_timeout();
        self.response
            .map(|body| Body::Upstream(Box::new(FromUpstream::new(body, lease, read_timeout))))
    }
}

/// Sends a request on an idle or a new connection.
///
/// It is tried again only if no byte of it can have reached the upstream: no connection could be
/// made (up to the service's `retries`), or a pooled connection turned out to be closed.
pub(crate) async fn forward(
    pool: &Rc<Pool>,
    upstream: &Upstream,
    mut request: Request<ToUpstream>,
    progress: Option<&Progress>,
    caller_timeout: Duration,
) -> Result<Answer, Refusal> {
    let mut failed_connects = 0;
    loop {
        let mut lease = match pool.idle(upstream) {
            Some(lease) => lease,
            None => match pool.connect(upstream).await {
                Ok(lease) => lease,
                Err(error) if failed_connects >= upstream.service.retries => {
                    return Err(unreachable(upstream, &error));
                }
                Err(_) => {
                    failed_connects += 1;
                    continue;
                }
            },
        };
        let Some(sender) = lease.sender() else {
            continue;
        };
        let sent = sender.try_send_request(request);
        match answered(sent, upstream, progress, caller_timeout).await? {
            Ok(response) => return accepted(response, lease, upstream),
            Err(mut error) => match error.take_message() {
                Some(unsent) if lease.reused => request = unsent,
                _ => return Err(broken(upstream, &error.into_error(), progress)),
            },
        }
    }
}

type Sent = Result<Response<Incoming>, TrySendError<Request<ToUpstream>>>;

/// Waits for the head of the answer, as long as whoever has the next move makes it in time.
async fn answered(
    sent: impl Future<Output = Sent>,
    upstream: &Upstream,
    progress: Option<&Progress>,
    caller_timeout: Duration,
) -> Result<Sent, Refusal> {
    let started = Instant::now();
    let turn = || {
        let (stage, since) = progress.map_or((Stage::Sent, started), Progress::now);
        match stage {
            Stage::AwaitingCaller => (since + caller_timeout, Reason::SlowRequest),
            Stage::AwaitingUpstream => (since + upstream.write_timeout(), Reason::UpstreamTimeout),
            Stage::Sent | Stage::TooLarge => {
                (since + upstream.read_timeout(), Reason::UpstreamTimeout)
            }
        }
    };
    let mut sent = std::pin::pin!(sent);
    let mut silence = std::pin::pin!(sleep_until(turn().0));
    loop {
        tokio::select! {
            biased;
            answer = &mut sent => return Ok(answer),
            () = &mut silence => {
                let (deadline, reason) = turn();
                if deadline > Instant::now() {
                    silence.as_mut().reset(deadline);
                } else {
                    return Err(timed_out(upstream, reason));
                }
            }
        }
    }
}

fn accepted(
    response: Response<Incoming>,
    lease: Lease,
    upstream: &Upstream,
) -> Result<Answer, Refusal> {
    let length = response.headers().get_all(http::header::CONTENT_LENGTH);
    if length.iter().nth(1).is_some() && length.iter().any(|l| Some(l) != length.iter().next()) {
        let detail = format!("{} sent differing lengths", name(upstream));
        return Err(Refusal::new(Reason::UpstreamInvalid, detail));
    }
    Ok(Answer { response, lease })
}

/// Whether the upstream may switch protocols: only if the caller asked for it.
pub(crate) fn check_switch(
    answer: &Answer,
    asked: Option<&HeaderValue>,
    upstream: &Upstream,
) -> Result<bool, Refusal> {
    let switches = answer.response.status() == StatusCode::SWITCHING_PROTOCOLS;
    if switches && asked.is_none() {
        let detail = format!("{} switched protocols unasked", name(upstream));
        return Err(Refusal::new(Reason::UpstreamInvalid, detail));
    }
    Ok(switches)
}

fn unreachable(upstream: &Upstream, error: &ConnectError) -> Refusal {
    let reason = match error {
        ConnectError::TimedOut(_) => Reason::UpstreamTimeout,
        ConnectError::Refused(_) | ConnectError::Handshake(_) => Reason::UpstreamUnreachable,
    };
    Refusal::new(
        reason,
        format!("cannot connect to {}: {error}", name(upstream)),
    )
}

fn broken(upstream: &Upstream, error: &hyper::Error, progress: Option<&Progress>) -> Refusal {
    if progress.is_some_and(|progress| progress.now().0 == Stage::TooLarge) {
        return Refusal::new(Reason::BodyTooLarge, "the body grew past the limit").closing();
    }
    let reason = if error.is_parse() {
        Reason::UpstreamInvalid
    } else {
        Reason::UpstreamUnreachable
    };
    Refusal::new(reason, format!("{} broke off: {error}", name(upstream)))
}

fn timed_out(upstream: &Upstream, reason: Reason) -> Refusal {
    match reason {
        Reason::SlowRequest => {
            Refusal::new(reason, "the caller stopped sending the body").closing()
        }
        _ => Refusal::new(reason, format!("{} took too long", name(upstream))),
    }
}

fn name(upstream: &Upstream) -> String {
    let service = &upstream.service;
    format!(
        "service {} at {}:{}",
        service.name.as_deref().unwrap_or(&service.id),
        service.host,
        service.port
    )
}
