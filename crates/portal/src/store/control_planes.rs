//! Control planes.

use oauth::Timestamp;
use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{ControlPlane, ControlPlaneId};

const COLUMNS: &str = "t.id, t.name, t.description, t.cluster_type, t.auth_type, t.proxy_urls, t.labels, t.created_at, t.updated_at";
const FROM: &str = "portal_control_plane t";

fn parse(row: &Row) -> Result<ControlPlane, Error> {
    Ok(ControlPlane {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        cluster_type: row.get("cluster_type")?,
        auth_type: row.get("auth_type")?,
        proxy_urls: row.get::<Json<_>>("proxy_urls")?.0,
        labels: row.get::<Json<_>>("labels")?.0,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: ControlPlaneId,
) -> Result<Option<ControlPlane>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<ControlPlane>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &ControlPlane) -> Result<(), Error> {
    let sql = "INSERT INTO portal_control_plane (id, name, description, cluster_type, auth_type, proxy_urls, labels, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params = params![
        entity.id,
        &entity.name,
        &entity.description,
        &entity.cluster_type,
        &entity.auth_type,
        Json(&entity.proxy_urls),
        Json(&entity.labels),
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`name`, `description`, `auth_type`, `proxy_urls`, `labels`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &ControlPlane) -> Result<(), Error> {
    let sql = "UPDATE portal_control_plane SET name = $2, description = $3, auth_type = $4, proxy_urls = $5, labels = $6, updated_at = $7 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        &entity.description,
        &entity.auth_type,
        Json(&entity.proxy_urls),
        Json(&entity.labels),
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// When its services and routes last changed; 1970 if it has none.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn changed_at(
    mut read: impl Read,
    id: ControlPlaneId,
) -> Result<Timestamp, Error> {
    let sql = "SELECT COALESCE(MAX(e.updated_at), 0) AS n FROM \
               (SELECT updated_at FROM portal_service WHERE control_plane_id = $1 \
               UNION ALL SELECT updated_at FROM portal_route WHERE control_plane_id = $1) e";
    read.count(sql, params![id])
        .await
        .map(Timestamp::from_millis)
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while others refer to it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: ControlPlaneId) -> Result<bool, Error> {
    Ok(tx
        .execute(
            "DELETE FROM portal_control_plane WHERE id = $1",
            params![id],
        )
        .await?
        > 0)
}
