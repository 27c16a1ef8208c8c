use oauth::Timestamp;
use serde_json::json;
use storage::testing::databases;
use storage::{Error, Json, escape_like, params};

use crate::SHOP;

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went_in() {
    for t in databases(&[SHOP]).await {
        let text = "ünï\u{1F980} 'quoted' $1 ?1";
        let shelf = params!["s1", text, None::<String>];
        t.db.execute(
            "INSERT INTO shelf (id, name, note) VALUES ($1, $2, $3)",
            shelf,
        )
        .await
        .unwrap();
        for (id, place, fresh) in [
            ("a", Some(i64::MAX), true),
            ("b", Some(i64::MIN), false),
            ("c", None, true),
        ] {
            let sql = "INSERT INTO item (id, shelf, place, fresh) VALUES ($1, 's1', $2, $3)";
            t.db.execute(sql, params![id, place, fresh]).await.unwrap();
        }
        let row =
            t.db.query_one("SELECT name, note FROM shelf WHERE id = $1", params!["s1"])
                .await
                .unwrap();
        assert_eq!(row.get::<String>("name").unwrap(), text, "{}", t.name);
        assert_eq!(row.get::<Option<String>>("note").unwrap(), None);
        let rows =
            t.db.query("SELECT place, fresh FROM item ORDER BY id", params![])
                .await
                .unwrap();
        let places: Vec<Option<i64>> = rows.iter().map(|row| row.get("place").unwrap()).collect();
        let fresh: Vec<bool> = rows.iter().map(|row| row.get("fresh").unwrap()).collect();
        assert_eq!(places, [Some(i64::MAX), Some(i64::MIN), None], "{}", t.name);
        assert_eq!(fresh, [true, false, true], "{}", t.name);
    }
}

#[tokio::test]
async fn json_times_and_uuids_have_columns() {
    for t in databases(&[SHOP]).await {
        let id = oauth::Entropy::seeded(1).uuid();
        let note = json!({ "tags": ["a", null, 1] });
        let sql = "INSERT INTO shelf (id, name, note) VALUES ($1, $2, $3)";
        t.db.execute(sql, params![id, "x", &note]).await.unwrap();
        let moment = Timestamp::from_millis(1_709_249_880_861);
        let sql = "INSERT INTO item (id, shelf, place) VALUES ('i', $1, $2)";
        t.db.execute(sql, params![id, moment]).await.unwrap();
        let sql = "SELECT shelf.id, note, place FROM shelf JOIN item ON item.shelf = shelf.id";
        let row = t.db.query_one(sql, params![]).await.unwrap();
        assert_eq!(row.get::<uuid::Uuid>("id").unwrap(), id, "{}", t.name);
        assert_eq!(row.get::<Json<serde_json::Value>>("note").unwrap().0, note);
        assert_eq!(row.get::<Timestamp>("place").unwrap(), moment);
        let error = row.get::<Json<Vec<bool>>>("note").unwrap_err();
        assert!(matches!(error, Error::Corrupt(text) if !text.contains("tags")));
    }
}

#[tokio::test]
async fn sums_counts_and_comparisons_read_alike() {
    for t in databases(&[SHOP]).await {
        t.db.execute("INSERT INTO shelf (id, name) VALUES ('s', 'S')", params![])
            .await
            .unwrap();
        for place in [10_000_i64, 20_001, 99_990_000, -5] {
            let sql = "INSERT INTO item (id, shelf, place) VALUES ($1, 's', $2)";
            t.db.execute(sql, params![place.to_string(), place])
                .await
                .unwrap();
        }
        let sql = "SELECT SUM(place) AS total, SUM(place) - SUM(place) AS zero, COUNT(*) AS items, \
                   MIN(place) AS least, COUNT(*) > $1 AS many, -SUM(place) AS negative FROM item";
        let row = t.db.query_one(sql, params![3]).await.unwrap();
        let number = |column| row.get::<i64>(column).unwrap();
        assert_eq!(number("total"), 100_019_996, "{}", t.name);
        assert_eq!(number("negative"), -100_019_996, "{}", t.name);
        assert_eq!(
            (number("zero"), number("items"), number("least")),
            (0, 4, -5)
        );
        assert!(row.get::<bool>("many").unwrap());
    }
}

