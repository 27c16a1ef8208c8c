//! Secrets are replaced while a real gateway is called without a pause: no call is refused, and what is
//! retired is refused before the answer to that is given.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use egress::{Egress, Policy, Request};
use gateway::{Gateway, SessionKeys};
use oauth::{ClientSecret, Entropy, ShownOnce};
use portal::model::Application;
use portal::service::applications::{Effective, NewRegistration};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::administrator::{AUDIENCE, ISSUER};
use crate::world::World;

const HOUR: Duration = Duration::from_secs(3600);

/// Callers at a time, and calls after which they count as steady.
const CALLERS: usize = 4;
const MANY: u64 = 150;

/// A gateway that follows the world's portal, with an upstream behind it.
struct Plane<'a> {
    world: &'a World,
    gateway: Gateway,
    address: SocketAddr,
    egress: Egress,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

#[derive(Clone)]
struct Credentials {
    client_id: String,
    secret: ClientSecret,
}

impl<'a> Plane<'a> {
    async fn start(world: &'a World) -> Self {
        let mut tasks = JoinSet::new();
        let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let upstream = upstream.expect("an address");
        let url = format!("http://{}", upstream.local_addr().expect("one"));
        let router = Router::new().route("/", get(async || "sunny"));
        tasks.spawn(async move { axum::serve(upstream, router).await.expect("an upstream") });
        offer(world, &url).await;

        let gateway = Gateway::new(
            gateway::Settings {
                workers: Some(1),
                ..gateway::Settings::default()
            },
            world.administrator.egress.clone(),
            world.clock.clone(),
            Entropy::system(),
            SessionKeys::random(&Entropy::system()),
        );
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("an address");
        let address = listener.local_addr().expect("one");
        let stop = CancellationToken::new();
        let (serving, ends) = (gateway.clone(), stop.clone().cancelled_owned());
        tasks.spawn(async move {
            let served = serving.serve(listener, None, ends).await;
            served.expect("a gateway");
        });
        let publisher = world.portal.publisher().clone();
        let applied = gateway.clone();
        publisher.attach("gateway", move |update| {
            let outcome = applied.apply(&update).map_err(|error| error.to_string());
            async move { outcome }
        });
        publisher.publish().await.expect("a configuration");
        let ends = stop.clone();
        tasks.spawn(async move { publisher.run(ends).await });
        let policy = Policy {
            allow: vec!["127.0.0.0/8".parse().expect("a network")],
            ..Policy::default()
        };
        Self {
            gateway,
            address,
            egress: Egress::new(policy, oauth::Clock::system()),
            tasks,
            stop,
            world,
        }
    }

    /// What a surface does before it answers.
    async fn settled<T>(&self, effective: Effective<T>) -> T {
        if let Some(revision) = effective.revision {
            let lagging = self.world.portal.publisher().settle(revision).await;
            assert!(lagging.is_empty(), "{lagging:?}");
        }
        effective.value
    }

    fn request(&self) -> Request {
        Request::get(&format!("http://{}/weather", self.address))
    }

    async fn call(&self, who: &Credentials) -> u16 {
        let request = self.request().basic(&who.client_id, &who.secret);
        let answer = self.egress.send(request).await;
        answer.expect("an answer").status.as_u16()
    }

    async fn call_with(&self, token: &str) -> u16 {
        let request = self.request().bearer(&token.into());
        let answer = self.egress.send(request).await;
        answer.expect("an answer").status.as_u16()
    }

