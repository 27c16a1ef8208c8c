//! Registrations in-process, beside the raw rate at which this machine's database keeps a row.
//!
//! Both are durable when they return and share writes with those beside them, so the ratio of the two says
//! what a registration costs beyond its row.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop here")]

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use egress::{Egress, Policy};
use http::{Request, header};
use identity::{Dependencies, MIGRATIONS, Origin, RegistrationPolicy, Settings, Tenant};
use oauth::{Clock, Entropy};
use secrecy::ExposeSecret as _;
use storage::seal::{KeyRing, Sealer};
use storage::testing::TestDatabase;
use storage::{Database, Migrations, params};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Registrations in flight at once.
const AT_ONCE: u64 = 64;

/// A row as large as a client's.
const ROWS: Migrations = Migrations {
    component: "bench",
    steps: &["CREATE TABLE bench_row (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL)"],
};

static NEXT: AtomicU64 = AtomicU64::new(0);

async fn tenant() -> (TestDatabase, Router) {
    let database = storage::testing::sqlite(&[MIGRATIONS, ROWS]).await;
    let registration = RegistrationPolicy {
        per_origin: u32::MAX,
        max_unused: u32::MAX,
        max_clients: u32::MAX,
        ..RegistrationPolicy::default()
    };
    let tenant = Tenant::new(Dependencies {
        db: database.db.clone(),
        sealer: Sealer::new(KeyRing::for_tests(), Entropy::system()),
        clock: Clock::system(),
        entropy: Entropy::system(),
        egress: Egress::new(Policy::default(), Clock::system()),
        mail: egress::mail::Settings::files("/nonexistent"),
        settings: Settings {
            registration,
            ..Settings::new(Origin::parse("http://127.0.0.1:8005").unwrap())
        },
    })
    .await
    .unwrap();
    let router = identity::router(tenant.clone());
    switch_on(&tenant, &router).await;
    (database, router)
}

async fn switch_on(tenant: &Tenant, router: &Router) {
    let (id, secret) = tenant.bootstrap_management_client("bench").await.unwrap();
    let secret = secret.reveal();
    let body = format!(
        "{{\"grant_type\":\"client_credentials\",\"client_id\":\"{id}\",\"client_secret\":\"{}\",\
         \"audience\":\"http://127.0.0.1:8005/api/v2/\",\"scope\":\"update:tenant_settings\"}}",
        secret.expose_secret()
    );
    let answer = send(router, "POST", "/oauth/token", None, body).await;
    let token = answer.split("\"access_token\":\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap().to_owned();
    let body = r#"{ "flags": { "enable_dynamic_client_registration": true } }"#.to_owned();
    send(
        router,
        "PATCH",
        "/api/v2/tenants/settings",
        Some(&token),
        body,
    )
    .await;
}

async fn send(
    router: &Router,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: String,
) -> String {
    use http_body_util::BodyExt as _;
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "127.0.0.1:8005")
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body)).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn register(router: Router) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let body = format!(
        r#"{{"client_name":"App {number}","redirect_uris":["https://client.example.com/callback"]}}"#
    );
    send(&router, "POST", "/oidc/register", None, body).await;
}

async fn row(db: Database) {
    let id = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    let sql = "INSERT INTO bench_row (id, data) VALUES ($1, $2)";
    db.execute(sql, params![id, "x".repeat(1500)])
        .await
        .unwrap();
}

fn registration(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let (database, router) = runtime.block_on(tenant());
    let mut group = criterion.benchmark_group("registration");
    group.throughput(Throughput::Elements(AT_ONCE));
    group.bench_function("raw durable rows, 64 at once", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let mut rows = JoinSet::new();
            for _ in 0..AT_ONCE {
                rows.spawn(row(database.db.clone()));
            }
            rows.join_all().await
        });
    });
    group.bench_function("registrations with a secret, 64 at once", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let mut requests = JoinSet::new();
            for _ in 0..AT_ONCE {
                requests.spawn(register(router.clone()));
            }
            requests.join_all().await
        });
    });
    group.finish();
}

criterion_group!(benches, registration);
criterion_main!(benches);
