//! After a rotation: sealing every stored data key under the current key.

use super::Sealer;
use super::envelope::{self, Envelope};
use crate::{Database, Error, params};

/// How many rows are read at a time.
const PAGE: u32 = 200;

/// Where sealed values are kept. The names are ours, never somebody's input.
#[derive(Clone, Copy, Debug)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// Its primary key, one `TEXT` column.
    pub key: &'static str,
    /// The column with what [`Sealer::seal`] gave, alone or as one text within JSON, or without any.
    pub column: &'static str,
}

impl Sealer {
    /// Seals the data keys of these columns under the current key, where they are under an older one,
    /// and gives how many there were. When it has run without a warning in the log, the older keys may
    /// be retired. It may run at every start and on several nodes: what is current costs one query.
    ///
    /// # Errors
    /// Those of [`Database::query`] and [`Database::execute`]. A value that does not open is left as
    /// it is, with a warning in the log.
    pub async fn rewrap_all(&self, db: &Database, columns: &[SealedColumn]) -> Result<u64, Error> {
        let mut rewrapped = 0;
        for column in columns {
            rewrapped += self.rewrap_column(db, *column).await?;
        }
        Ok(rewrapped)
    }

    /// [`Sealer::rewrap_all`] when a process starts: the log tells what came of it. If it fails, the
    /// older keys serve on until the next start.
    pub async fn rewrap_at_start(&self, db: &Database, columns: &[SealedColumn]) {
        match self.rewrap_all(db, columns).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "secrets sealed under the current key"),
            Err(error) => tracing::warn!(error.cause = %error, "secrets keep their older key"),
        }
    }

    async fn rewrap_column(&self, db: &Database, place: SealedColumn) -> Result<u64, Error> {
        let SealedColumn { table, key, column } = place;
        let read = format!(
            "SELECT {key} AS id, {column} AS sealed FROM {table} WHERE {key} > $1 \
             AND {column} LIKE $2 AND {column} NOT LIKE $3 ORDER BY {key} LIMIT $4"
        );
        // What was sealed anew meanwhile stays as it is.
        let write = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
        let sealed = format!("%{}%", Envelope::prefix(""));
        let current = format!("%{}.%", Envelope::prefix(self.ring.current_key_id()));
        let (mut after, mut rewrapped) = (String::new(), 0);
        loop {
            let params = params![&after, &sealed, &current, PAGE];
            let rows = db.query(&read, params).await?;
            for row in &rows {
                after = row.get("id")?;
                let stored: String = row.get("sealed")?;
                match self.rewrap_within(&stored) {
                    Ok(anew) => {
                        rewrapped += db.execute(&write, params![anew, &after, stored]).await?
                    }
                    Err(error) => tracing::warn!(table, id = after, %error, "not sealed anew"),
                }
            }
            if rows.is_empty() {
                return Ok(rewrapped);
            }
        }
    }

    /// The same text with the sealed value in it under the current key.
    fn rewrap_within(&self, stored: &str) -> Result<String, super::Error> {
        let sealed = envelope::find(stored).ok_or(super::Error::Malformed)?;
        Ok(stored.replacen(sealed, &self.rewrap(sealed)?, 1))
    }
}
