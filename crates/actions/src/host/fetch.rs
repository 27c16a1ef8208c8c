//! `fetch`, by egress alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Bytes as Shared, BytesMut};
use egress::{Egress, ErrorKind, Request};
use futures_util::StreamExt as _;
use http::header::{
    CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, LOCATION,
};
use http::{HeaderMap, Method, StatusCode};
use rquickjs::{Ctx, Exception, Function, Object, Result as JsResult, Value};
use url::Url;

use super::Host;
use crate::bytecode::{Bytes, buffer};
use crate::error::refused_address;

/// The whole answer to a request.
pub(crate) struct Answer {
    status: StatusCode,
    url: String,
    redirected: bool,
    headers: HeaderMap,
    body: Shared,
}

/// Why there is none.
pub(crate) struct Failure {
    code: &'static str,
    message: String,
}

struct Outgoing {
    method: Method,
    url: Url,
    headers: Vec<(String, String)>,
    body: Shared,
    redirect: String,
}

/// How often a request may be sent elsewhere (<https://fetch.spec.whatwg.org/#http-redirect-fetch>).
const REDIRECTS: usize = 20;

/// Headers that are the connection's own; a program cannot set them.
const OURS: [&str; 10] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

pub(super) fn natives<'js>(ctx: &Ctx<'js>, host: &Arc<Host>) -> JsResult<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    let sender = Arc::clone(host);
    let send = move |ctx: Ctx<'js>,
                     id: u32,
                     method: String,
                     url: String,
                     headers: Vec<String>,
                     body: Option<Bytes>,
                     redirect: String| {
        let body = body.map_or_else(Shared::new, |Bytes(body)| body.into());
        send(&ctx, &sender, id, &method, &url, headers, body, redirect)
    };
    natives.set("send", Function::new(ctx.clone(), send)?)?;
    let host = Arc::clone(host);
    let abort = move |id: u32| host.io.abort(id);
    natives.set("abort", Function::new(ctx.clone(), abort)?)?;
    Ok(natives)
}

#[expect(
    clippy::too_many_arguments,
    reason = "they are the arguments of a JavaScript function"
)]
fn send(
    ctx: &Ctx<'_>,
    host: &Host,
    id: u32,
    method: &str,
    url: &str,
    headers: Vec<String>,
    body: Shared,
    redirect: String,
) -> JsResult<()> {
    let limits = &host.limits;
    if host.io.open() >= limits.requests {
        let message = format!(
            "an action may have {} requests open at a time",
            limits.requests
        );
        return Err(Exception::throw_range(ctx, &message));
    }
    if body.len() > limits.response {
        let message = format!("a request may carry {} bytes", limits.response);
        return Err(Exception::throw_range(ctx, &message));
    }
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Exception::throw_type(ctx, "this is no method of HTTP"))?;
    let url = Url::parse(url).map_err(|_| Exception::throw_type(ctx, "this is no URL"))?;
    let (pairs, _) = headers.as_chunks::<2>();
    let headers = pairs
        .iter()
        .filter(|[name, _]| !OURS.contains(&name.as_str()))
        .map(|[name, value]| (name.clone(), value.clone()))
        .collect();
    let outgoing = Outgoing {
        method,
        url,
        headers,
        body,
        redirect,
    };
    let request = follow(
        host.egress.clone(),
        outgoing,
        limits.response,
        Arc::clone(&host.io.left),
    );
    if host.io.start(id, request) {
        Ok(())
    } else {
        Err(Exception::throw_message(
            ctx,
            "no request can be sent before the handler is called",
        ))
    }
}

/// Sends the request, and again where it is told to go elsewhere: each address meets egress anew.
async fn follow(
    egress: Egress,
    mut outgoing: Outgoing,
    largest: usize,
    left: Arc<AtomicUsize>,
) -> Result<Answer, Failure> {
    for redirects in 0..=REDIRECTS {
        let answer = once(&egress, &outgoing, largest, &left).await?;
        let place = answer
            .headers
            .get(LOCATION)
            .and_then(|place| place.to_str().ok());
        let moved = matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308);
        let (Some(place), true, false) = (place, moved, outgoing.redirect == "manual") else {
            return Ok(Answer {
                redirected: redirects > 0,
                ..answer
            });
        };
        if outgoing.redirect == "error" {
            return Err(failure("ERR_REDIRECT", "unexpected redirect"));
        }
        let next = outgoing.url.join(place);
        let next =
            next.map_err(|_| failure("ERR_INVALID_URL", "it redirects to what is no URL"))?;
        redirect(&mut outgoing, next, answer.status);
    }
    Err(failure("ERR_TOO_MANY_REDIRECTS", "redirect count exceeded"))
}

