//! Documents that administrators keep here: branding, prompts, mail templates, protection settings.

use oauth::Timestamp;
use storage::{Database, Row, Tx, escape_like, params};

use crate::model::Members;

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    /// Its kind, and its name where there are several of the kind: `branding`, `theme/4f…`.
    pub(crate) id: String,
    pub(crate) content: Members,
    /// What of it is secret, sealed.
    pub(crate) secret: Option<String>,
    pub(crate) created_at: Timestamp,
}

const COLUMNS: &str = "id, content, secret, created_at";

/// Writes a document, whether it was there or not.
pub(crate) async fn put(
    tx: &mut Tx,
    document: &Document,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_document (id, content, secret, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $4) ON CONFLICT (id) DO UPDATE \
               SET content = $2, secret = $3, updated_at = $4";
    let content = storage::Json(&document.content);
    tx.execute(sql, params![&document.id, content, &document.secret, now])
        .await?;
    Ok(())
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Document>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_document WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The document, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: &str) -> Result<Option<Document>, storage::Error> {
    let sql = format!(
        "UPDATE identity_document SET updated_at = updated_at WHERE id = $1 RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Every document of a kind, the oldest first.
pub(crate) async fn of_kind(db: &Database, kind: &str) -> Result<Vec<Document>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_document WHERE id LIKE $1 ESCAPE '\\' \
         ORDER BY created_at, id LIMIT 1000"
    );
    let pattern = format!("{}/%", escape_like(kind));
    let rows = db.query(&sql, params![pattern]).await?;
    rows.iter().map(read).collect()
}

/// Removes a document. Gives whether it was there.
pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<bool, storage::Error> {
    let sql = "DELETE FROM identity_document WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

fn read(row: &Row) -> Result<Document, storage::Error> {
    let storage::Json(content) = row.get("content")?;
    Ok(Document {
        id: row.get("id")?,
        content,
        secret: row.get("secret")?,
        created_at: row.get("created_at")?,
    })
}
