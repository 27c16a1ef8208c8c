//! The console's pages about the gateway and the audit's webhook in a real browser: a service and its route
//! are made, called, changed and removed; a log collector gets what was done.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::browser::{Browser, SCREENS};
use crate::support::Demo;

/// The collector is on this machine, which must be allowed.
async fn demo() -> Demo {
    let local = ("GATEHOUSE__EGRESS__ALLOW", "127.0.0.0/8".to_owned());
    tokio::task::spawn_blocking(move || Demo::start_with(false, &[local]))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_and_its_route_are_made_called_changed_and_removed_in_pages_alone() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/gateway/services").await;
    browser.look("console-services").await;
    browser.follow("main a[href='/gateway/services/new']").await;
    browser.fill("name", "echo").await;
    browser.fill("url", "nowhere").await;
    browser.fill("read_timeout", "soon").await;
    browser.submit().await;
    let said = browser.text().await;
    assert!(said.contains("https://api.example.com/base"), "{said}");
    browser.look("console-service-new-refused").await;
    let upstream = demo.endpoint("operations");
    browser.fill("url", &upstream).await;
    browser.fill("read_timeout", "60000").await;
    browser.submit().await;
    let service = browser.path().await;
    browser.look("console-service").await;

    browser.follow("main a[href*='/gateway/routes/new']").await;
    browser.submit().await;
    browser.look("console-route-new-refused").await;
    browser.fill("name", "echo").await;
    browser.fill("paths", "/echo-of-operations").await;
    browser.submit().await;
    let route = browser.path().await;
    browser.look("console-route").await;
    browser.open(&demo, "/gateway/routes").await;
    browser.look("console-routes").await;

    let call = format!("{}/echo-of-operations/livez", demo.endpoint("gateway"));
    let answer = demo.egress().send(egress::Request::get(&call)).await;
    assert_eq!(answer.unwrap().status, 200);

    browser.open(&demo, &format!("{service}/delete")).await;
    assert!(browser.text().await.contains("echo"));
    browser.look("console-service-delete-used").await;
    browser.open(&demo, &format!("{route}/delete")).await;
    assert!(browser.text().await.contains("/echo-of-operations"));
    browser.look("console-route-delete").await;
    browser.submit().await;
    let answer = demo.egress().send(egress::Request::get(&call)).await;
    assert_eq!(answer.unwrap().status, 404);
    browser.open(&demo, &format!("{service}/delete")).await;
    browser.look("console-service-delete").await;
    browser.submit().await;
    assert!(browser.path().await.starts_with("/gateway/services"));
    browser.open(&demo, "/gateway/nodes").await;
    browser.look("console-nodes").await;
    browser.stop().await;
}

type Taken = Arc<Mutex<usize>>;

async fn take(State(taken): State<Taken>, body: Bytes) {
    *taken.lock().unwrap() += body.len();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_sent_to_a_collector_tested_and_replayed_in_pages_alone() {
    let demo = demo().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Taken::default();
    let router = Router::new()
        .route("/audit", post(take))
        .with_state(taken.clone());
    let mut collecting = JoinSet::new();
    collecting.spawn(async move { axum::serve(listener, router).await });

    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/audit").await;
    browser.look("console-audit").await;
    browser.follow("main a[href='/audit/webhook']").await;
    browser.fill("endpoint", "siem").await;
    browser.submit().await;
    browser.look("console-audit-webhook-refused").await;
    let endpoint = format!("http://127.0.0.1:{port}/audit");
    browser.fill("endpoint", &endpoint).await;
    browser.fill("authorization", "Bearer s3cret").await;
    browser.tick("input[name=enabled]").await;
    browser.submit().await;
    assert!(!browser.client.source().await.unwrap().contains("s3cret"));
    browser
        .follow("form[action='/audit/webhook/test'] button")
        .await;
    let said = browser.text().await;
    assert!(said.contains("took the test"), "{said}");
    browser.look("console-audit-webhook").await;
    browser
        .follow("form[action='/audit/webhook/replay'] button")
        .await;
    browser.look("console-audit-webhook-replay").await;
    assert!(*taken.lock().unwrap() > 0);
    of_a_portal(&demo, &browser, &endpoint).await;
    browser.stop().await;
}

/// A destination is made, and the demo's portal sends its audit there.
async fn of_a_portal(demo: &Demo, browser: &Browser, endpoint: &str) {
    browser.open(demo, "/audit/destinations").await;
    browser.look("console-audit-destinations-none").await;
    browser.follow("main a[href$='/destinations/new']").await;
    browser.fill("endpoint", endpoint).await;
    browser.submit().await;
    browser.look("console-audit-destination-new-refused").await;
    browser.fill("name", "Partners’ collector").await;
    browser.fill("authorization", "Bearer s3cret").await;
    browser.submit().await;
    let destination = browser.path().await;
    browser.look("console-audit-destination").await;
    let site = demo.saved("/portal/id");
    let webhook = format!("/portals/{site}/audit-webhook");
    browser.open(demo, &webhook).await;
    browser.look("console-portal-audit-none").await;
    crate::console_portals::choose(browser, "audit_log_destination_id", 1).await;
    browser.tick("input[name=enabled]").await;
    browser.submit().await;
    let test = format!("form[action='{webhook}/test'] button");
    browser.follow(&test).await;
    let said = browser.text().await;
    assert!(said.contains("took the test"), "{said}");
    browser.look("console-portal-audit").await;

    browser.open(demo, &format!("{destination}/delete")).await;
    let said = browser.text().await;
    assert!(
        said.contains("These portals send their audit there"),
        "{said}"
    );
    browser.look("console-audit-destination-delete-used").await;
    browser.open(demo, &webhook).await;
    crate::console_portals::choose(browser, "audit_log_destination_id", 0).await;
    browser.tick("input[name=enabled]").await;
    browser.submit().await;
    browser.open(demo, &format!("{destination}/delete")).await;
    browser.look("console-audit-destination-delete").await;
    browser.submit().await;
    assert_eq!(browser.path().await, "/audit/destinations");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        for (page, path) in [
            ("services", "/gateway/services"),
            ("service-new", "/gateway/services/new"),
            ("routes", "/gateway/routes"),
            ("route-new", "/gateway/routes/new"),
            ("nodes", "/gateway/nodes"),
            ("audit", "/audit"),
            ("audit-webhook", "/audit/webhook"),
            ("audit-destinations", "/audit/destinations"),
            ("audit-destination-new", "/audit/destinations/new"),
        ] {
            browser.open(&demo, path).await;
            browser.look(&format!("console-{page}-{name}")).await;
        }
        browser.open(&demo, "/gateway/services").await;
        browser.follow("main td a").await;
        browser.look(&format!("console-service-{name}")).await;
        browser.follow("main li a[href^='/gateway/routes/']").await;
        browser.look(&format!("console-route-{name}")).await;
        browser.stop().await;
    }
}
