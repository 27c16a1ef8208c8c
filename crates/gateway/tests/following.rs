//! A node that follows a control plane over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod support;

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use gateway::config::{Line, Update};
use gateway::sync::{SyncSettings, follow};
use gateway::{Gateway, SessionKeys, Settings};
use http::{HeaderMap, StatusCode};
use oauth::Entropy;
use serde_json::Value;
use support::{World, application, egress};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The control plane's side of the wire, as a script.
#[derive(Clone)]
struct ControlPlane {
    url: String,
    inner: Arc<Inner>,
}

struct Inner {
    /// What each new stream was asked from, and its sending end.
    streams: UnboundedSender<(i64, UnboundedSender<Line>)>,
    acks: watch::Sender<Vec<i64>>,
    refuse: Mutex<bool>,
}

type Streams = UnboundedReceiver<(i64, UnboundedSender<Line>)>;

impl ControlPlane {
    async fn start(tasks: &mut JoinSet<()>) -> (Self, Streams) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (streams, opened) = mpsc::unbounded_channel();
        let control_plane = Self {
            url: format!("http://{}/", listener.local_addr().unwrap()),
            inner: Arc::new(Inner {
                streams,
                acks: watch::Sender::default(),
                refuse: Mutex::default(),
            }),
        };
        let router = Router::new()
            .route("/v1/gateway/stream", get(streaming))
            .route("/v1/gateway/acks", post(acknowledged))
            .with_state(control_plane.clone());
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        (control_plane, opened)
    }

    async fn acknowledged(&self, revision: i64) {
        let mut acks = self.inner.acks.subscribe();
        acks.wait_for(|acks| acks.contains(&revision))
            .await
            .unwrap();
    }
}

async fn streaming(
    State(control_plane): State<ControlPlane>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Body, StatusCode> {
    if *control_plane.inner.refuse.lock().unwrap() {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(headers["authorization"], "Bearer spat_node");
    assert_eq!(asked["node"], "node-1");
    let (sender, receiver) = mpsc::unbounded_channel();
    let revision = asked["revision"].parse().unwrap();
    control_plane
        .inner
        .streams
        .send((revision, sender))
        .unwrap();
    let lines = stream::unfold(receiver, |mut receiver| async {
        let line: Line = receiver.recv().await?;
        let mut text = serde_json::to_vec(&line).unwrap();
        text.push(b'\n');
        Some((Ok::<_, Infallible>(text), receiver))
    });
    Ok(Body::from_stream(lines))
}

async fn acknowledged(State(control_plane): State<ControlPlane>, Json(ack): Json<Value>) {
    assert_eq!(ack["node"], "node-1");
    let revision = ack["revision"].as_i64().unwrap();
    let acks = &control_plane.inner.acks;
    acks.send_modify(|acks| acks.push(revision));
}

/// A gateway that follows, beside the world's own.
fn node(world: &mut World, control_plane: &ControlPlane, cache_file: PathBuf) -> Gateway {
    let entropy = Entropy::seeded(1);
    let keys = SessionKeys::random(&entropy);
    let egress = egress(&world.clock);
    let gateway = Gateway::new(
        Settings::default(),
        egress.clone(),
        world.clock.clone(),
        entropy,
        keys,
    );
    let settings = SyncSettings {
        control_plane_url: control_plane.url.clone(),
        token: "spat_node".into(),
        node_id: "node-1".into(),
        cache_file: Some(cache_file),
    };
    let following = gateway.clone();
    world
        .tasks
        .spawn(follow(following, settings, egress, std::future::pending()));
    gateway
}

fn change(from: i64, id: &str) -> Line {
    Line::Update(Update::Applications {
        from,
        revision: from + 1,
        changed: vec![application(id)],
        removed: Vec::new(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_obeys_acknowledges_and_remembers() {
    let mut world = World::start().await;
    let (control_plane, mut streams) = ControlPlane::start(&mut world.tasks).await;
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("gateway.ndjson");
    let first = node(&mut world, &control_plane, cache.clone());
    let (asked, stream) = streams.recv().await.unwrap();
    assert_eq!(asked, -1);
    let full = Line::Update(Update::Full(world.config.clone()));
    stream.send(full).unwrap();
    control_plane.acknowledged(1).await;
    assert_eq!((first.revision(), first.applications()), (1, 1));
    stream.send(Line::Heartbeat { revision: 1 }).unwrap();
    stream.send(change(1, "second")).unwrap();
    control_plane.acknowledged(2).await;
    assert_eq!((first.revision(), first.applications()), (2, 2));

    // The control plane goes away; a node that starts now serves what lies on disk, and asks from there.
    *control_plane.inner.refuse.lock().unwrap() = true;
    let second = node(&mut world, &control_plane, cache);
    while second.revision() != 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(second.applications(), 2);
    *control_plane.inner.refuse.lock().unwrap() = false;
    let (asked, _stream) = streams.recv().await.unwrap();
    assert_eq!(asked, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_missed_something_asks_for_everything() {
    let mut world = World::start().await;
    let (control_plane, mut streams) = ControlPlane::start(&mut world.tasks).await;
    let folder = tempfile::tempdir().unwrap();
    let gateway = node(&mut world, &control_plane, folder.path().join("cache"));
    let (_, stream) = streams.recv().await.unwrap();
    let full = Line::Update(Update::Full(world.config.clone()));
    stream.send(full.clone()).unwrap();
    control_plane.acknowledged(1).await;
    stream.send(change(5, "later")).unwrap();
    let (asked, stream) = streams.recv().await.unwrap();
    assert_eq!((asked, gateway.revision()), (-1, 1));
    // So does one that is told twice of a revision it never got.
    stream.send(full).unwrap();
    stream.send(Line::Heartbeat { revision: 9 }).unwrap();
    stream.send(Line::Heartbeat { revision: 9 }).unwrap();
    let (asked, _stream) = streams.recv().await.unwrap();
    assert_eq!(asked, -1);
}