/// Changes the request as the standard says
/// (<https://fetch.spec.whatwg.org/#http-redirect-fetch>).
fn redirect(outgoing: &mut Outgoing, next: Url, status: StatusCode) {
    let post = outgoing.method == Method::POST;
    let bodiless = outgoing.method == Method::GET || outgoing.method == Method::HEAD;
    if matches!(status.as_u16(), 301 | 302) && post || status.as_u16() == 303 && !bodiless {
        outgoing.method = Method::GET;
        outgoing.body = Shared::new();
        let of_body = [
            CONTENT_ENCODING,
            CONTENT_LANGUAGE,
            CONTENT_LOCATION,
            CONTENT_TYPE,
            CONTENT_LENGTH,
        ];
        outgoing
            .headers
            .retain(|(name, _)| !of_body.iter().any(|header| header == name.as_str()));
    }
    if next.origin() != outgoing.url.origin() {
        let secret = ["authorization", "cookie", "proxy-authorization"];
        outgoing
            .headers
            .retain(|(name, _)| !secret.contains(&name.as_str()));
    }
    outgoing.url = next;
}

async fn once(
    egress: &Egress,
    outgoing: &Outgoing,
    largest: usize,
    left: &AtomicUsize,
) -> Result<Answer, Failure> {
    let mut request = Request::new(outgoing.method.clone(), outgoing.url.as_str())
        .header("accept", "*/*")
        .bytes(outgoing.body.clone());
    for (name, value) in &outgoing.headers {
        request = request.header(name, value);
    }
    // A stream is never sent twice; its time is the execution's, which drops it.
    let sent = egress.send_streaming(request).await;
    let mut answer = sent.map_err(|error| refused(&error, &outgoing.url))?;
    let mut body = BytesMut::new();
    while let Some(piece) = answer.body.next().await {
        let piece = piece.map_err(|error| refused(&error, &outgoing.url))?;
        let within = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(piece.len())
        });
        if body.len() + piece.len() > largest || within.is_err() {
            let host = outgoing.url.host_str().unwrap_or_default();
            let message = format!(
                "{host} answered with more than {largest} bytes, or all answers together with too many"
            );
            return Err(failure("ERR_RESPONSE_TOO_LARGE", &message));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer {
        status: answer.status,
        url: outgoing.url.to_string(),
        redirected: false,
        headers: answer.headers,
        body: body.freeze(),
    })
}

fn failure(code: &'static str, message: &str) -> Failure {
    Failure {
        code,
        message: message.to_owned(),
    }
}

/// Egress's reason, with the codes that packages look for.
fn refused(error: &egress::Error, url: &Url) -> Failure {
    let code = match error.kind {
        ErrorKind::InvalidRequest => "ERR_INVALID_URL",
        ErrorKind::Refused => {
            return failure("ERR_ADDRESS_REFUSED", &refused_address(url));
        }
        ErrorKind::Name => "ENOTFOUND",
        ErrorKind::Connect => "ECONNREFUSED",
        ErrorKind::Tls => "ERR_TLS_CERTIFICATE",
        ErrorKind::Timeout => "ETIMEDOUT",
        ErrorKind::TooLarge => "ERR_RESPONSE_TOO_LARGE",
        ErrorKind::Protocol => "ECONNRESET",
    };
    failure(code, &error.to_string())
}

impl Answer {
    /// What `fetch.js` makes a `Response` of.
    pub(crate) fn into_js<'js>(self, ctx: &Ctx<'js>) -> JsResult<Value<'js>> {
        let answer = Object::new(ctx.clone())?;
        answer.set("status", self.status.as_u16())?;
        answer.set(
            "statusText",
            self.status.canonical_reason().unwrap_or_default(),
        )?;
        answer.set("url", self.url)?;
        answer.set("redirected", self.redirected)?;
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            headers.push(name.as_str().to_owned());
            headers.push(
                value
                    .as_bytes()
                    .iter()
                    .map(|&byte| char::from(byte))
                    .collect(),
            );
        }
        answer.set("headers", headers)?;
        answer.set("body", buffer(ctx, &self.body)?)?;
        Ok(answer.into_value())
    }
}

impl Failure {
    /// What `fetch.js` makes a `TypeError` of.
    pub(crate) fn into_js<'js>(self, ctx: &Ctx<'js>) -> JsResult<Value<'js>> {
        let failure = Object::new(ctx.clone())?;
        failure.set("code", self.code)?;
        failure.set("message", self.message)?;
        Ok(failure.into_value())
    }
}
