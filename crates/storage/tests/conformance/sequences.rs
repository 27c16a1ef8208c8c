//! Random sequences of statements have the same outcome on both databases.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use storage::testing::{TestDatabase, databases};
use storage::{Error, Row, Tx, params};

use crate::SHOP;

#[derive(Clone, Debug)]
enum Step {
    Shelf {
        id: u8,
        name: String,
    },
    Item {
        id: u8,
        shelf: u8,
        place: Option<i64>,
        fresh: bool,
    },
    Move {
        id: u8,
        place: Option<i64>,
    },
    Upsert {
        id: u8,
        note: Option<String>,
    },
    RemoveShelf {
        id: u8,
    },
    RemoveItems {
        fresh: bool,
    },
    Change {
        key: String,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0_u8..5;
    let place = proptest::option::of(0_i64..4);
    let text = "[a-cA-C%_é\u{1F980}]{0,3}";
    prop_oneof![
        (id.clone(), text).prop_map(|(id, name)| Step::Shelf { id, name }),
        (id.clone(), id.clone(), place.clone(), any::<bool>()).prop_map(
            |(id, shelf, place, fresh)| Step::Item {
                id,
                shelf,
                place,
                fresh
            }
        ),
        (id.clone(), place).prop_map(|(id, place)| Step::Move { id, place }),
        (id.clone(), proptest::option::of(text)).prop_map(|(id, note)| Step::Upsert { id, note }),
        id.prop_map(|id| Step::RemoveShelf { id }),
        any::<bool>().prop_map(|fresh| Step::RemoveItems { fresh }),
        text.prop_map(|key| Step::Change { key }),
    ]
}

async fn take(tx: &mut Tx, step: &Step) -> Result<i64, Error> {
    let affected = |rows: u64| i64::try_from(rows).unwrap();
    match step {
        Step::Shelf { id, name } => {
            let sql = "INSERT INTO shelf (id, name) VALUES ($1, $2)";
            tx.execute(sql, params![id.to_string(), name])
                .await
                .map(affected)
        }
        Step::Item {
            id,
            shelf,
            place,
            fresh,
        } => {
            let sql = "INSERT INTO item (id, shelf, place, fresh) VALUES ($1, $2, $3, $4)";
            let params = params![id.to_string(), shelf.to_string(), *place, *fresh];
            tx.execute(sql, params).await.map(affected)
        }
        Step::Move { id, place } => {
            let sql =
                "UPDATE item SET place = $2, fresh = NOT fresh WHERE id = $1 RETURNING id, fresh";
            let rows = tx.query(sql, params![id.to_string(), *place]).await?;
            rows.iter()
                .map(|row| Ok(1 + i64::from(row.get::<bool>("fresh")?)))
                .sum()
        }
        Step::Upsert { id, note } => {
            let sql = "INSERT INTO shelf (id, name, note) VALUES ($1, 'new ' || $1, $2) \
                       ON CONFLICT (id) DO UPDATE SET note = excluded.note";
            tx.execute(sql, params![id.to_string(), note.clone()])
                .await
                .map(affected)
        }
        Step::RemoveShelf { id } => {
            let sql = "DELETE FROM shelf WHERE id = $1";
            tx.execute(sql, params![id.to_string()]).await.map(affected)
        }
        Step::RemoveItems { fresh } => tx
            .execute("DELETE FROM item WHERE fresh = $1", params![*fresh])
            .await
            .map(affected),
        Step::Change { key } => tx.record_change("item", key).await,
    }
}

/// What each transaction gave and what is there in the end, as text.
async fn run(t: &TestDatabase, transactions: &[(Vec<Step>, bool)]) -> Result<Vec<String>, Error> {
    let mut clean = t.db.begin().await?;
    for table in ["item", "shelf", "storage_change"] {
        clean
            .execute(&format!("DELETE FROM {table}"), params![])
            .await?;
    }
    clean
        .execute(
            "UPDATE storage_revision SET revision = 0, pruned = 0",
            params![],
        )
        .await?;
    clean.commit().await?;
    let mut seen = Vec::new();
    for (steps, commit) in transactions {
        let mut tx = t.db.begin().await?;
        for step in steps {
            // Where a row violates two constraints, each database names the one it looked at first.
            let outcome = take(&mut tx, step).await.map_err(|error| match error {
                Error::Unique { .. } => "unique".to_owned(),
                other => other.to_string(),
            });
            seen.push(format!("{step:?}: {outcome:?}"));
        }
        if *commit {
            seen.push(format!("committed: {}", tx.commit().await.is_ok()));
        }
    }
    let list = |row: &Row| -> Result<String, Error> {
        let shelf = (row.get::<String>("shelf")?, row.get::<String>("name")?);
        let note: Option<String> = row.get("note")?;
        let (item, place): (Option<String>, Option<i64>) = (row.get("item")?, row.get("place")?);
        Ok(format!(
            "{shelf:?} {note:?} {item:?} {place:?} {:?}",
            row.get::<Option<bool>>("fresh")?
        ))
    };
    let sql = "SELECT shelf.id AS shelf, name, note, item.id AS item, place, fresh FROM shelf \
               LEFT JOIN item ON item.shelf = shelf.id ORDER BY name, shelf.id, item.id";
    for row in t.db.query(sql, params![]).await? {
        seen.push(list(&row)?);
    }
    seen.push(format!("{:?}", t.db.feed().changes_since(0, 1000).await?));
    Ok(seen)
}

#[test]
fn both_databases_tell_the_same_story() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let both = runtime.block_on(databases(&[SHOP]));
    let transaction = (
        proptest::collection::vec(step(), 1..5),
        proptest::bool::weighted(0.8),
    );
    let transactions = proptest::collection::vec(transaction, 1..12);
    let config = Config {
        cases: 96,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&transactions, |transactions| {
        let stories: Vec<_> = both
            .iter()
            .map(|t| runtime.block_on(run(t, &transactions)).unwrap())
            .collect();
        prop_assert_eq!(&stories[0], &stories[1]);
        Ok(())
    });
    let _inside = runtime.enter();
    drop(both);
    outcome.unwrap();
}
