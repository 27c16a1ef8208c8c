//! PostgreSQL goes away and comes back.

use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::{Connection, Executor, PgConnection};
use storage::testing::{TestDatabase, postgres};
use storage::{Config, params};

use crate::SHOP;

const INSERT: &str = "INSERT INTO shelf (id, name) VALUES ($1, $1)";

/// Ends every connection to the database, as a restart of the server does.
async fn cut(t: &TestDatabase) {
    let Config::Postgres { url, .. } = &t.config else {
        unreachable!()
    };
    let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn reads_and_transactions_begin_anew_after_a_restart() {
    let t = postgres(&[SHOP]).await;
    let fill = (0..4).map(|n: i32| t.db.execute(INSERT, params![n.to_string()]));
    futures_util::future::join_all(fill).await;
    cut(&t).await;
    let rows = t.db.query("SELECT id FROM shelf", params![]).await.unwrap();
    assert_eq!(rows.len(), 4);
    cut(&t).await;
    let mut tx = t.db.begin().await.unwrap();
    tx.execute(INSERT, params!["after"]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_was_cut_off_is_not_acknowledged() {
    let t = postgres(&[SHOP]).await;
    let mut tx = t.db.begin().await.unwrap();
    tx.execute(INSERT, params!["lost"]).await.unwrap();
    cut(&t).await;
    let error = tx.commit().await.unwrap_err();
    assert!(matches!(error, storage::Error::Unavailable(_)), "{error:?}");
    let rows = t.db.query("SELECT id FROM shelf", params![]).await.unwrap();
    assert!(rows.is_empty());
}

#[tokio::test]
async fn followers_hear_again_after_a_restart() {
    let t = postgres(&[]).await;
    let elsewhere = storage::Database::open(&t.config, &[]).await.unwrap();
    let mut revisions = elsewhere.feed().subscribe();
    cut(&t).await;
    for expected in 1..=3 {
        let mut tx = t.db.begin().await.unwrap();
        tx.record_change("client", "a").await.unwrap();
        tx.commit().await.unwrap();
        let reached = revisions.wait_for(|revision| *revision >= expected);
        tokio::time::timeout(Duration::from_secs(10), reached)
            .await
            .unwrap()
            .unwrap();
    }
}
