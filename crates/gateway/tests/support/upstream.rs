//! An upstream that says what reached it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use futures_util::stream;
use http::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use http::{HeaderMap, Method, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    requests: Mutex<Vec<String>>,
    events: Mutex<Option<mpsc::UnboundedSender<String>>>,
}

impl Upstream {
    pub(crate) async fn start(tasks: &mut JoinSet<()>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            inner: Arc::default(),
        };
        let router = Router::new()
            .route("/events", get(events))
            .route("/silent", any(std::future::pending::<StatusCode>))
            .route("/mirror", post(|body: Body| async { Response::new(body) }))
            .route("/socket", get(socket))
            .route("/hops", get(hops))
            .fallback(echo)
            .with_state(upstream.clone());
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        upstream
    }

    /// Method and target of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.inner.requests.lock().unwrap().clone()
    }

    /// Sends an event to whoever reads `/events`; without one, ends the stream.
    pub(crate) fn event(&self, event: Option<&str>) {
        let mut events = self.inner.events.lock().unwrap();
        match event {
            Some(event) => {
                let sender = events.as_ref().unwrap();
                sender.send(format!("data: {event}\n\n")).unwrap();
            }
            None => *events = None,
        }
    }
}

async fn echo(
    State(upstream): State<Upstream>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Json<Value> {
    let request = format!("{method} {uri}");
    upstream.inner.requests.lock().unwrap().push(request);
    let headers: Map<String, Value> = headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), Value::from(value))
        })
        .collect();
    Json(json!({
        "method": method.as_str(),
        "target": uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    }))
}

async fn events(State(upstream): State<Upstream>) -> Response {
    let (sender, receiver) = mpsc::unbounded_channel();
    *upstream.inner.events.lock().unwrap() = Some(sender);
    let stream = stream::unfold(receiver, |mut receiver| async {
        let event: String = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), receiver))
    });
    (
        [(CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(stream),
    )
        .into_response()
}

/// Headers of one hop, which no proxy may pass on.
async fn hops() -> impl IntoResponse {
    [
        ("connection", "x-private"),
        ("x-private", "1"),
        ("keep-alive", "timeout=5"),
        ("x-public", "1"),
    ]
}

/// Speaks "echo" after the upgrade.
async fn socket(mut request: Request) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    #[expect(clippy::disallowed_methods, reason = "ends with its connection")]
    tokio::spawn(async move {
        let mut stream = TokioIo::new(upgrade.await.unwrap());
        let mut buffer = [0; 64];
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            stream.write_all(&buffer[..length]).await.unwrap();
        }
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "upgrade")
        .header(UPGRADE, "echo")
        .body(Body::empty())
        .unwrap()
}
