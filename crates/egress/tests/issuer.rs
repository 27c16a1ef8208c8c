//! Discovery and keys against a real issuer on this machine.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use egress::issuer::Issuers;
use egress::{Egress, Policy};
use futures_util::future::join_all;
use oauth::jose::{Algorithm, JwkSet, SigningKey};
use oauth::{Clock, Timestamp};
use serde_json::json;
use tokio::net::TcpListener;

/// An issuer whose keys and health the test changes.
struct Issuer {
    base: String,
    keys: Mutex<JwkSet>,
    down: AtomicBool,
    metadata_reads: AtomicUsize,
    key_reads: AtomicUsize,
}

impl Issuer {
    async fn start(named: impl FnOnce(&str) -> String + Send + 'static) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Arc::new(Self {
            base: base.clone(),
            keys: Mutex::default(),
            down: AtomicBool::default(),
            metadata_reads: AtomicUsize::default(),
            key_reads: AtomicUsize::default(),
        });
        let (name, jwks) = (named(&base), format!("{base}/keys"));
        let metadata = async move |State(issuer): State<Arc<Self>>| -> Response {
            issuer.metadata_reads.fetch_add(1, Ordering::SeqCst);
            if issuer.down.load(Ordering::SeqCst) {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            Json(json!({ "issuer": name.clone(), "jwks_uri": jwks.clone() })).into_response()
        };
        let keys = async |State(issuer): State<Arc<Self>>| -> Response {
            issuer.key_reads.fetch_add(1, Ordering::SeqCst);
            if issuer.down.load(Ordering::SeqCst) {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            Json(issuer.keys.lock().unwrap().clone()).into_response()
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .with_state(issuer.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "the server lives as long as the test"
        )]
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    fn publish(&self, key: &SigningKey) {
        self.keys
            .lock()
            .unwrap()
            .keys
            .push(key.public_jwk().unwrap());
    }
}

fn issuers(clock: &Clock) -> Issuers {
    let policy = Policy {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        ..Policy::default()
    };
    Issuers::new(Egress::new(policy, clock.clone()))
}

fn clock() -> Clock {
    Clock::manual(Timestamp::from_unix_seconds(1_800_000_000))
}

#[tokio::test]
async fn a_thousand_first_callers_share_one_fetch() {
    let issuer = Issuer::start(|base| format!("{base}/")).await;
    let issuers = issuers(&clock());
    let spellings = [
        issuer.base.clone(),
        format!("{}/", issuer.base),
        format!("{}/api/v2/", issuer.base),
    ];
    let calls = (0..1000).map(|i| issuers.keys(&spellings[i % 3]));
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(issuer.metadata_reads.load(Ordering::SeqCst), 1);
    assert_eq!(issuer.key_reads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_at_most_every_thirty_seconds() {
    let issuer = Issuer::start(str::to_owned).await;
    let clock = clock();
    let issuers = issuers(&clock);
    issuer.publish(&SigningKey::generate_es256().unwrap());
    issuers.keys(&issuer.base).await.unwrap();
    let rotated = SigningKey::generate_es256().unwrap();
    issuer.publish(&rotated);

    clock.advance(Duration::from_secs(29));
    let keys = issuers.refresh_keys(&issuer.base).await.unwrap();
    assert!(keys.find(Some(rotated.kid()), Algorithm::Es256).is_none());
    clock.advance(Duration::from_secs(2));
    let keys = issuers.refresh_keys(&issuer.base).await.unwrap();
    assert!(keys.find(Some(rotated.kid()), Algorithm::Es256).is_some());
    let calls = (0..100).map(|_| issuers.refresh_keys(&issuer.base));
    join_all(calls).await;
    assert_eq!(issuer.key_reads.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn known_keys_outlive_a_failing_issuer_and_unknown_ones_are_an_error_at_once() {
    let issuer = Issuer::start(str::to_owned).await;
    let clock = clock();
    let issuers = issuers(&clock);
    issuer.publish(&SigningKey::generate_es256().unwrap());
    issuers.keys(&issuer.base).await.unwrap();
    issuer.down.store(true, Ordering::SeqCst);
    clock.advance(Duration::from_secs(86_400));
    assert_eq!(issuers.keys(&issuer.base).await.unwrap().keys().len(), 1);

    let fresh = self::issuers(&clock);
    let before = issuer.metadata_reads.load(Ordering::SeqCst);
    for _ in 0..10 {
        let error = fresh.keys(&issuer.base).await.unwrap_err();
        assert!(error.to_string().contains("answered 502"), "{error}");
    }
    // Both addresses of the document, once; then the failure is remembered for five seconds.
    assert_eq!(issuer.metadata_reads.load(Ordering::SeqCst), before + 1);
    issuer.down.store(false, Ordering::SeqCst);
    clock.advance(Duration::from_secs(6));
    assert!(fresh.keys(&issuer.base).await.is_ok());
}

#[tokio::test]
async fn a_document_of_another_issuer_is_refused() {
    let issuer = Issuer::start(|_| "https://attacker.example/".to_owned()).await;
    let error = issuers(&clock()).metadata(&issuer.base).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("describes the issuer https://attacker.example/"),
        "{error}"
    );
}
