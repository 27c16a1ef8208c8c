//! Webhooks of the audit: a log collector that checks every signature, is away for a while, and misses
//! nothing.

use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::GzDecoder;
use oauth::jose::{Algorithm, Jwk, VerifyingKey};
use serde_json::{Value, json};
use storage::outbox::Outbox;

use super::Platform;
use crate::Actor;
use crate::service::audit_log::{self, DELIVER_QUEUE, REPLAY_QUEUE};
use crate::store::audit::Entry;
use crate::store::audit_log::{Recorded, following};
use crate::store::listing::Listing;

const ENDPOINT: &str = "http://siem.example/audit";
const HEADER: &str = "Bearer k33p-me";

/// A log collector.
#[derive(Default)]
struct Collector {
    away: AtomicBool,
    lines: Mutex<Vec<String>>,
}

impl Collector {
    fn start(platform: &Platform) -> Arc<Self> {
        let collector = Arc::new(Self::default());
        let router = Router::new()
            .route("/audit", post(take))
            .with_state(collector.clone());
        platform
            .portal
            .egress()
            .mount("http://siem.example", &router);
        collector
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

async fn take(
    State(collector): State<Arc<Collector>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    assert_eq!(headers["authorization"], HEADER);
    assert_eq!(headers["content-type"], "text/plain");
    assert_eq!(headers["content-encoding"], "gzip");
    if collector.away.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "closed for the night");
    }
    let mut text = String::new();
    GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    let lines = text.lines().map(str::to_owned);
    collector.lines.lock().unwrap().extend(lines);
    (StatusCode::OK, "")
}

