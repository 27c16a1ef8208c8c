//! The token endpoint in-process, beside the raw rate at which this machine signs.
//!
//! Both sign on every core, so the ratio of the two says what a token costs beyond its signature.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop here")]

use std::hint::black_box;
use std::thread;

use axum::Router;
use axum::body::Body;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use egress::{Egress, Policy};
use http::{Request, header};
use http_body_util::BodyExt as _;
use identity::{Dependencies, MIGRATIONS, Origin, Settings, Tenant};
use oauth::jose::{Algorithm, Header, SigningKey};
use oauth::{Clock, Entropy};
use secrecy::ExposeSecret as _;
use storage::seal::{KeyRing, Sealer};
use storage::testing::TestDatabase;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Requests in flight at once.
const AT_ONCE: u64 = 64;

async fn tenant() -> (TestDatabase, Router, String) {
    let database = storage::testing::sqlite(&[MIGRATIONS]).await;
    let tenant = Tenant::new(Dependencies {
        db: database.db.clone(),
        sealer: Sealer::new(KeyRing::for_tests(), Entropy::system()),
        clock: Clock::system(),
        entropy: Entropy::system(),
        egress: Egress::new(Policy::default(), Clock::system()),
        mail: egress::mail::Settings::files("/nonexistent"),
        settings: Settings::new(Origin::parse("http://127.0.0.1:8005").unwrap()),
    })
    .await
    .unwrap();
    let (id, secret) = tenant.bootstrap_management_client("bench").await.unwrap();
    let secret = secret.reveal();
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &id)
        .append_pair("client_secret", secret.expose_secret())
        .append_pair("audience", "http://127.0.0.1:8005/api/v2/")
        .append_pair("scope", "read:clients")
        .finish();
    (database, identity::router(tenant), form)
}

async fn ask(router: Router, form: String) -> usize {
    let request = Request::post("/oauth/token")
        .header(header::HOST, "127.0.0.1:8005")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    response
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .len()
}

fn token(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let (_database, router, form) = runtime.block_on(tenant());
    let mut group = criterion.benchmark_group("token");
    group.throughput(Throughput::Elements(AT_ONCE));

    let cores = thread::available_parallelism().map_or(1, usize::from) as u64;
    let key = SigningKey::generate_rsa().unwrap();
    let head = Header::jwt(Algorithm::Rs256, "JWT", "abcdefghijklmnopqrstu");
    let claims = [b'x'; 330];
    group.bench_function("raw RS256 signatures, every core", |bencher| {
        bencher.iter(|| {
            thread::scope(|scope| {
                for _ in 0..cores {
                    scope.spawn(|| {
                        for _ in 0..AT_ONCE / cores {
                            black_box(key.sign(&head, &claims).unwrap());
                        }
                    });
                }
            });
        });
    });
    group.bench_function("client credentials RS256, 64 at once", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            let (router, form) = (router.clone(), form.clone());
            async move {
                let mut requests = JoinSet::new();
                for _ in 0..AT_ONCE {
                    requests.spawn(ask(router.clone(), form.clone()));
                }
                requests.join_all().await
            }
        });
    });
    group.finish();
}

criterion_group!(benches, token);
criterion_main!(benches);
