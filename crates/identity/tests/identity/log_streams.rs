//! The log, sent to a collector.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::any;
use http::{Method, StatusCode};
use identity::testing::run_jobs;
use serde_json::{Value, json};

use crate::support::{App, app, apps};

const ENDPOINT: &str = "https://collector.example/in";

/// What a collector got, and what it answers.
#[derive(Clone)]
struct Collector {
    calls: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: Arc<Mutex<u16>>,
}

impl Collector {
    fn of(app: &App) -> Self {
        let collector = Self {
            calls: Arc::default(),
            answer: Arc::new(Mutex::new(200)),
        };
        let take = async |State(collector): State<Self>, headers: HeaderMap, body: String| {
            collector.calls.lock().unwrap().push((headers, body));
            StatusCode::from_u16(*collector.answer.lock().unwrap()).unwrap()
        };
        let router = Router::new()
            .fallback(any(take))
            .with_state(collector.clone());
        app.egress.mount("https://collector.example", &router);
        collector
    }

    fn answers(&self, status: u16) {
        *self.answer.lock().unwrap() = status;
    }

    fn taken(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }
}

fn sink(more: Value) -> Value {
    let mut sink = json!({
        "httpEndpoint": ENDPOINT, "httpContentFormat": "JSONLINES",
        "httpContentType": "application/json", "httpAuthorization": "Bearer s3cret"
    });
    for (name, value) in more.as_object().unwrap() {
        sink[name] = value.clone();
    }
    sink
}

async fn create(app: &App, more: Value) -> Value {
    let mut body = json!({ "name": "siem", "type": "http", "sink": sink(json!({})) });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = app.call(Method::POST, "/log-streams", Some(body)).await;
    assert_eq!(made.status, 200, "{}", made.body);
    made.body
}

fn path(stream: &Value) -> String {
    format!("/log-streams/{}", stream["id"].as_str().unwrap())
}

/// Lets time pass, and everything happen that is due.
async fn pass(app: &App, seconds: u64) {
    app.advance(seconds);
    run_jobs(&app.tenant).await;
}

