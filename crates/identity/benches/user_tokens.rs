//! What users' tokens cost in-process: code exchanges, refreshes, introspections.
//!
//! Each makes or checks one access token for an API (RS256); a code exchange makes an ID token too. The
//! database is SQLite on this machine's disk, with every write durable.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop here")]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use egress::{Egress, Policy};
use http::{Request, header};
use http_body_util::BodyExt as _;
use identity::testing::Code;
use identity::{Dependencies, MIGRATIONS, Origin, Settings, Tenant};
use oauth::pkce::{self, Challenge, Method};
use oauth::{Clock, Entropy};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use storage::seal::{KeyRing, Sealer};
use storage::testing::TestDatabase;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Requests in flight at once.
const AT_ONCE: u64 = 64;
const ORIGIN: &str = "http://127.0.0.1:8005";
const API: &str = "https://weather.example/";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

struct Bench {
    _database: TestDatabase,
    tenant: Tenant,
    router: Router,
    client: (String, String),
    user: String,
}

impl Bench {
    async fn start() -> Self {
        let database = storage::testing::sqlite(&[MIGRATIONS]).await;
        let clock = Clock::system();
        let tenant = Tenant::new(Dependencies {
            db: database.db.clone(),
            sealer: Sealer::new(KeyRing::for_tests(), Entropy::system()),
            egress: Egress::new(Policy::default(), clock.clone()),
            clock,
            entropy: Entropy::system(),
            mail: egress::mail::Settings::files("/nonexistent"),
            settings: Settings::new(Origin::parse(ORIGIN).unwrap()),
        })
        .await
        .unwrap();
        let router = identity::router(tenant.clone());
        let (id, secret) = tenant.bootstrap_management_client("bench").await.unwrap();
        let secret = secret.reveal().expose_secret().to_owned();
        let audience = format!("{ORIGIN}/api/v2/");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &id),
            ("client_secret", &secret),
            ("audience", &audience),
        ];
        let token = send(&router, "/oauth/token", &form).await;
        let token = token["access_token"].as_str().unwrap();
        let api = json!({ "identifier": API, "name": "API", "allow_offline_access": true,
            "scopes": [{ "value": "read:weather" }] });
        create(&router, token, "resource-servers", api).await;
        let rotation = json!({ "rotation_type": "rotating", "expiration_type": "expiring",
            "leeway": 0, "token_lifetime": 2_592_000, "idle_token_lifetime": 1_296_000 });
        let client = json!({ "name": "App", "app_type": "regular_web", "refresh_token": rotation,
            "jwt_configuration": { "alg": "RS256" } });
        let client = create(&router, token, "clients", client).await;
        let user = json!({ "connection": "Username-Password-Authentication", "verify_email": false,
            "email": "jane@example.com", "password": "correct-Horse-9-battery" });
        let user = create(&router, token, "users", user).await;
        let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
        Self {
            client: (text(&client, "client_id"), text(&client, "client_secret")),
            user: text(&user, "user_id"),
            _database: database,
            tenant,
            router,
        }
    }

    async fn code(&self) -> String {
        let code = Code {
            client_id: self.client.0.clone(),
            user_id: self.user.clone(),
            scope: "openid offline_access read:weather".to_owned(),
            audience: Some(API.to_owned()),
            challenge: Some(Challenge {
                method: Method::S256,
                value: pkce::challenge(Method::S256, VERIFIER),
            }),
            ..Code::default()
        };
        code.issue(&self.tenant).await.unwrap()
    }

    async fn codes(&self) -> Vec<String> {
        let mut codes = Vec::new();
        for _ in 0..AT_ONCE {
            codes.push(self.code().await);
        }
        codes
    }

    /// Tokens of as many users as ask at once.
    async fn tokens(&self, name: &str) -> Vec<String> {
        let answers = self
            .all("authorization_code", "code", self.codes().await)
            .await;
        answers
            .iter()
            .map(|answer| answer[name].as_str().unwrap().to_owned())
            .collect()
    }

    /// One exchange for each text, all at once.
    async fn all(
        &self,
        grant_type: &'static str,
        name: &'static str,
        texts: Vec<String>,
    ) -> Vec<Value> {
        let mut requests = JoinSet::new();
        for text in texts {
            let (router, (id, secret)) = (self.router.clone(), self.client.clone());
            requests.spawn(async move {
                let form = [
                    ("grant_type", grant_type),
                    ("client_id", &id),
                    ("client_secret", &secret),
                    ("code_verifier", VERIFIER),
                    (name, &text),
                ];
                let path = match grant_type {
                    "" => "/oauth/introspect",
                    _ => "/oauth/token",
                };
                send(&router, path, &form).await
            });
        }
        requests.join_all().await
    }
}

async fn send(router: &Router, path: &str, form: &[(&str, &str)]) -> Value {
    let pairs = form.iter().filter(|(_, value)| !value.is_empty());
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let request = Request::post(path)
        .header(header::HOST, "127.0.0.1:8005")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    answer(router, request, 200).await
}

async fn create(router: &Router, token: &str, path: &str, body: Value) -> Value {
    let request = Request::post(format!("/api/v2/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    answer(router, request, 201).await
}

async fn answer(router: &Router, request: Request<Body>, expected: u16) -> Value {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(status, expected, "{}", String::from_utf8_lossy(&bytes));
    serde_json::from_slice(&bytes).unwrap()
}

fn user_tokens(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::start());
    let mut group = criterion.benchmark_group("user tokens");
    group.throughput(Throughput::Elements(AT_ONCE));
    group.measurement_time(Duration::from_secs(10));

    group.bench_function("code exchanges, 64 at once", |bencher| {
        bencher.to_async(&runtime).iter_batched(
            || tokio::task::block_in_place(|| runtime.handle().block_on(bench.codes())),
            |codes| bench.all("authorization_code", "code", codes),
            BatchSize::PerIteration,
        );
    });
    let families = runtime.block_on(bench.tokens("refresh_token"));
    let families = tokio::sync::Mutex::new(families);
    group.bench_function("refreshes with rotation, 64 at once", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let mut families = families.lock().await;
            let answers = bench
                .all("refresh_token", "refresh_token", families.clone())
                .await;
            *families = answers
                .iter()
                .map(|answer| answer["refresh_token"].as_str().unwrap().to_owned())
                .collect();
        });
    });
    let tokens = runtime.block_on(bench.tokens("access_token"));
    group.bench_function("introspections of signed tokens, 64 at once", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| bench.all("", "token", tokens.clone()));
    });
    group.finish();
}

criterion_group!(benches, user_tokens);
criterion_main!(benches);
