//! How a gateway in another process follows: one long answer of updates, and acknowledgements.

use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use gateway::config::{Update, Use};
use gateway::traffic::Report;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use storage::Error;
use tokio::sync::watch;

use super::change::update;
use super::publisher::line;
use super::{NodeState, Publisher, compile};

/// Most changes turned into one update for a node that comes back.
const CATCH_UP: u32 = 5000;
/// As much of a version as is kept, in characters.
const VERSION: usize = 40;

/// Routes below `/v1/gateway`. Whoever mounts them asks for a platform token first.
pub fn router<S: Clone + Send + Sync + 'static>(publisher: Publisher) -> Router<S> {
    Router::new()
        .route("/v1/gateway/stream", get(follow))
        .route("/v1/gateway/acks", post(acknowledge))
        .route("/v1/gateway/nodes", get(list))
        .route("/v1/gateway/uses", post(note_uses))
        .route("/v1/gateway/traffic", post(note_traffic))
        .with_state(publisher)
}

#[derive(Deserialize)]
struct Follow {
    node: String,
    /// What the node has; absent or negative for nothing.
    revision: Option<i64>,
    /// The version of its program, for people.
    #[serde(default)]
    version: String,
    /// `configuration` if it understands updates that leave applications out. Older ones do not.
    #[serde(default)]
    updates: String,
}

#[derive(Deserialize)]
struct Acknowledgement {
    node: String,
    revision: i64,
}

#[derive(Deserialize)]
struct Uses {
    node: String,
    uses: Vec<Use>,
}

#[derive(Deserialize)]
struct Traffic {
    node: String,
    report: Report,
}

#[derive(Serialize)]
struct NodeList {
    data: Vec<NodeState>,
    revision: i64,
}

async fn list(State(publisher): State<Publisher>) -> Json<NodeList> {
    Json(NodeList {
        data: publisher.nodes(),
        revision: publisher.revision(),
    })
}

async fn acknowledge(
    State(publisher): State<Publisher>,
    Json(ack): Json<Acknowledgement>,
) -> Response {
    if !is_name(&ack.node) {
        return bad_name();
    }
    publisher.0.nodes.acknowledge(&ack.node, ack.revision);
    StatusCode::NO_CONTENT.into_response()
}

/// When credentials were last used at a node.
async fn note_uses(State(publisher): State<Publisher>, Json(told): Json<Uses>) -> Response {
    if !is_name(&told.node) {
        return bad_name();
    }
    noted(&told.node, publisher.note_uses(&told.uses).await)
}

/// What passed at a node.
async fn note_traffic(State(publisher): State<Publisher>, Json(told): Json<Traffic>) -> Response {
    if !is_name(&told.node) {
        return bad_name();
    }
    let noting = publisher.note_traffic(&told.node, &told.report).await;
    noted(&told.node, noting)
}

fn noted(node: &str, noting: Result<(), Error>) -> Response {
    match noting {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            // The node tells it again.
            tracing::warn!(node, %error, "what a gateway tells cannot be written");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Newline-delimited JSON of [`Update`]s; an empty line now and then says that the stream is alive.
async fn follow(State(publisher): State<Publisher>, Query(from): Query<Follow>) -> Response {
    if !is_name(&from.node) {
        return bad_name();
    }
    let newest = publisher.revision();
    // A node ahead of us followed another database, or an older copy of this one was restored.
    let at = from
        .revision
        .filter(|at| newest < 0 || *at <= newest)
        .unwrap_or(-1);
    let version: String = from.version.chars().take(VERSION).collect();
    publisher.0.nodes.connect(&from.node, &version, at);
    let published = publisher.0.published.subscribe();
    let stream = Stream {
        heartbeat: publisher.0.settings.heartbeat,
        connection: Connection {
            publisher,
            node: from.node,
        },
        published,
        at,
        understands_configuration: from.updates == "configuration",
    };
    let lines = futures_util::stream::unfold(stream, |mut stream| async {
        let line = stream.next().await?;
        Some((Ok::<Bytes, Error>(line), stream))
    });
    let mut response = Body::from_stream(lines).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy in between would keep lines back until it has enough.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Counts a node as connected for as long as it lives.
struct Connection {
    publisher: Publisher,
    node: String,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.publisher.0.nodes.disconnect(&self.node);
    }
}

struct Stream {
    connection: Connection,
    published: watch::Receiver<i64>,
    heartbeat: Duration,
    /// The revision that the node has after the last line.
    at: i64,
    /// See [`Update::Configuration`].
    understands_configuration: bool,
}

impl Stream {
    /// The next line: as soon as there is something to say, else when it is time for a heartbeat.
    async fn next(&mut self) -> Option<Bytes> {
        let at = self.at;
        let more = self
            .published
            .wait_for(|newest| *newest > at || at < 0 && *newest >= 0);
        match tokio::time::timeout(self.heartbeat, more).await {
            Err(_) => return Some(Bytes::from_static(b"\n")),
            Ok(Err(_)) => return None,
            Ok(Ok(_)) => {}
        }
        let recent = (at >= 0).then(|| self.connection.publisher.0.recent.after(at));
        let recent = recent.flatten();
        let recent =
            recent.filter(|line| line.applications_alone || self.understands_configuration);
        if let Some(line) = recent {
            self.at = line.to;
            return Some(line.text);
        }
        match self.catch_up().await {
            Ok(update) => {
                self.at = update.revision();
                Some(line(&update))
            }
            Err(error) => {
                // The node connects again and finds the same state, or a better one.
                tracing::warn!(node = self.connection.node, %error, "a gateway could not be brought up to date");
                None
            }
        }
    }

    /// What a node needs that the latest lines do not continue.
    async fn catch_up(&self) -> Result<Update, Error> {
        let db = &self.connection.publisher.0.db;
        if self.at < 0 {
            return Ok(Update::Full(compile(db).await?));
        }
        match db.feed().changes_since(self.at, CATCH_UP).await {
            Ok(changes) if !changes.is_empty() => match update(db, self.at, &changes).await? {
                Update::Configuration { .. } if !self.understands_configuration => {
                    Ok(Update::Full(compile(db).await?))
                }
                update => Ok(update),
            },
            // Nothing follows what the node claims to have: it is not of this database.
            Ok(_) | Err(Error::Pruned { .. }) => Ok(Update::Full(compile(db).await?)),
            Err(error) => Err(error),
        }
    }
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '@');
    !name.is_empty() && name.len() <= 128 && name.chars().all(plain)
}

fn bad_name() -> Response {
    let text = "the parameter \"node\" must be 1 to 128 letters, digits or any of . - _ : @";
    let body = serde_json::json!({ "status": 400, "title": "Invalid Request", "detail": text,
        "instance": "kong:trace:0" });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::BAD_REQUEST, kind, body.to_string()).into_response()
}