/// The line without its signature, which must hold.
fn verified(format: &str, key: &VerifyingKey, line: &str) -> String {
    let (text, signature) = if format == "cef" {
        let (text, signature) = line.rsplit_once(" sig=").unwrap();
        (text.to_owned(), signature)
    } else {
        let (text, signature) = line.rsplit_once(",\"sig\":\"").unwrap();
        (format!("{text}}}"), signature.strip_suffix("\"}").unwrap())
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert!(
        key.verify(Algorithm::EdDsa, text.as_bytes(), &signature),
        "{line}"
    );
    let forged = text.replacen("20", "21", 1);
    assert!(!key.verify(Algorithm::EdDsa, forged.as_bytes(), &signature));
    text
}

fn id_of(format: &str, text: &str) -> String {
    if format == "cef" {
        let (_, rest) = text.split_once(" id=").unwrap_or_else(|| panic!("{text}"));
        return rest.split(' ').next().unwrap().to_owned();
    }
    let entry: Value = serde_json::from_str(text).unwrap();
    let id = if format == "cps" {
        &entry["event.id"]
    } else {
        &entry["id"]
    };
    id.as_str().unwrap().to_owned()
}

async fn key(platform: &Platform) -> VerifyingKey {
    let path = "/v2/audit-log-webhook/jwks.json";
    let answer = platform.call_as(None, "GET", path, Value::Null).await;
    super::contract::check("GET", path, &answer);
    let jwk: Jwk = serde_json::from_value(answer.body["keys"][0].clone()).unwrap();
    assert_eq!(jwk.alg.as_deref(), Some("EdDSA"));
    VerifyingKey::from_jwk(&jwk).unwrap()
}

async fn run(platform: &Platform, queue: &str) {
    let portal = &platform.portal;
    let outbox = Outbox::new(
        portal.db().clone(),
        portal.clock().clone(),
        portal.entropy().clone(),
    );
    if queue == DELIVER_QUEUE {
        outbox
            .run_due(queue, &|job| audit_log::deliver(portal, job))
            .await;
    } else {
        outbox
            .run_due(queue, &|job| audit_log::replay(portal, job))
            .await;
    }
}

async fn write(platform: &Platform, entries: usize) {
    let portal = &platform.portal;
    let ctx = portal.ctx(Actor::System, "test");
    let mut tx = portal.db().begin().await.unwrap();
    for at in 0..entries {
        let entry = Entry::new("create", "document", at).with(json!({ "name": "a=b|c\nd" }));
        portal.audit(&mut tx, &ctx, entry).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn all(platform: &Platform) -> Vec<Recorded> {
    let listing = Listing::all("t.occurred_at");
    following(platform.portal.db(), &listing, None)
        .await
        .unwrap()
}

async fn enabled(platform: &Platform, format: &str) {
    let body = json!({
        "endpoint": ENDPOINT, "authorization": HEADER, "enabled": true, "log_format": format,
    });
    let answer = platform.call("PATCH", "/v2/audit-log-webhook", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(!answer.body.to_string().contains("k33p"));
}

#[tokio::test]
async fn a_collector_that_was_away_gets_every_entry_signed_and_in_order() {
    for format in ["cef", "json", "cps"] {
        for platform in Platform::everywhere().await {
            let collector = Collector::start(&platform);
            let before = all(&platform).await.len();
            enabled(&platform, format).await;
            write(&platform, 3).await;
            run(&platform, DELIVER_QUEUE).await;
            assert_eq!(collector.lines().len(), 4, "{}", platform.name());

            collector.away.store(true, Ordering::Relaxed);
            for _ in 0..5 {
                write(&platform, 101).await;
                platform.clock.advance(Duration::from_secs(20));
                run(&platform, DELIVER_QUEUE).await;
            }
            let status = platform.get("/v2/audit-log-webhook/status").await.body;
            assert_eq!(status["webhook_status"], "inactive");
            assert_eq!(status["webhook_enabled"], true);
            assert_eq!(status["last_response_code"], 503);
            assert_eq!(status["last_response_message"], "closed for the night");
            assert_eq!(collector.lines().len(), 4);

            collector.away.store(false, Ordering::Relaxed);
            platform.clock.advance(Duration::from_secs(300));
            run(&platform, DELIVER_QUEUE).await;
            let status = platform.get("/v2/audit-log-webhook/status").await.body;
            assert_eq!(status["webhook_status"], "active");

            let key = key(&platform).await;
            let got = collector.lines();
            let got = got
                .iter()
                .map(|line| id_of(format, &verified(format, &key, line)));
            let wanted = all(&platform).await;
            let wanted = wanted.iter().skip(before).map(|entry| entry.id.clone());
            assert_eq!(got.collect::<Vec<_>>(), wanted.collect::<Vec<_>>());

            platform.clock.advance(Duration::from_secs(10));
            run(&platform, DELIVER_QUEUE).await;
            assert_eq!(collector.lines().len(), 4 + 505, "nothing is sent twice");
        }
    }
}

#[tokio::test]
async fn a_range_of_time_is_sent_once_more() {
    for platform in Platform::everywhere().await {
        let replay = "/v2/audit-log-replay-job";
        assert_eq!(platform.get(replay).await.body["status"], "unconfigured");
        let collector = Collector::start(&platform);
        enabled(&platform, "json").await;
        write(&platform, 5).await;
        platform.clock.advance(Duration::from_secs(3600));
        let begin = platform.clock.now().to_rfc3339();
        write(&platform, 450).await;
        run(&platform, DELIVER_QUEUE).await;
        assert_eq!(collector.lines().len(), 456);

        collector.away.store(true, Ordering::Relaxed);
        let range = json!({ "start_at": begin, "end_at": platform.clock.now().to_rfc3339() });
        let asked = platform.call("PUT", replay, range.clone()).await;
        assert_eq!(asked.status, 202, "{}", asked.body);
        assert_eq!(asked.body["status"], "accepted");
        let again = platform.call("PUT", replay, range.clone()).await;
        assert_eq!(again.status, 409);
        run(&platform, REPLAY_QUEUE).await;
        assert_eq!(platform.get(replay).await.body["status"], "accepted");

        collector.away.store(false, Ordering::Relaxed);
        platform.clock.advance(Duration::from_secs(900));
        run(&platform, REPLAY_QUEUE).await;
        assert_eq!(platform.get(replay).await.body["status"], "completed");
        // Those of the range, and the one that tells of the replay, which was of the same moment.
        let sent = &collector.lines()[456..];
        assert_eq!(sent.len(), 451);
        assert!(sent.last().unwrap().contains("\"action\":\"replay\""));

        platform.clock.advance(Duration::from_secs(8 * 24 * 3600));
        let refused = platform.call("PUT", replay, range).await;
        assert_eq!(refused.status, 400);
        assert_eq!(
            refused.violations(),
            ["start_at: invalid", "end_at: invalid"]
        );
    }
}

#[tokio::test]
async fn a_portal_sends_what_happens_in_it_to_a_destination_of_the_organisation() {
    for platform in Platform::everywhere().await {
        let collector = Collector::start(&platform);
        let (all, new) = ("/v2/audit-log-destinations", "/v2/portals");
        let body = json!({
            "name": "SIEM", "endpoint": ENDPOINT, "authorization": HEADER, "log_format": "json",
        });
        let destination = platform.post(all, body.clone()).await.id();
        let other = platform.post(all, body).await.id();
        let page = platform
            .get(&format!("{all}?page[size]=1&filter[name]=SIEM"))
            .await
            .body;
        assert_eq!(page["data"][0]["id"], destination.as_str());
        let next = page["meta"]["next"].as_str().unwrap();
        let page = platform.get(next).await.body;
        assert_eq!(page["data"][0]["id"], other.as_str());
        assert_eq!(page["meta"]["next"], Value::Null);
        let previous = page["meta"]["previous"].as_str().unwrap();
        assert_eq!(
            platform.get(previous).await.body["data"][0]["id"],
            destination.as_str()
        );
        let one = format!("{all}/{destination}");
        let changed = platform
            .call("PATCH", &one, json!({ "name": "Splunk" }))
            .await;
        assert_eq!(changed.body["name"], "Splunk");

        let own = platform.post(new, json!({ "name": "own" })).await.id();
        let webhook = format!("{new}/{own}/audit-log-webhook");
        let blank = platform
            .call("PATCH", &webhook, json!({ "enabled": true }))
            .await;
        assert_eq!(blank.violations(), ["audit_log_destination_id: required"]);
        let body = json!({ "enabled": true, "audit_log_destination_id": destination });
        let set = platform.call("PATCH", &webhook, body.clone()).await;
        assert_eq!(set.body, body);
        let used = platform.call("DELETE", &one, Value::Null).await;
        assert_eq!(used.status, 409);

        platform.post(new, json!({ "name": "other" })).await.id();
        let path = format!("{new}/{own}");
        platform
            .call("PATCH", &path, json!({ "description": "d" }))
            .await;
        run(&platform, DELIVER_QUEUE).await;
        let lines = collector.lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().all(|line| line.contains(&own)));
        let change: Value = serde_json::from_str(&lines[1]).unwrap();
        assert_eq!(change["name"], "Authz.portal");
        let changes = &change["detail"]["changes"];
        assert_eq!(changes["description"], json!({ "after": "d" }));

        let gone = platform.call("DELETE", &webhook, Value::Null).await;
        assert_eq!(gone.status, 204);
        assert_eq!(
            platform.get(&webhook).await.body,
            json!({ "enabled": false })
        );
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        let status = platform.get(&format!("{webhook}/status")).await;
        assert_eq!(status.body["webhook_enabled"], false);
        let replay = platform
            .get(&format!("{new}/{own}/audit-log-replay-job"))
            .await;
        assert_eq!(replay.body["status"], "unconfigured");
    }
}

#[tokio::test]
async fn a_private_address_is_refused_and_the_status_says_why() {
    let platform = Platform::start().await;
    let body = json!({ "endpoint": "http://127.0.0.1:9/", "enabled": true });
    let answer = platform.call("PATCH", "/v2/audit-log-webhook", body).await;
    assert_eq!(answer.status, 200);
    run(&platform, DELIVER_QUEUE).await;
    let status = platform.get("/v2/audit-log-webhook/status").await.body;
    assert_eq!(status["webhook_status"], "inactive");
    let said = status["last_response_message"].as_str().unwrap();
    assert!(said.contains("private or local address"), "{said}");
    assert!(status["last_response_code"].is_null());
}

#[tokio::test]
async fn a_webhook_without_an_endpoint_and_a_header_that_is_none_are_refused() {
    let platform = Platform::start().await;
    let path = "/v2/audit-log-webhook";
    let blank = platform
        .call("PATCH", path, json!({ "enabled": true }))
        .await;
    assert_eq!(blank.violations(), ["endpoint: required"]);
    for (field, value) in [
        ("endpoint", "siem"),
        ("authorization", " "),
        ("log_format", "xml"),
    ] {
        let body = json!({ "endpoint": ENDPOINT, field: value });
        let refused = platform.call("PATCH", path, body).await;
        assert_eq!(refused.status, 400, "{field}");
        assert_eq!(refused.body["invalid_parameters"][0]["field"], field);
    }
    assert_eq!(
        platform.get(path).await.body["updated_at"],
        "0001-01-01T00:00:00Z"
    );
}
