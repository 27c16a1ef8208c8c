//! Snippets of portals.

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{PortalId, Snippet, SnippetId};

const COLUMNS: &str = "t.id, t.portal_id, t.name, t.title, t.description, t.content, t.visibility, t.status, \
                       t.created_at, t.updated_at";
const FROM: &str = "portal_snippet t";

fn parse(row: &Row) -> Result<Snippet, Error> {
    Ok(Snippet {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        name: row.get("name")?,
        title: row.get("title")?,
        description: row.get("description")?,
        content: row.get("content")?,
        visibility: row.get("visibility")?,
        status: row.get("status")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: SnippetId) -> Result<Option<Snippet>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<Snippet>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// All of a portal, by name.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_portal(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Vec<Snippet>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.portal_id = $1 ORDER BY t.name");
    read.all(&sql, params![portal_id], parse).await
}

/// Adds one.
///
/// # Errors
/// [`Error::Unique`] if the portal has one of its name, and those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, snippet: &Snippet) -> Result<(), Error> {
    let sql = "INSERT INTO portal_snippet (id, portal_id, name, title, description, content, visibility, \
               status, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        snippet.id,
        snippet.portal_id,
        &snippet.name,
        &snippet.title,
        &snippet.description,
        &snippet.content,
        snippet.visibility,
        snippet.status,
        snippet.created_at,
        snippet.updated_at
    ];
    tx.execute(sql, params).await.map(drop)
}

/// Writes everything that may change of one.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, [`Error::Unique`] if the portal has another of its name.
pub(crate) async fn update(tx: &mut Tx, snippet: &Snippet) -> Result<(), Error> {
    let sql = "UPDATE portal_snippet SET name = $2, title = $3, description = $4, content = $5, \
               visibility = $6, status = $7, updated_at = $8 WHERE id = $1";
    let params = params![
        snippet.id,
        &snippet.name,
        &snippet.title,
        &snippet.description,
        &snippet.content,
        snippet.visibility,
        snippet.status,
        snippet.updated_at
    ];
    match tx.execute(sql, params).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Removes one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: SnippetId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_snippet WHERE id = $1";
    tx.execute(sql, params![id]).await.map(drop)
}