fn codes(body: &str) -> Vec<String> {
    let lines = body
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| line["data"]["type"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn entries_reach_the_collector_in_order_and_once() {
    for app in apps().await {
        let collector = Collector::of(&app);
        app.person("before").await;
        app.advance(1);
        let stream = create(
            &app,
            json!({ "sink": sink(json!({
            "httpCustomHeaders": [{ "header": "X-Source", "value": "own-key" }]
        })) }),
        )
        .await;
        assert_eq!(stream["status"], "active");
        let shown = app.call(Method::GET, &path(&stream), None).await.body;
        assert!(!shown.to_string().contains("s3cret") && !shown.to_string().contains("own-key"));
        let all = app.call(Method::GET, "/log-streams", None).await.body;
        assert_eq!(all, json!([shown]), "{}", app.name);
        app.person("jane").await;
        pass(&app, 10).await;
        let calls = collector.taken();
        let [(headers, body)] = &calls[..] else {
            panic!("{}: one call, not {}", app.name, calls.len())
        };
        assert_eq!(headers["authorization"], "Bearer s3cret");
        assert_eq!(headers["x-source"], "own-key");
        assert_eq!(headers["content-type"], "application/json");
        let sent = codes(body);
        assert_eq!(
            sent.iter().filter(|code| *code == "sapi").count(),
            2,
            "{sent:?}"
        );
        let first: Value = serde_json::from_str(body.lines().next().unwrap()).unwrap();
        assert_eq!(first["log_id"], first["data"]["log_id"]);
        pass(&app, 10).await;
        assert!(
            collector
                .taken()
                .iter()
                .all(|(_, body)| !body.contains("\"Create a User\""))
        );
        // At rest it is sealed.
        let sql = "SELECT sink FROM identity_log_stream";
        let row = app
            .database
            .db
            .query_one(sql, storage::params![])
            .await
            .unwrap();
        let kept: String = row.get("sink").unwrap();
        assert!(!kept.contains("s3cret") && !kept.contains("collector.example"));
        let gone = app.call(Method::DELETE, &path(&stream), None).await;
        assert_eq!(gone.status, 204);
        pass(&app, 10).await;
        assert!(collector.taken().is_empty());
    }
}

#[tokio::test]
async fn a_filter_and_a_beginning_choose_what_is_sent() {
    let app = app().await;
    let collector = Collector::of(&app);
    app.person("early").await;
    pass(&app, 60).await;
    let start = oauth::Timestamp::from_unix_seconds(crate::support::NOW).to_rfc3339();
    let filters = json!([{ "type": "category", "name": "management.success" }]);
    create(&app, json!({
        "startFrom": start, "filters": filters, "sink": sink(json!({ "httpContentFormat": "JSONOBJECT" }))
    })).await;
    pass(&app, 10).await;
    let calls = collector.taken();
    let body: Value = serde_json::from_str(&calls[0].1).unwrap();
    let logs = body["logs"].as_array().unwrap();
    assert_eq!(logs[0]["data"]["description"], "Create a User");
    assert!(
        logs.iter().all(|entry| entry["data"]["type"] == "sapi"),
        "{body}"
    );
}

#[tokio::test]
async fn a_collector_that_fails_gets_everything_later_or_suspends_the_stream() {
    for app in apps().await {
        let collector = Collector::of(&app);
        collector.answers(500);
        let stream = create(&app, json!({})).await;
        app.person("jane").await;
        pass(&app, 10).await;
        assert_eq!(collector.taken().len(), 1);
        collector.answers(200);
        pass(&app, 60).await;
        let (_, body) = collector.taken().remove(0);
        assert!(
            body.contains("Create a User"),
            "{}: what failed comes again",
            app.name
        );
        collector.answers(503);
        app.person("bob").await;
        for _ in 0..30 {
            pass(&app, 1000).await;
        }
        let shown = app.call(Method::GET, &path(&stream), None).await.body;
        assert_eq!(shown["status"], "suspended", "{}", app.name);
        assert_eq!(collector.taken().len(), 20);
        collector.answers(200);
        let active = Some(json!({ "status": "active" }));
        let changed = app.call(Method::PATCH, &path(&stream), active).await;
        assert_eq!(changed.body["status"], "active", "{}", changed.body);
        pass(&app, 10).await;
        let sent: String = collector
            .taken()
            .into_iter()
            .map(|(_, body)| body)
            .collect();
        assert!(sent.contains("Create a User"));
    }
}

#[tokio::test]
async fn a_paused_stream_waits_and_a_secret_stays_with_its_address() {
    let app = app().await;
    let collector = Collector::of(&app);
    let stream = create(&app, json!({})).await;
    let change = async |body: Value| app.call(Method::PATCH, &path(&stream), Some(body)).await;
    assert_eq!(change(json!({ "status": "paused" })).await.status, 200);
    pass(&app, 10).await;
    assert!(collector.taken().is_empty());
    let renamed =
        change(json!({ "status": "active", "sink": { "httpContentFormat": "JSONARRAY" } })).await;
    assert_eq!(renamed.body["sink"]["httpEndpoint"], ENDPOINT);
    pass(&app, 10).await;
    let (headers, body) = collector.taken().remove(0);
    assert_eq!(
        headers["authorization"], "Bearer s3cret",
        "what is not sent again stays"
    );
    assert!(serde_json::from_str::<Vec<Value>>(&body).is_ok());
    let elsewhere = format!("{ENDPOINT}/other");
    change(json!({ "sink": { "httpEndpoint": elsewhere } })).await;
    pass(&app, 10).await;
    let (headers, _) = collector.taken().remove(0);
    assert_eq!(
        headers.get("authorization"),
        None,
        "a secret does not go to another address"
    );
}

#[tokio::test]
async fn what_is_not_served_is_refused_with_a_sentence() {
    let app = app().await;
    let refused = async |body: Value| {
        let answer = app.call(Method::POST, "/log-streams", Some(body)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        answer.text("message").to_owned()
    };
    let datadog =
        json!({ "type": "datadog", "sink": { "datadogApiKey": "k", "datadogRegion": "us" } });
    assert!(
        refused(datadog)
            .await
            .contains("type datadog are not served")
    );
    let masked = json!({
        "type": "http", "sink": sink(json!({})), "pii_config": { "log_fields": ["email"] }
    });
    assert!(refused(masked).await.contains("mask at the collector"));
    for bad in [
        json!({ "httpEndpoint": "file:///etc/passwd" }),
        json!({ "httpAuthorization": "a\nb" }),
        json!({ "httpCustomHeaders": [{ "header": "Host", "value": "x" }] }),
        json!({ "httpCustomHeaders": [{ "header": "X-Key" }] }),
    ] {
        refused(json!({ "type": "http", "sink": sink(bad) })).await;
    }
    refused(json!({ "type": "http", "sink": sink(json!({})), "filters": [{ "type": "category", "name": "x" }] })).await;
}
