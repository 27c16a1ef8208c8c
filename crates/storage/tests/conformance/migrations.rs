use futures_util::future::join_all;
use storage::testing::databases;
use storage::{Database, Error, Migrations, params};

use crate::SHOP;

const LONGER: Migrations = Migrations {
    component: "shop",
    steps: &[
        SHOP.steps[0],
        "ALTER TABLE item ADD COLUMN price BIGINT NOT NULL DEFAULT 0",
    ],
};

const CHANGED: Migrations = Migrations {
    component: "shop",
    steps: &["CREATE TABLE shelf (id TEXT PRIMARY KEY)"],
};

const BROKEN: Migrations = Migrations {
    component: "shop",
    steps: &[
        SHOP.steps[0],
        "CREATE TABLE half (id TEXT PRIMARY KEY); INSERT INTO nowhere VALUES (1)",
    ],
};

#[tokio::test]
async fn a_newer_program_takes_the_data_along() {
    for t in databases(&[SHOP]).await {
        t.db.execute("INSERT INTO shelf (id, name) VALUES ('s', 'S')", params![])
            .await
            .unwrap();
        t.db.execute("INSERT INTO item (id, shelf) VALUES ('i', 's')", params![])
            .await
            .unwrap();
        let db = Database::open(&t.config, &[LONGER]).await.unwrap();
        let row = db
            .query_one("SELECT id, price FROM item", params![])
            .await
            .unwrap();
        assert_eq!(row.get::<i64>("price").unwrap(), 0, "{}", t.name);
    }
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_schema_and_names_both_versions() {
    for t in databases(&[LONGER]).await {
        let error = Database::open(&t.config, &[SHOP]).await.unwrap_err();
        let wanted = Error::NewerSchema {
            component: "shop".into(),
            found: 2,
            known: 1,
        };
        assert_eq!(error, wanted, "{}", t.name);
    }
}

#[tokio::test]
async fn a_step_that_was_changed_after_it_was_applied_is_refused() {
    for t in databases(&[SHOP]).await {
        let error = Database::open(&t.config, &[CHANGED]).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("step 1 of the schema of `shop` differs"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_of_itself() {
    for t in databases(&[SHOP]).await {
        let error = Database::open(&t.config, &[BROKEN]).await.unwrap_err();
        assert!(
            error.to_string().contains("upgrading `shop` to version 2"),
            "{}: {error}",
            t.name
        );
        assert!(
            t.db.query("SELECT id FROM half", params![]).await.is_err(),
            "{}",
            t.name
        );
        Database::open(&t.config, &[LONGER]).await.unwrap();
    }
}

#[tokio::test]
async fn several_nodes_may_start_at_once() {
    for t in databases(&[]).await {
        let opened = join_all((0..4).map(|_| Database::open(&t.config, &[LONGER]))).await;
        for db in opened {
            let db = db.unwrap_or_else(|error| panic!("{}: {error}", t.name));
            assert!(
                db.query("SELECT price FROM item", params![])
                    .await
                    .unwrap()
                    .is_empty()
            );
            db.close().await;
        }
    }
}
