//! The pictures of APIs.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use storage::{Error, Row, Tx, params};

use super::{Read, related};
use crate::model::{ApiIcon, ApiProductId};

const COLUMNS: &str =
    "t.api_product_id, t.media_type, t.content, t.digest, t.created_at, t.updated_at";

fn parse(row: &Row) -> Result<ApiIcon, Error> {
    let content: String = row.get("content")?;
    Ok(ApiIcon {
        api_product_id: row.get("api_product_id")?,
        media_type: row.get("media_type")?,
        bytes: STANDARD.decode(content).unwrap_or_default(),
        digest: row.get("digest")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// That of an API, if it has one.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: ApiProductId) -> Result<Option<ApiIcon>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_api_icon t WHERE t.api_product_id = $1");
    read.one(&sql, params![id], parse).await
}

/// The digests of those that these APIs have.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn digests(
    mut read: impl Read,
    ids: impl IntoIterator<Item = ApiProductId>,
) -> Result<HashMap<ApiProductId, String>, Error> {
    let (condition, params) = related::one_of("t.api_product_id", ids);
    let sql = format!("SELECT t.api_product_id, t.digest FROM portal_api_icon t WHERE {condition}");
    let rows = read.rows(&sql, params).await?;
    let pair = |row: &Row| Ok((row.get("api_product_id")?, row.get("digest")?));
    rows.iter().map(pair).collect()
}

/// Puts one in the place of what the API has.
///
/// # Errors
/// [`Error::ForeignKey`] if there is no such API, and those of [`Tx::execute`].
pub(crate) async fn put(tx: &mut Tx, icon: &ApiIcon) -> Result<(), Error> {
    let sql = "INSERT INTO portal_api_icon (api_product_id, media_type, content, digest, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (api_product_id) DO UPDATE SET media_type = excluded.media_type, \
               content = excluded.content, digest = excluded.digest, updated_at = excluded.updated_at";
    let params = params![
        icon.api_product_id,
        &icon.media_type,
        STANDARD.encode(&icon.bytes),
        &icon.digest,
        icon.created_at,
        icon.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Removes that of an API, and says whether there was one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: ApiProductId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_api_icon WHERE api_product_id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}
