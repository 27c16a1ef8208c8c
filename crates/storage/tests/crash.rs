//! A process that is killed at any moment has lost nothing that it was told is kept.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use storage::{Config, Database, Migrations, params};

const COUNTER: Migrations = Migrations {
    component: "crash",
    steps: &["CREATE TABLE written (id BIGINT PRIMARY KEY, half BIGINT NOT NULL)"],
};

/// Names the file for the child, which is this binary again.
const FILE: &str = "GATEHOUSE_CRASH_TEST_FILE";

fn config(path: &std::path::Path) -> Config {
    Config::Sqlite { path: path.into() }
}

#[test]
fn child_that_writes_until_it_is_killed() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the parent speaks to its child"
    )]
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = Database::open(&config(path.as_ref()), &[COUNTER])
            .await
            .unwrap();
        let sql = "SELECT COALESCE(MAX(id), 0) AS last FROM written";
        let last: i64 = db
            .query_one(sql, params![])
            .await
            .unwrap()
            .get("last")
            .unwrap();
        let writers = (0..8).map(|writer| {
            let db = &db;
            async move {
                for n in 0.. {
                    let id = last + 1 + n * 8 + writer;
                    let mut tx = db.begin().await.unwrap();
                    let sql = "INSERT INTO written (id, half) VALUES ($1, 1)";
                    tx.execute(sql, params![id]).await.unwrap();
                    let sql = "UPDATE written SET half = 2 WHERE id = $1";
                    tx.execute(sql, params![id]).await.unwrap();
                    tx.record_change("written", &id.to_string()).await.unwrap();
                    tx.commit().await.unwrap();
                    println!("acknowledged {id}");
                }
            }
        });
        futures_util::future::join_all(writers).await;
    });
}

#[tokio::test]
async fn every_acknowledged_write_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("gatehouse.db");
    let mut acknowledged = Vec::new();
    for round in 1..=5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "child_that_writes_until_it_is_killed",
                "--exact",
                "--nocapture",
            ])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut id = |line: String| {
            // The harness may print on the same line.
            let id = line
                .split_once("acknowledged ")
                .and_then(|(_, id)| id.parse::<i64>().ok());
            acknowledged.extend(id);
        };
        for line in lines.by_ref().take(100 * round) {
            id(line.unwrap());
        }
        child.kill().unwrap();
        // What it had said before it died.
        lines.map_while(Result::ok).for_each(&mut id);
        child.wait().unwrap();
    }
    assert!(acknowledged.len() > 1000);

    let db = Database::open(&config(&path), &[COUNTER]).await.unwrap();
    let rows = db
        .query("SELECT id, half FROM written", params![])
        .await
        .unwrap();
    let kept: std::collections::HashSet<i64> =
        rows.iter().map(|row| row.get("id").unwrap()).collect();
    for id in &acknowledged {
        assert!(kept.contains(id), "{id} was acknowledged and is gone");
    }
    // Nothing is half there, and the feed tells of every row and of nothing else.
    assert!(rows.iter().all(|row| row.get::<i64>("half").unwrap() == 2));
    let changes = db.feed().changes_since(0, u32::MAX).await.unwrap();
    let told: std::collections::HashSet<i64> = changes
        .iter()
        .map(|change| change.key.parse().unwrap())
        .collect();
    assert_eq!(told, kept);
    let check = db.query(
        "SELECT integrity_check FROM pragma_integrity_check",
        params![],
    );
    let check = tokio::time::timeout(Duration::from_secs(60), check)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(check[0].get::<String>("integrity_check").unwrap(), "ok");
}
