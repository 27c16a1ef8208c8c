//! Log streams.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::log_stream::{LogStream, Sink, Status};

/// A stream as it is kept: where it goes is sealed.
pub(crate) struct Stored {
    pub(crate) id: String,
    name: String,
    pub(crate) status: Status,
    is_priority: bool,
    filters: Vec<String>,
    pub(crate) sealed_sink: String,
    seen: String,
    created_at: Timestamp,
}

impl Stored {
    /// The stream, with what was sealed.
    pub(crate) fn with(self, sink: Sink) -> LogStream {
        LogStream {
            id: self.id,
            name: self.name,
            status: self.status,
            is_priority: self.is_priority,
            filters: self.filters,
            sink,
            seen: self.seen,
            created_at: self.created_at,
        }
    }
}

const COLUMNS: &str = "id, name, status, is_priority, filters, sink, seen, created_at";

pub(crate) async fn insert(
    tx: &mut Tx,
    stream: &LogStream,
    sealed_sink: &str,
) -> Result<(), storage::Error> {
    let sql = format!(
        "INSERT INTO identity_log_stream ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let params = params![
        &stream.id,
        &stream.name,
        stream.status.as_str(),
        stream.is_priority,
        storage::Json(&stream.filters),
        sealed_sink,
        &stream.seen,
        stream.created_at,
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Writes what a PATCH may have changed; never how far the stream is.
pub(crate) async fn update(
    tx: &mut Tx,
    stream: &LogStream,
    sealed_sink: &str,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_log_stream SET name = $2, status = $3, is_priority = $4, \
               filters = $5, sink = $6 WHERE id = $1";
    let params = params![
        &stream.id,
        &stream.name,
        stream.status.as_str(),
        stream.is_priority,
        storage::Json(&stream.filters),
        sealed_sink,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Notes the last entry that was sent.
pub(crate) async fn saw(tx: &mut Tx, id: &str, log_id: &str) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_log_stream SET seen = $2 WHERE id = $1";
    tx.execute(sql, params![id, log_id]).await?;
    Ok(())
}

/// Stops an active stream whose other side fails.
pub(crate) async fn suspend(tx: &mut Tx, id: &str) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_log_stream SET status = 'suspended' \
               WHERE id = $1 AND status = 'active'";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

pub(crate) async fn delete(db: &Database, id: &str) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_log_stream WHERE id = $1";
    db.execute(sql, params![id]).await
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Stored>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_log_stream WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Every stream, the oldest first.
pub(crate) async fn list(db: &Database) -> Result<Vec<Stored>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_log_stream ORDER BY created_at, id");
    let rows = db.query(&sql, params![]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Stored, storage::Error> {
    let status: String = row.get("status")?;
    let corrupt = || storage::Error::Corrupt("a log stream's status is not known".into());
    let storage::Json(filters) = row.get("filters")?;
    Ok(Stored {
        id: row.get("id")?,
        name: row.get("name")?,
        status: Status::parse(&status).ok_or_else(corrupt)?,
        is_priority: row.get("is_priority")?,
        filters,
        sealed_sink: row.get("sink")?,
        seen: row.get("seen")?,
        created_at: row.get("created_at")?,
    })
}