    async fn token(&self, who: &Credentials) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &who.client_id),
            ("client_secret", who.secret.expose_secret()),
            ("audience", AUDIENCE),
        ];
        let request = Request::post(&format!("{ISSUER}/oauth/token")).form(&form);
        let answer = self.world.administrator.egress.send(request).await;
        let answer: Value = answer.expect("an answer").json().expect("JSON");
        answer["access_token"].as_str().expect("one").to_owned()
    }

    async fn rotate(&self, application: &Application, overlap: Duration) -> Credentials {
        let applications = self.world.portal.applications();
        let ctx = self.world.ctx();
        let rotated = applications.rotate(&ctx, application, overlap).await;
        let rotated = self.settled(rotated.expect("a rotation")).await;
        Credentials {
            client_id: rotated.client_id,
            secret: rotated.client_secret.reveal(),
        }
    }

    async fn again(&self, application: &Application) -> Application {
        let found = self.world.portal.applications().get(application.id, None);
        found.await.expect("the application")
    }

    async fn end(mut self) {
        self.stop.cancel();
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// An API behind the gateway, offered in the portal.
async fn offer(world: &World, upstream: &str) {
    let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    let create = async |path: &str, body: Value| id(&world.platform("POST", path, &body).await);
    let planes = world
        .platform("GET", "/v2/control-planes", &Value::Null)
        .await;
    let plane = planes["data"][0]["id"].as_str().expect("a control plane");
    let entities = format!("/v2/control-planes/{plane}/core-entities");
    let service = json!({ "name": "weather", "url": upstream });
    let service = create(&format!("{entities}/services"), service).await;
    let route = json!({ "paths": ["/weather"], "service": { "id": service } });
    create(&format!("{entities}/routes"), route).await;
    let product = create("/v2/api-products", json!({ "name": "Weather" })).await;
    let product = format!("/v2/api-products/{product}");
    let version = json!({
        "name": "v1", "gateway_service": { "control_plane_id": plane, "id": service },
    });
    let version = create(&format!("{product}/product-versions"), version).await;
    let portals = json!({ "portal_ids": [world.portal_id] });
    world.platform("PATCH", &product, &portals).await;
    let publication = json!({
        "product_version_id": version, "publish_status": "published",
        "auth_strategy_ids": [world.strategy_id], "application_registration_enabled": true,
        "auto_approve_registration": true, "deprecated": false,
    });
    let path = format!("/v2/portals/{}/product-versions", world.portal_id);
    world.platform("POST", &path, &publication).await;
    *world.version_id.lock().expect("no panic") = Some(version.parse().expect("an id"));
}

/// Calls without a pause, until it is stopped.
struct Load {
    calls: watch::Receiver<u64>,
    refused: Arc<AtomicU64>,
    stop: CancellationToken,
    callers: JoinSet<()>,
}

impl Load {
    fn start(plane: &Plane<'_>, who: &Credentials) -> Self {
        let (count, calls) = watch::channel(0);
        let (refused, stop) = (Arc::new(AtomicU64::new(0)), CancellationToken::new());
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (count, refused, stop) = (count.clone(), Arc::clone(&refused), stop.clone());
            let (egress, url) = (
                plane.egress.clone(),
                format!("http://{}/weather", plane.address),
            );
            let who = who.clone();
            callers.spawn(async move {
                while !stop.is_cancelled() {
                    let request = Request::get(&url).basic(&who.client_id, &who.secret);
                    let answer = egress.send(request).await;
                    if !answer.is_ok_and(|answer| answer.status == 200) {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                    count.send_modify(|count| *count += 1);
                }
            });
        }
        Self {
            calls,
            refused,
            stop,
            callers,
        }
    }

    /// Until there were many more calls.
    async fn steady(&mut self) {
        let from = *self.calls.borrow();
        let more = self.calls.wait_for(|calls| *calls >= from + MANY);
        let waited = tokio::time::timeout(Duration::from_secs(60), more).await;
        waited.expect("calls go on").expect("callers live");
    }

    async fn stop(mut self) -> u64 {
        self.stop.cancel();
        while self.callers.join_next().await.is_some() {}
        self.refused.load(Ordering::Relaxed)
    }
}

/// An application that may call, and its first secret.
async fn registered(plane: &Plane<'_>) -> (Application, Credentials) {
    let world = plane.world;
    let created = world.create("loaded").await.expect("an application");
    let created = plane.settled(created).await;
    let credentials = Credentials {
        client_id: created.application.client_id.clone().expect("a client"),
        secret: created.client_secret.map(ShownOnce::reveal).expect("once"),
    };
    let version = world.version_id.lock().expect("no panic").expect("one");
    let new = NewRegistration {
        product_version_id: version,
        scopes: Vec::new(),
        status: None,
    };
    let applications = world.portal.applications();
    let ctx = world.ctx();
    let registered = applications.register(&ctx, &created.application, new).await;
    plane.settled(registered.expect("a registration")).await;
    (created.application, credentials)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_rotated_under_load_without_a_refused_call_and_the_old_one_ends_at_once() {
    for world in World::everywhere().await {
        let plane = Plane::start(&world).await;
        let (application, old) = registered(&plane).await;
        let mut before = Load::start(&plane, &old);
        before.steady().await;

        let new = plane.rotate(&application, HOUR).await;
        assert_ne!(new.client_id, old.client_id, "{}", world.name);
        let mut after = Load::start(&plane, &new);
        after.steady().await;
        before.steady().await;
        let bearer = plane.token(&old).await;
        assert_eq!(plane.call_with(&bearer).await, 200, "{}", world.name);
        assert_eq!(before.stop().await, 0, "{}: the old secret", world.name);

        let untold = plane.gateway.untold_uses();
        let noted = world.portal.publisher().note_uses(untold.uses()).await;
        noted.expect("uses are written");
        let now = plane.again(&application).await;
        let applications = world.portal.applications();
        let held = applications.credentials(&now, true).await.expect("both");
        assert!(held.iter().all(|held| held.last_used_at.is_some()));
        assert_eq!(held[1].safe_to_retire, Some(false), "{}", world.name);

        let ctx = world.ctx();
        let retired = applications.retire(&ctx, &now, &old.client_id).await;
        plane.settled(retired.expect("an end")).await;
        assert_eq!(plane.call(&old).await, 401, "{}: retired", world.name);
        assert_eq!(plane.call_with(&bearer).await, 401, "{}", world.name);
        after.steady().await;
        assert_eq!(after.stop().await, 0, "{}: the new secret", world.name);
        plane.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_is_rotated_under_load_without_a_refused_call() {
    for world in World::everywhere().await {
        let plane = Plane::start(&world).await;
        let (application, old) = registered(&plane).await;
        for n in 0..5 {
            let idle = world.create(&format!("idle-{n}")).await;
            plane.settled(idle.expect("one more")).await;
        }
        let mut before = Load::start(&plane, &old);
        before.steady().await;

        let path = format!("/v2/dcr-providers/{}/rotations", world.provider_id);
        let begun = json!({ "overlap": 3600 });
        let begun = world.platform("POST", &path, &begun).await;
        assert_eq!(
            (&begun["applications"], &begun["waiting"]),
            (&json!(6), &json!(6))
        );
        let one = format!("{path}/{}", begun["id"].as_str().expect("an id"));
        let read = async || world.platform("GET", &one, &Value::Null).await;
        world.portal.applications().reconcile_due().await;
        let rotated = read().await;
        assert_eq!(rotated["status"], "finished", "{}: {rotated}", world.name);
        assert_eq!(
            (&rotated["begun"], &rotated["failed"]),
            (&json!(6), &json!(0))
        );
        assert_eq!(rotated["uncollected"], 6, "{}", world.name);
        before.steady().await;

        // The developer asks for the secret, and the old one works on all the same.
        let now = plane.again(&application).await;
        let new = plane.rotate(&now, Duration::ZERO).await;
        assert_eq!(read().await["uncollected"], 5, "{}", world.name);
        let mut after = Load::start(&plane, &new);
        after.steady().await;
        before.steady().await;
        assert_eq!(before.stop().await, 0, "{}: the old secret", world.name);

        world.clock.advance(HOUR);
        world.portal.applications().reconcile_due().await;
        let revision = world.portal.db().feed().revision().await.expect("one");
        assert!(world.portal.publisher().settle(revision).await.is_empty());
        assert_eq!(
            plane.call(&old).await,
            401,
            "{}: its time is over",
            world.name
        );
        after.steady().await;
        assert_eq!(after.stop().await, 0, "{}: the new secret", world.name);
        assert_eq!(world.clients().await.len(), 6, "{}", world.name);
        plane.end().await;
    }
}
