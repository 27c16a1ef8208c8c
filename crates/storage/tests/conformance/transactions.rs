use futures_util::future::join_all;
use storage::testing::databases;
use storage::{Database, Error, params};

use crate::SHOP;

const INSERT: &str = "INSERT INTO shelf (id, name) VALUES ($1, $1)";

async fn shelves(db: &Database) -> i64 {
    let row = db
        .query_one("SELECT COUNT(*) AS shelves FROM shelf", params![])
        .await
        .unwrap();
    row.get("shelves").unwrap()
}

#[tokio::test]
async fn nothing_is_seen_before_the_commit_and_everything_after_it() {
    for t in databases(&[SHOP]).await {
        let mut tx = t.db.begin().await.unwrap();
        assert_eq!(tx.execute(INSERT, params!["a"]).await.unwrap(), 1);
        let sql = "INSERT INTO shelf (id, name) VALUES ('b', 'b'), ('c', 'c') RETURNING id";
        assert_eq!(tx.query(sql, params![]).await.unwrap().len(), 2);
        let own = tx
            .query_one("SELECT COUNT(*) AS shelves FROM shelf", params![])
            .await
            .unwrap();
        assert_eq!(own.get::<i64>("shelves").unwrap(), 3, "{}", t.name);
        assert_eq!(shelves(&t.db).await, 0, "{}", t.name);
        tx.commit().await.unwrap();
        assert_eq!(shelves(&t.db).await, 3, "{}", t.name);
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    for t in databases(&[SHOP]).await {
        let mut tx = t.db.begin().await.unwrap();
        tx.execute(INSERT, params!["a"]).await.unwrap();
        drop(tx);
        // The next one starts where the first one did.
        t.db.execute(INSERT, params!["a"]).await.unwrap();
        assert_eq!(shelves(&t.db).await, 1, "{}", t.name);
    }
}

#[tokio::test]
async fn after_a_failed_statement_nothing_can_be_committed() {
    for t in databases(&[SHOP]).await {
        let mut tx = t.db.begin().await.unwrap();
        tx.execute(INSERT, params!["a"]).await.unwrap();
        let twice = tx.execute(INSERT, params!["a"]).await.unwrap_err();
        assert!(matches!(twice, Error::Unique { .. }), "{}", t.name);
        assert_eq!(
            tx.execute(INSERT, params!["b"]).await.unwrap_err(),
            twice,
            "{}",
            t.name
        );
        assert_eq!(tx.commit().await.unwrap_err(), twice, "{}", t.name);
        assert_eq!(shelves(&t.db).await, 0, "{}", t.name);
    }
}

#[tokio::test]
async fn a_missing_row_does_not_fail_the_transaction() {
    for t in databases(&[SHOP]).await {
        let mut tx = t.db.begin().await.unwrap();
        let missing = tx
            .query_one("SELECT id FROM shelf", params![])
            .await
            .unwrap_err();
        assert_eq!(missing, Error::NotFound);
        tx.execute(INSERT, params!["a"]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(shelves(&t.db).await, 1, "{}", t.name);
    }
}

#[tokio::test]
async fn many_at_once_lose_nothing_and_fail_alone() {
    for t in databases(&[SHOP]).await {
        let write = |n: usize| {
            let db = t.db.clone();
            async move {
                let mut tx = db.begin().await?;
                tx.execute(INSERT, params![n.to_string()]).await?;
                match n % 4 {
                    0 => drop(tx),
                    1 => {
                        tx.execute(INSERT, params![n.to_string()])
                            .await
                            .unwrap_err();
                        tx.commit().await.unwrap_err();
                    }
                    _ => {
                        tx.commit().await?;
                        // Read your writes.
                        let sql = "SELECT id FROM shelf WHERE id = $1";
                        db.query_one(sql, params![n.to_string()]).await?;
                    }
                }
                Ok::<_, Error>(())
            }
        };
        let alone = (1000..1100).map(|n: usize| {
            let db = t.db.clone();
            async move { db.execute(INSERT, params![n.to_string()]).await.map(drop) }
        });
        let (written, applied) = tokio::join!(join_all((0..200).map(write)), join_all(alone));
        for outcome in written.into_iter().chain(applied) {
            outcome.unwrap();
        }
        assert_eq!(shelves(&t.db).await, 200, "{}", t.name);
    }
}

#[tokio::test]
async fn a_closed_database_says_so() {
    for t in databases(&[SHOP]).await {
        t.db.close().await;
        t.db.close().await;
        let read =
            t.db.query("SELECT id FROM shelf", params![])
                .await
                .unwrap_err();
        let write = t.db.execute(INSERT, params!["a"]).await.unwrap_err();
        for error in [read, write] {
            assert_eq!(
                error,
                Error::Unavailable("the database is closed".into()),
                "{}",
                t.name
            );
        }
    }
}
