//! Which keys clients have published at their `jwks_uri`, by key id.

use oauth::Timestamp;
use storage::{Database, params};

/// How many key ids of one client are remembered.
const MOST: i64 = 200;

/// Notes keys (id and thumbprint) that a client publishes. Gives the first id that stood for another key
/// before; nothing is noted then.
pub(crate) async fn note(
    db: &Database,
    client_id: &str,
    keys: &[(&str, &str)],
    now: Timestamp,
) -> Result<Option<String>, storage::Error> {
    let mut tx = db.begin().await?;
    for (kid, thumbprint) in keys {
        // The first thumbprint of an id stays, on whichever node it was seen.
        let sql = "INSERT INTO identity_published_key (client_id, kid, thumbprint, seen_at) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (client_id, kid) \
                   DO UPDATE SET seen_at = $4 RETURNING thumbprint";
        let params = params![client_id, *kid, *thumbprint, now];
        let kept: String = tx.query_one(sql, params).await?.get("thumbprint")?;
        if kept != *thumbprint {
            return Ok(Some((*kid).to_owned()));
        }
    }
    let sql = "DELETE FROM identity_published_key WHERE client_id = $1 AND kid IN \
               (SELECT kid FROM identity_published_key WHERE client_id = $1 \
               ORDER BY seen_at DESC, kid LIMIT 100000 OFFSET $2)";
    tx.execute(sql, params![client_id, MOST]).await?;
    tx.commit().await?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use oauth::Timestamp;

    use super::note;

    #[tokio::test]
    async fn a_key_id_stands_for_the_key_that_it_stood_for_first() {
        for stage in crate::stage::stages().await {
            let (db, now) = (stage.tenant.db(), Timestamp::from_millis(1));
            let client = crate::model::client::Client::register(
                crate::model::Members::new(),
                stage.tenant.entropy(),
                now,
            );
            let mut tx = db.begin().await.unwrap();
            crate::store::clients::insert(&mut tx, &client, None)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let id = client.client_id.as_str();
            assert_eq!(
                note(db, id, &[("a", "1"), ("b", "2")], now).await.unwrap(),
                None
            );
            assert_eq!(
                note(db, id, &[("a", "1"), ("c", "3")], now).await.unwrap(),
                None
            );
            let swapped = note(db, id, &[("b", "9"), ("d", "4")], now).await.unwrap();
            assert_eq!(swapped.as_deref(), Some("b"));
            // Nothing of a refused set is believed.
            assert_eq!(note(db, id, &[("d", "5")], now).await.unwrap(), None);
        }
    }
}
