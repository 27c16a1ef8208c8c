//! Sealed columns, when the key-encryption key is rotated.

use storage::seal::Sealer;
use storage::{Database, params};

use crate::Error;

/// Each sealed column with the key of its table.
const COLUMNS: [(&str, &str, &str); 3] = [
    ("identity_client", "client_id", "secret"),
    ("identity_resource_server", "id", "signing_secret"),
    ("identity_signing_key", "kid", "private_key"),
];

/// Rows that are read at once.
const BATCH: i64 = 500;

/// Seals under the current key-encryption key what is sealed under an older one. No secret is opened.
/// Gives how many there were.
pub(crate) async fn rewrap(db: &Database, sealer: &Sealer) -> Result<u64, Error> {
    let mut count = 0;
    for (table, key, column) in COLUMNS {
        let mut last = String::new();
        loop {
            let sql = format!(
                "SELECT {key}, {column} FROM {table} \
                 WHERE {column} IS NOT NULL AND {key} > $1 ORDER BY {key} LIMIT $2"
            );
            let rows = db.query(&sql, params![&last, BATCH]).await?;
            let Some(end) = rows.last() else { break };
            last = end.get(key)?;
            for row in &rows {
                let sealed: String = row.get(column)?;
                if !sealer.needs_rewrap(&sealed) {
                    continue;
                }
                let again = sealer.rewrap(&sealed).map_err(|error| {
                    Error::Internal(format!(
                        "a sealed value of {table} is not rewrapped: {error}"
                    ))
                })?;
                // Whoever replaced the value in the meantime sealed it under the current key.
                let sql =
                    format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
                let id: String = row.get(key)?;
                count += db.execute(&sql, params![again, id, sealed]).await?;
            }
        }
    }
    Ok(count)
}