#[tokio::test]
async fn like_tells_case_apart_and_takes_escaped_text_literally() {
    for t in databases(&[SHOP]).await {
        for name in [
            "50% off",
            "50 percent",
            "Under_score",
            "UnderXscore",
            r"back\slash",
        ] {
            t.db.execute(
                "INSERT INTO shelf (id, name) VALUES ($1, $1)",
                params![name],
            )
            .await
            .unwrap();
        }
        for (typed, wanted) in [
            ("50%", 1),
            ("under", 0),
            ("Under", 2),
            ("r_s", 1),
            (r"k\s", 1),
        ] {
            let sql = r"SELECT COUNT(*) AS found FROM shelf WHERE name LIKE $1 ESCAPE '\'";
            let pattern = format!("%{}%", escape_like(typed));
            let row = t.db.query_one(sql, params![pattern]).await.unwrap();
            assert_eq!(
                row.get::<i64>("found").unwrap(),
                wanted,
                "{typed} on {}",
                t.name
            );
        }
    }
}

#[tokio::test]
async fn parameters_are_known_by_their_number_and_may_repeat() {
    for t in databases(&[SHOP]).await {
        let sql = "SELECT $2 || $1 || $2 AS text, CAST($3 AS BIGINT) AS number";
        let row = t.db.query_one(sql, params!["a", "b", 7]).await.unwrap();
        assert_eq!(row.get::<String>("text").unwrap(), "bab", "{}", t.name);
        assert_eq!(row.get::<i64>("number").unwrap(), 7);
        assert!(
            t.db.query("SELECT $2 || $1 AS text", params!["a"])
                .await
                .is_err(),
            "{}",
            t.name
        );
    }
}

#[tokio::test]
async fn a_violation_names_the_same_columns_on_both() {
    for t in databases(&[SHOP]).await {
        let name = t.name;
        let unique = |constraint: &str| Error::Unique {
            constraint: constraint.into(),
        };
        t.db.execute(
            "INSERT INTO shelf (id, name) VALUES ('s', 'Tea')",
            params![],
        )
        .await
        .unwrap();
        t.db.execute(
            "INSERT INTO item (id, shelf, place) VALUES ('i', 's', 1)",
            params![],
        )
        .await
        .unwrap();
        for (sql, error) in [
            (
                "INSERT INTO shelf (id, name) VALUES ('s', 'Rice')",
                unique("shelf.id"),
            ),
            (
                "INSERT INTO shelf (id, name) VALUES ('t', 'TEA')",
                unique("shelf_name"),
            ),
            (
                "INSERT INTO item (id, shelf, place) VALUES ('j', 's', 1)",
                unique("item.shelf, item.place"),
            ),
            (
                "INSERT INTO item (id, shelf) VALUES ('j', 'nowhere')",
                Error::ForeignKey,
            ),
            ("DELETE FROM shelf", Error::ForeignKey),
        ] {
            assert_eq!(
                t.db.execute(sql, params![]).await.unwrap_err(),
                error,
                "{sql} on {name}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_missing_or_misused_is_told() {
    for t in databases(&[SHOP]).await {
        let none =
            t.db.query_one("SELECT id FROM shelf", params![])
                .await
                .unwrap_err();
        assert_eq!(none, Error::NotFound, "{}", t.name);
        let writing =
            t.db.query("DELETE FROM shelf", params![])
                .await
                .unwrap_err();
        assert!(writing.to_string().contains("only reads"), "{}", t.name);
        let nul =
            t.db.query("SELECT $1 AS text", params!["a\0b"])
                .await
                .unwrap_err();
        assert_eq!(nul, Error::NulInText, "{}", t.name);
        let row =
            t.db.query_one("SELECT 'x' AS text", params![])
                .await
                .unwrap();
        assert!(
            matches!(row.get::<i64>("text"), Err(Error::Corrupt(_))),
            "{}",
            t.name
        );
        assert!(
            matches!(row.get::<String>("other"), Err(Error::Other(_))),
            "{}",
            t.name
        );
        let wrong =
            t.db.query("SELECT secret FROM nowhere", params![])
                .await
                .unwrap_err();
        assert!(
            matches!(&wrong, Error::Other(text) if !text.contains("SELECT")),
            "{}: {wrong}",
            t.name
        );
    }
}
