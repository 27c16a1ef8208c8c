//! After a rotation: sealing every stored data key under the current key.

use super::Sealer;
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
    /// The column with what [`Sealer::seal`] gave, or nothing.
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

    async fn rewrap_column(&self, db: &Database, place: SealedColumn) -> Result<u64, Error> {
        let SealedColumn { table, key, column } = place;
        let read = format!(
            "SELECT {key} AS id, {column} AS sealed FROM {table} WHERE {key} > $1 \
             AND {column} IS NOT NULL AND {column} NOT LIKE $2 ORDER BY {key} LIMIT $3"
        );
        // What was sealed anew meanwhile stays as it is.
        let write = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
        let current = format!("gs1.{}.%", self.ring.current_key_id());
        let (mut after, mut rewrapped) = (String::new(), 0);
        loop {
            let rows = db.query(&read, params![&after, &current, PAGE]).await?;
            for row in &rows {
                after = row.get("id")?;
                let sealed: String = row.get("sealed")?;
                match self.rewrap(&sealed) {
                    Ok(anew) => {
                        rewrapped += db.execute(&write, params![anew, &after, sealed]).await?
                    }
                    Err(error) => tracing::warn!(table, id = after, %error, "not sealed anew"),
                }
            }
            if rows.is_empty() {
                return Ok(rewrapped);
            }
        }
    }
}
