//! Another protocol on the same connection: websockets and their like.

use std::rc::Rc;

use bytes::Bytes;
use http::Response;
use http::header::{CONNECTION, HeaderValue, UPGRADE};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;

use super::body::Body;
use super::forward::Answer;
use super::headers;
use super::serve::Worker;
use crate::rescue::{Reason, Refusal};

/// Answers 101 and carries bytes both ways until either side ends.
///
/// Bytes pass only after the upstream's own 101: until then the connection speaks HTTP, whatever
/// the caller sends ahead (as in CVE-2026-2833).
pub(crate) fn tunnel(
    worker: &Rc<Worker>,
    mut answer: Answer,
    callers_side: Option<OnUpgrade>,
) -> Result<Response<Body>, Refusal> {
    let Some(callers_side) = callers_side else {
        let detail = "the upstream switched protocols unasked";
        return Err(Refusal::new(Reason::UpstreamInvalid, detail));
    };
    let upstreams_side = hyper::upgrade::on(&mut answer.response);
    let lease = answer.lease;
    worker.tasks.spawn_local(async move {
        // The connection is spent; it never goes back to the pool.
        let _lease = lease;
        let (Ok(caller), Ok(upstream)) = tokio::join!(callers_side, upstreams_side) else {
            return;
        };
        let (mut caller, mut upstream) = (TokioIo::new(caller), TokioIo::new(upstream));
        // A side that breaks off ends the tunnel; there is nobody left to tell.
        let _ = tokio::io::copy_bidirectional(&mut caller, &mut upstream).await;
    });
    let protocol = answer.response.headers().get(UPGRADE).cloned();
    let (mut parts, _) = answer.response.into_parts();
    headers::end_hop(&mut parts.headers);
    let upgrade = HeaderValue::from_static("upgrade");
    parts.headers.insert(CONNECTION, upgrade);
    if let Some(protocol) = protocol {
        parts.headers.insert(UPGRADE, protocol);
    }
    Ok(Response::from_parts(parts, Body::full(Bytes::new())))
}
