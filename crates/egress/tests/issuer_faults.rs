//! Issuers that are slow, away or unchanged.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Json, Router};
use egress::issuer::Issuers;
use egress::{Egress, Policy};
use futures_util::future::join_all;
use oauth::jose::SigningKey;
use oauth::{Clock, Timestamp};
use serde_json::json;
use tokio::sync::Notify;

const ORIGIN: &str = "http://issuer.example";

/// An issuer in this process: it counts, and answers only when it is let.
struct Issuer {
    issuers: Issuers,
    clock: Clock,
    fetches: Arc<AtomicUsize>,
    hangs: Arc<AtomicBool>,
    release: Arc<Notify>,
}

fn issuer(cache_control: &'static str) -> Issuer {
    let clock = Clock::manual(Timestamp::from_unix_seconds(1_800_000_000));
    let policy = Policy {
        timeout: Duration::from_millis(300),
        ..Policy::default()
    };
    let egress = Egress::new(policy, clock.clone());
    let (fetches, hangs) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let release = Arc::new(Notify::new());
    let key = SigningKey::generate_es256().unwrap().public_jwk().unwrap();
    let keys = {
        let (fetches, hangs, release) = (fetches.clone(), hangs.clone(), release.clone());
        get(async move || {
            fetches.fetch_add(1, Ordering::SeqCst);
            if hangs.load(Ordering::SeqCst) {
                release.notified().await;
            }
            (
                [(CACHE_CONTROL, cache_control)],
                Json(json!({ "keys": [key] })),
            )
                .into_response()
        })
    };
    let metadata = json!({ "issuer": ORIGIN, "jwks_uri": format!("{ORIGIN}/keys") });
    let router = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(async move || Json(metadata)),
        )
        .route("/keys", keys);
    egress.mount(ORIGIN, &router);
    Issuer {
        issuers: Issuers::new(egress),
        clock,
        fetches,
        hangs,
        release,
    }
}

#[tokio::test]
async fn while_one_waits_for_a_slow_issuer_the_others_go_on_with_what_is_known() {
    let issuer = issuer("max-age=60");
    let known = issuer.issuers.keys(ORIGIN).await.unwrap();
    issuer.hangs.store(true, Ordering::SeqCst);
    issuer.clock.advance(Duration::from_secs(61));
    let first = issuer.issuers.keys(ORIGIN);
    let others = async {
        let others = join_all((0..100).map(|_| issuer.issuers.keys(ORIGIN))).await;
        assert!(
            others
                .iter()
                .all(|keys| Arc::ptr_eq(keys.as_ref().unwrap(), &known))
        );
        issuer.release.notify_one();
    };
    let (first, ()) = tokio::join!(first, others);
    assert!(first.is_ok());
    assert_eq!(issuer.fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn those_who_waited_for_a_failure_do_not_each_wait_for_another() {
    let issuer = issuer("");
    issuer.hangs.store(true, Ordering::SeqCst);
    let failed = join_all((0..50).map(|_| issuer.issuers.keys(ORIGIN))).await;
    assert!(failed.iter().all(Result::is_err));
    // One request and its time-out; the failure then holds for five seconds.
    assert_eq!(issuer.fetches.load(Ordering::SeqCst), 1);
    issuer.hangs.store(false, Ordering::SeqCst);
    issuer.clock.advance(Duration::from_secs(6));
    assert!(issuer.issuers.keys(ORIGIN).await.is_ok());
}

#[tokio::test]
async fn if_the_one_who_fetches_gives_up_the_next_takes_over() {
    let issuer = issuer("");
    issuer.hangs.store(true, Ordering::SeqCst);
    let gives_up = tokio::time::timeout(Duration::from_millis(50), issuer.issuers.keys(ORIGIN));
    let waits = async {
        tokio::task::yield_now().await;
        issuer.issuers.keys(ORIGIN).await
    };
    let released = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        issuer.release.notify_waiters();
    };
    let (gave_up, waited, ()) = tokio::join!(gives_up, waits, released);
    assert!(gave_up.is_err());
    assert!(waited.is_ok());
}

#[tokio::test]
async fn keys_that_come_again_unchanged_stay_the_same_ones() {
    let issuer = issuer("");
    let known = issuer.issuers.keys(ORIGIN).await.unwrap();
    issuer.clock.advance(Duration::from_secs(31));
    let refreshed = issuer.issuers.refresh_keys(ORIGIN).await.unwrap();
    assert_eq!(issuer.fetches.load(Ordering::SeqCst), 2);
    assert!(Arc::ptr_eq(&known, &refreshed));
}

#[tokio::test]
async fn a_lifetime_is_obeyed_within_bounds() {
    for (cache_control, seconds) in [
        ("max-age=120, must-revalidate", 120),
        ("max-age=0", 60),
        ("no-store", 60),
        ("max-age=99999999", 3600),
        ("public", 600),
    ] {
        let issuer = issuer(cache_control);
        issuer.issuers.keys(ORIGIN).await.unwrap();
        issuer.clock.advance(Duration::from_secs(seconds - 1));
        issuer.issuers.keys(ORIGIN).await.unwrap();
        assert_eq!(issuer.fetches.load(Ordering::SeqCst), 1, "{cache_control}");
        issuer.clock.advance(Duration::from_secs(1));
        issuer.issuers.keys(ORIGIN).await.unwrap();
        assert_eq!(issuer.fetches.load(Ordering::SeqCst), 2, "{cache_control}");
    }
}
