//! When a group of SQLite's transactions cannot be kept, none of it is acknowledged.

use futures_util::future::join_all;
use storage::testing::sqlite;
use storage::{Config, Database, Error, Migrations, params};

const LEDGER: Migrations = Migrations {
    component: "ledger",
    steps: &["CREATE TABLE account (id TEXT PRIMARY KEY);
         CREATE TABLE entry (
             id TEXT PRIMARY KEY,
             text TEXT NOT NULL,
             account TEXT REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED
         )"],
};

const INSERT: &str = "INSERT INTO entry (id, text, account) VALUES ($1, $2, $3)";

async fn ids(db: &Database) -> Vec<String> {
    let rows = db
        .query("SELECT id FROM entry ORDER BY id", params![])
        .await
        .unwrap();
    rows.iter().map(|row| row.get("id").unwrap()).collect()
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_everybody_in_its_group() {
    let t = sqlite(&[LEDGER]).await;
    for round in 0..20 {
        let write = |n: i32| {
            let db = t.db.clone();
            async move {
                let id = format!("{round:02}-{n:02}");
                let account = (n == 7).then_some("nobody");
                let mut tx = db.begin().await?;
                tx.execute(INSERT, params![&id, "x", account]).await?;
                tx.commit().await?;
                Ok::<_, Error>(id)
            }
        };
        let outcomes = join_all((0..16).map(write)).await;
        assert_eq!(outcomes[7], Err(Error::ForeignKey));
        let acknowledged: Vec<String> = outcomes.into_iter().flatten().collect();
        let round = format!("{round:02}-");
        let kept: Vec<String> = ids(&t.db)
            .await
            .into_iter()
            .filter(|id| id.starts_with(&round))
            .collect();
        assert_eq!(kept, acknowledged);
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged_and_everything_goes_on_when_there_is_room()
{
    let t = sqlite(&[LEDGER]).await;
    t.db.execute("PRAGMA max_page_count = 200", params![])
        .await
        .unwrap();
    let text = "x".repeat(3000);
    let mut acknowledged = Vec::new();
    let mut full = 0;
    for round in 0..30 {
        let write = |n: i32| {
            let (db, text) = (&t.db, &text);
            async move {
                let id = format!("{round:02}-{n:02}");
                let mut tx = db.begin().await?;
                tx.execute(INSERT, params![&id, text, None::<String>])
                    .await?;
                tx.execute(INSERT, params![format!("{id}-half"), text, None::<String>])
                    .await?;
                tx.commit().await?;
                Ok::<_, Error>(id)
            }
        };
        for outcome in join_all((0..16).map(write)).await {
            match outcome {
                Ok(id) => acknowledged.extend([format!("{id}-half"), id]),
                Err(error) => {
                    assert!(
                        error.to_string().contains("disk with the database is full"),
                        "{error}"
                    );
                    full += 1;
                }
            }
        }
    }
    assert!(full > 0 && !acknowledged.is_empty());
    acknowledged.sort();
    assert_eq!(ids(&t.db).await, acknowledged);
    t.db.execute("PRAGMA max_page_count = 100000", params![])
        .await
        .unwrap();
    t.db.execute(INSERT, params!["later", "x", None::<String>])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_closed_database_is_one_file() {
    let t = sqlite(&[LEDGER]).await;
    t.db.execute(INSERT, params!["a", "x", None::<String>])
        .await
        .unwrap();
    let Config::Sqlite { path } = &t.config else {
        unreachable!()
    };
    assert!(path.with_extension("db-wal").exists());
    t.db.close().await;
    assert!(!path.with_extension("db-wal").exists());
    let db = Database::open(&t.config, &[LEDGER]).await.unwrap();
    assert_eq!(ids(&db).await, ["a"]);
}

#[tokio::test]
async fn a_request_that_goes_away_leaves_the_writer_free() {
    let t = sqlite(&[LEDGER]).await;
    for n in 0..100_u64 {
        let work = async {
            let mut tx = t.db.begin().await?;
            tx.execute(INSERT, params![n.to_string(), "x", None::<String>])
                .await?;
            tx.commit().await
        };
        // Polled a few times and then forgotten, as a handler whose client hung up.
        let mut work = Box::pin(work);
        for _ in 0..n % 7 {
            let _ = futures_util::poll!(&mut work);
            tokio::task::yield_now().await;
        }
        drop(work);
    }
    t.db.execute(INSERT, params!["last", "x", None::<String>])
        .await
        .unwrap();
    assert!(ids(&t.db).await.contains(&"last".to_owned()));
}
