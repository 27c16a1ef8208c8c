//! Pages of portals.

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{PortalId, SitePage, SitePageId};

const COLUMNS: &str = "t.id, t.portal_id, t.parent_page_id, t.slug, t.title, t.description, t.content, \
                       t.visibility, t.status, t.position, t.created_at, t.updated_at";
/// The same without the contents, which may be long.
const OUTLINE: &str = "t.id, t.portal_id, t.parent_page_id, t.slug, t.title, t.description, '' AS content, \
                       t.visibility, t.status, t.position, t.created_at, t.updated_at";
const FROM: &str = "portal_site_page t";

fn parse(row: &Row) -> Result<SitePage, Error> {
    Ok(SitePage {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        parent_page_id: row.get("parent_page_id")?,
        slug: row.get("slug")?,
        title: row.get("title")?,
        description: row.get("description")?,
        content: row.get("content")?,
        visibility: row.get("visibility")?,
        status: row.get("status")?,
        position: row.get("position")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: SitePageId) -> Result<Option<SitePage>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// Those of a portal that are asked for, without their contents, in the listing's order. The table's alias
/// is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<Vec<SitePage>, Error> {
    let (found, _) = listing::page(read, OUTLINE, FROM, "t.id", listing, parse).await?;
    Ok(found)
}

/// All of a portal, without their contents: parents and siblings in their order.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn outline(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Vec<SitePage>, Error> {
    let sql = format!(
        "SELECT {OUTLINE} FROM {FROM} WHERE t.portal_id = $1 ORDER BY t.position, t.created_at, t.id"
    );
    read.all(&sql, params![portal_id], parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, page: &SitePage) -> Result<(), Error> {
    let sql = "INSERT INTO portal_site_page (id, portal_id, parent_page_id, slug, title, description, \
               content, visibility, status, position, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let params = params![
        page.id,
        page.portal_id,
        page.parent_page_id,
        &page.slug,
        &page.title,
        &page.description,
        &page.content,
        page.visibility,
        page.status,
        page.position,
        page.created_at,
        page.updated_at
    ];
    tx.execute(sql, params).await?;
    changed(tx, page.portal_id).await
}

/// Writes everything that may change of one.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, page: &SitePage) -> Result<(), Error> {
    let sql = "UPDATE portal_site_page SET parent_page_id = $2, slug = $3, title = $4, description = $5, \
               content = $6, visibility = $7, status = $8, position = $9, updated_at = $10 WHERE id = $1";
    let params = params![
        page.id,
        page.parent_page_id,
        &page.slug,
        &page.title,
        &page.description,
        &page.content,
        page.visibility,
        page.status,
        page.position,
        page.updated_at
    ];
    match tx.execute(sql, params).await? {
        0 => Err(Error::NotFound),
        _ => changed(tx, page.portal_id).await,
    }
}

/// Writes where these of one portal stand, and nothing else.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn stand(
    tx: &mut Tx,
    portal_id: PortalId,
    pages: &[SitePage],
) -> Result<(), Error> {
    let sql = "UPDATE portal_site_page SET parent_page_id = $2, position = $3, updated_at = $4 WHERE id = $1";
    for page in pages {
        let params = params![page.id, page.parent_page_id, page.position, page.updated_at];
        tx.execute(sql, params).await?;
    }
    changed(tx, portal_id).await
}

/// Removes one with those below it.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, page: &SitePage) -> Result<(), Error> {
    let sql = "DELETE FROM portal_site_page WHERE id = $1";
    tx.execute(sql, params![page.id]).await?;
    changed(tx, page.portal_id).await
}

/// What nodes keep of a portal's pages is of yesterday: see [`crate::model::Site::pages_revision`].
async fn changed(tx: &mut Tx, portal_id: PortalId) -> Result<(), Error> {
    let sql = "UPDATE portal_portal SET pages_revision = pages_revision + 1 WHERE id = $1";
    tx.execute(sql, params![portal_id]).await.map(drop)
}
