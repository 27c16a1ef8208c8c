use oauth::{Entropy, Timestamp};
use secrecy::ExposeSecret;
use storage::outbox::{self, NewJob};
use storage::params;
use storage::seal::{KeyRing, SealedColumn, Sealer};
use storage::testing::databases;

use crate::SHOP;

const OLD: &str = "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";
const NOTES: SealedColumn = SealedColumn {
    table: "shelf",
    key: "id",
    column: "note",
};

fn sealer(keys: &[&str]) -> Sealer {
    Sealer::new(KeyRing::from_base64(keys).unwrap(), Entropy::system())
}

#[tokio::test]
async fn everything_sealed_moves_to_the_current_key_and_the_old_one_can_go() {
    for t in databases(&[SHOP]).await {
        let (before, rotated) = (sealer(&[OLD]), sealer(&[NEW, OLD]));
        let mut tx = t.db.begin().await.unwrap();
        for n in 0..450 {
            let id = format!("{n:03}");
            let note = (n % 3 > 0).then(|| before.seal(&id, &format!("secret {n}").into()));
            let sql = "INSERT INTO shelf (id, name, note) VALUES ($1, $1, $2)";
            tx.execute(sql, params![id, note]).await.unwrap();
        }
        let sql = "INSERT INTO shelf (id, name, note) VALUES ('odd', 'odd', 'never sealed')";
        tx.execute(sql, params![]).await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(
            rotated.rewrap_all(&t.db, &[NOTES]).await.unwrap(),
            300,
            "{}",
            t.name
        );
        assert_eq!(
            rotated.rewrap_all(&t.db, &[NOTES]).await.unwrap(),
            0,
            "{}",
            t.name
        );
        let retired = sealer(&[NEW]);
        let sql = "SELECT id, note FROM shelf WHERE note LIKE 'gs1.%'";
        let rows = t.db.query(sql, params![]).await.unwrap();
        assert_eq!(rows.len(), 300);
        for row in rows {
            let (id, note): (String, String) = (row.get("id").unwrap(), row.get("note").unwrap());
            let secret = retired.open(&id, &note).unwrap();
            assert_eq!(
                secret.expose_secret(),
                format!("secret {}", id.parse::<u32>().unwrap())
            );
        }
    }
}

#[tokio::test]
async fn what_a_waiting_job_sealed_moves_too() {
    for t in databases(&[]).await {
        let (before, rotated) = (sealer(&[OLD]), sealer(&[NEW, OLD]));
        let mut tx = t.db.begin().await.unwrap();
        for (key, payload) in [
            ("plain", serde_json::json!({ "to": "gs2.x" })),
            (
                "sealed",
                serde_json::json!({ "mail": before.seal("m", &"hunter2".into()), "to": "x" }),
            ),
        ] {
            tx.enqueue(NewJob {
                queue: "mail",
                key,
                payload,
                due: Timestamp::from_millis(0),
            })
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let rewrapped = rotated.rewrap_all(&t.db, &[outbox::PAYLOADS]).await;
        assert_eq!(rewrapped.unwrap(), 1, "{}", t.name);
        let sql = "SELECT payload FROM storage_job WHERE key = 'sealed'";
        let row = t.db.query_one(sql, params![]).await.unwrap();
        let storage::Json(payload): storage::Json<serde_json::Value> = row.get("payload").unwrap();
        let sealed = payload["mail"].as_str().unwrap();
        let secret = sealer(&[NEW]).open("m", sealed).unwrap();
        assert_eq!(secret.expose_secret(), "hunter2");
        assert_eq!(payload["to"], "x");
    }
}
