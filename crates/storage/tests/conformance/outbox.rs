use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use oauth::{Clock, Entropy, Timestamp};
use serde_json::{Value, json};
use storage::outbox::{Job, JobError, NewJob, Outbox};
use storage::testing::databases;
use storage::{Database, Error};
use tokio_util::sync::CancellationToken;

const START: Timestamp = Timestamp::from_unix_seconds(1_000_000);

async fn enqueue(db: &Database, key: &str, payload: Value) {
    let mut tx = db.begin().await.unwrap();
    tx.enqueue(NewJob {
        queue: "mail",
        key,
        payload,
        due: START,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

fn outbox(db: &Database, clock: &Clock) -> Outbox {
    Outbox::new(db.clone(), clock.clone(), Entropy::seeded(3))
}

#[tokio::test]
async fn a_job_runs_once_when_it_is_due_and_only_if_its_transaction_committed() {
    for t in databases(&[]).await {
        let clock = Clock::manual(START - Duration::from_secs(1));
        let outbox = outbox(&t.db, &clock);
        enqueue(&t.db, "a", json!({ "to": "x" })).await;
        let mut undone = t.db.begin().await.unwrap();
        let job = NewJob {
            queue: "mail",
            key: "b",
            payload: json!(null),
            due: START,
        };
        undone.enqueue(job).await.unwrap();
        drop(undone);
        let seen = Mutex::new(Vec::new());
        let handler = async |job: Job| {
            seen.lock()
                .unwrap()
                .push((job.key, job.payload, job.attempt));
            Ok(())
        };
        assert_eq!(outbox.run_due("mail", &handler).await, 0, "{}", t.name);
        clock.advance(Duration::from_secs(1));
        assert_eq!(outbox.run_due("post", &handler).await, 0, "{}", t.name);
        assert_eq!(outbox.run_due("mail", &handler).await, 1, "{}", t.name);
        assert_eq!(outbox.run_due("mail", &handler).await, 0, "{}", t.name);
        assert_eq!(
            *seen.lock().unwrap(),
            [("a".to_owned(), json!({ "to": "x" }), 1)],
            "{}",
            t.name
        );
        assert_eq!(outbox.waiting("mail").await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_waiting_job_is_replaced_and_a_running_one_is_followed() {
    for t in databases(&[]).await {
        let clock = Clock::manual(START);
        let outbox = outbox(&t.db, &clock);
        enqueue(&t.db, "a", json!(1)).await;
        enqueue(&t.db, "a", json!(2)).await;
        let seen = Mutex::new(Vec::new());
        let handler = async |job: Job| {
            if job.payload == json!(2) {
                enqueue(&t.db, "a", json!(3)).await;
            }
            seen.lock().unwrap().push(job.payload);
            // Too late: a newer one waits, which does this one's work.
            Err(JobError::Retry {
                after: None,
                reason: "away".into(),
            })
        };
        assert_eq!(outbox.run_due("mail", &handler).await, 2, "{}", t.name);
        assert_eq!(*seen.lock().unwrap(), [json!(2), json!(3)], "{}", t.name);
        assert_eq!(outbox.waiting("mail").await.unwrap(), 1, "{}", t.name);
    }
}

#[tokio::test]
async fn a_failing_job_comes_back_later_and_when_it_was_told_to() {
    for t in databases(&[]).await {
        let clock = Clock::manual(START);
        let outbox = outbox(&t.db, &clock);
        enqueue(&t.db, "a", json!(null)).await;
        let after = Mutex::new(None);
        let handler = async |_: Job| {
            let after = *after.lock().unwrap();
            Err(JobError::Retry {
                after,
                reason: "no answer".into(),
            })
        };
        assert_eq!(outbox.run_due("mail", &handler).await, 1, "{}", t.name);
        clock.advance(Duration::from_millis(900));
        assert_eq!(outbox.run_due("mail", &handler).await, 0, "{}", t.name);
        *after.lock().unwrap() = Some(Duration::from_secs(300));
        clock.advance(Duration::from_millis(1200));
        assert_eq!(outbox.run_due("mail", &handler).await, 1, "{}", t.name);
        clock.advance(Duration::from_secs(299));
        assert_eq!(outbox.run_due("mail", &handler).await, 0, "{}", t.name);
        clock.advance(Duration::from_secs(1));
        assert_eq!(outbox.run_due("mail", &handler).await, 1, "{}", t.name);
    }
}

#[tokio::test]
async fn a_job_that_cannot_succeed_stays_visible_until_somebody_decides() {
    for t in databases(&[]).await {
        let clock = Clock::manual(START);
        let outbox = outbox(&t.db, &clock);
        enqueue(&t.db, "a", json!(null)).await;
        let refuse = async |_: Job| {
            Err(JobError::Permanent {
                reason: "address unknown".into(),
            })
        };
        assert_eq!(outbox.run_due("mail", &refuse).await, 1, "{}", t.name);
        assert_eq!(outbox.run_due("mail", &refuse).await, 0, "{}", t.name);
        let dead = outbox.dead(10).await.unwrap().remove(0);
        assert_eq!(
            (dead.key.as_str(), dead.reason.as_str()),
            ("a", "address unknown"),
            "{}",
            t.name
        );
        outbox.retry(&dead.id).await.unwrap();
        assert_eq!(
            outbox.retry(&dead.id).await,
            Err(Error::NotFound),
            "{}",
            t.name
        );
        assert_eq!(outbox.run_due("mail", &refuse).await, 1, "{}", t.name);
        let dead = outbox.dead(10).await.unwrap().remove(0);
        outbox.discard(&dead.id).await.unwrap();
        assert_eq!(
            outbox.discard(&dead.id).await,
            Err(Error::NotFound),
            "{}",
            t.name
        );
        assert!(outbox.dead(10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_panic_is_a_failure_like_another() {
    for t in databases(&[]).await {
        let clock = Clock::manual(START);
        let outbox = outbox(&t.db, &clock);
        enqueue(&t.db, "a", json!(null)).await;
        let panics = async |_: Job| panic!("a handler's mistake");
        assert_eq!(outbox.run_due("mail", &panics).await, 1, "{}", t.name);
        clock.advance(Duration::from_secs(3));
        let works = async |job: Job| {
            assert_eq!(job.attempt, 2);
            Ok(())
        };
        assert_eq!(outbox.run_due("mail", &works).await, 1, "{}", t.name);
    }
}

#[tokio::test]
async fn a_job_whose_worker_died_runs_again_when_its_lease_ends() {
    for t in databases(&[]).await {
        let clock = Clock::manual(START);
        let outbox = outbox(&t.db, &clock);
        enqueue(&t.db, "a", json!(null)).await;
        let hangs = async |_: Job| std::future::pending().await;
        let died = tokio::time::timeout(Duration::from_millis(300), outbox.run_due("mail", &hangs));
        assert!(died.await.is_err());
        let works = async |_: Job| Ok(());
        assert_eq!(outbox.run_due("mail", &works).await, 0, "{}", t.name);
        clock.advance(Duration::from_secs(61));
        assert_eq!(outbox.run_due("mail", &works).await, 1, "{}", t.name);
    }
}

#[tokio::test]
async fn several_workers_share_the_jobs_and_stop_when_asked() {
    for t in databases(&[]).await {
        let clock = Clock::manual(START);
        let second = Database::open(&t.config, &[]).await.unwrap();
        let counts: Arc<Vec<AtomicUsize>> =
            Arc::new((0..40).map(|_| AtomicUsize::new(0)).collect());
        let shutdown = CancellationToken::new();
        let workers = [&t.db, &second].map(|db| {
            let (counts, shutdown, all) = (counts.clone(), shutdown.clone(), shutdown.clone());
            let outbox = Outbox::new(db.clone(), clock.clone(), Entropy::system());
            let handler = move |job: Job| {
                let (counts, all) = (counts.clone(), all.clone());
                async move {
                    counts[job.key.parse::<usize>().unwrap()].fetch_add(1, Ordering::SeqCst);
                    if counts.iter().all(|count| count.load(Ordering::SeqCst) > 0) {
                        all.cancel();
                    }
                    Ok(())
                }
            };
            async move { outbox.run("mail", handler, shutdown).await }
        });
        let write = async {
            for n in 0..40 {
                enqueue(&t.db, &n.to_string(), json!(null)).await;
            }
        };
        let patience = Duration::from_secs(30);
        let work = async { tokio::join!(join_all(workers), write) };
        tokio::time::timeout(patience, work)
            .await
            .unwrap_or_else(|_| panic!("{} hangs", t.name));
        let counts: Vec<usize> = counts
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .collect();
        assert_eq!(counts, [1; 40], "{}", t.name);
    }
}
