//! Jobs: work on many users, with what goes in and what comes out.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::job::{Job, Kind, Status};

const COLUMNS: &str = "id, kind, status, connection_id, settings, done, total, summary, place, \
                       details, created_at";

/// Keeps a new job; `source` is what it works on, sealed.
pub(crate) async fn insert(
    tx: &mut Tx,
    job: &Job,
    source: Option<&str>,
) -> Result<(), storage::Error> {
    let sql = format!(
        "INSERT INTO identity_job ({COLUMNS}, source) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    let params = params![
        &job.id,
        job.kind.as_str(),
        job.status.as_str(),
        &job.connection_id,
        storage::Json(&job.settings),
        job.done,
        job.total,
        storage::Json(&job.summary),
        place(job),
        &job.details,
        job.created_at,
        source,
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Writes how far a job is. What it works on goes when it is over.
pub(crate) async fn update(tx: &mut Tx, job: &Job) -> Result<(), storage::Error> {
    let over = matches!(job.status, Status::Completed | Status::Failed);
    let sql = "UPDATE identity_job SET status = $2, done = $3, total = $4, summary = $5, place = $6, \
               details = $7, source = CASE WHEN $8 THEN NULL ELSE source END WHERE id = $1";
    let params = params![
        &job.id,
        job.status.as_str(),
        job.done,
        job.total,
        storage::Json(&job.summary),
        place(job),
        &job.details,
        over,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

fn place(job: &Job) -> Option<storage::Json<(i64, &str)>> {
    let place = job.place.as_ref();
    place.map(|(at, id)| storage::Json((at.as_millis(), id.as_str())))
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Job>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_job WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// What a job works on, sealed.
pub(crate) async fn source(db: &Database, id: &str) -> Result<Option<String>, storage::Error> {
    let sql = "SELECT source FROM identity_job WHERE id = $1";
    let row = db.query_optional(sql, params![id]).await?;
    Ok(match row {
        Some(row) => row.get("source")?,
        None => None,
    })
}

/// How many jobs of a kind are not over.
pub(crate) async fn active(tx: &mut Tx, kind: Kind) -> Result<i64, storage::Error> {
    let sql = "SELECT COUNT(*) AS jobs FROM identity_job \
               WHERE kind = $1 AND status IN ('pending', 'processing')";
    tx.query_one(sql, params![kind.as_str()]).await?.get("jobs")
}

/// Adds a part: an error of an import, a piece of an export.
pub(crate) async fn add_part(
    tx: &mut Tx,
    id: &str,
    number: i64,
    content: &str,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_job_part (job_id, number, content) VALUES ($1, $2, $3)";
    tx.execute(sql, params![id, number, content]).await?;
    Ok(())
}

/// Some parts after a number, in their order.
pub(crate) async fn parts(
    db: &Database,
    id: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>, storage::Error> {
    let sql = "SELECT number, content FROM identity_job_part WHERE job_id = $1 AND number > $2 \
               ORDER BY number LIMIT $3";
    let rows = db.query(sql, params![id, after, limit]).await?;
    rows.iter()
        .map(|row| Ok((row.get("number")?, row.get("content")?)))
        .collect()
}

/// Forgets jobs that were made before, with all that came of them.
pub(crate) async fn prune(db: &Database, before: Timestamp) -> Result<u64, storage::Error> {
    let mut tx = db.begin().await?;
    let sql = "DELETE FROM identity_job_part WHERE job_id IN \
               (SELECT id FROM identity_job WHERE created_at < $1)";
    tx.execute(sql, params![before]).await?;
    let sql = "DELETE FROM identity_job WHERE created_at < $1";
    let gone = tx.execute(sql, params![before]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn read(row: &Row) -> Result<Job, storage::Error> {
    let corrupt = || storage::Error::Corrupt("a job's kind or status is not known".into());
    let (kind, status): (String, String) = (row.get("kind")?, row.get("status")?);
    let storage::Json(settings) = row.get("settings")?;
    let storage::Json(summary) = row.get("summary")?;
    let place: Option<storage::Json<(i64, String)>> = row.get("place")?;
    Ok(Job {
        id: row.get("id")?,
        kind: Kind::parse(&kind).ok_or_else(corrupt)?,
        status: Status::parse(&status).ok_or_else(corrupt)?,
        connection_id: row.get("connection_id")?,
        settings,
        done: row.get("done")?,
        total: row.get("total")?,
        summary,
        place: place.map(|storage::Json((at, id))| (Timestamp::from_millis(at), id)),
        details: row.get("details")?,
        created_at: row.get("created_at")?,
    })
}
