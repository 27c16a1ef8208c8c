//! Which services of a gateway implement which APIs: the services in front of which their versions stand.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{ApiProductId, ControlPlaneId, Service, ServiceId};

/// An API and a service. The service's id stands for the pair too, since a service implements one API.
#[derive(Clone, Debug)]
pub(crate) struct Implementation {
    /// The API.
    pub(crate) api_id: ApiProductId,
    /// The service.
    pub(crate) service_id: ServiceId,
    /// The service's control plane.
    pub(crate) control_plane_id: Option<ControlPlaneId>,
    /// When the first of the versions was created.
    pub(crate) created_at: Timestamp,
    /// When one of them last changed.
    pub(crate) updated_at: Timestamp,
}

const COLUMNS: &str =
    "t.api_product_id, t.service_id, t.control_plane_id, t.created_at, t.updated_at";
const FROM: &str = "(SELECT v.api_product_id, v.service_id, v.control_plane_id, \
                     MIN(v.created_at) AS created_at, MAX(v.updated_at) AS updated_at \
                     FROM portal_product_version v WHERE v.service_id IS NOT NULL \
                     GROUP BY v.api_product_id, v.service_id, v.control_plane_id) t";

fn parse(row: &Row) -> Result<Implementation, Error> {
    Ok(Implementation {
        api_id: row.get("api_product_id")?,
        service_id: row.get("service_id")?,
        control_plane_id: row.get("control_plane_id")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One page. The pair's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Implementation>, i64), Error> {
    let id = "t.api_product_id, t.service_id";
    listing::page(read, COLUMNS, FROM, id, listing, parse).await
}

/// Those of an API.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_api(
    mut read: impl Read,
    api_id: ApiProductId,
) -> Result<Vec<Implementation>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM {FROM} WHERE t.api_product_id = $1 ORDER BY t.service_id");
    read.all(&sql, params![api_id], parse).await
}

/// Puts all versions of an API in front of a service.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn link(
    tx: &mut Tx,
    api_id: ApiProductId,
    service: &Service,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_product_version \
               SET service_id = $2, control_plane_id = $3, updated_at = $4 WHERE api_product_id = $1";
    let params = params![api_id, service.id, service.control_plane_id, now];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Takes the versions of an API away from a service.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn unlink(
    tx: &mut Tx,
    api_id: ApiProductId,
    service_id: ServiceId,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_product_version \
               SET service_id = NULL, control_plane_id = NULL, updated_at = $3 \
               WHERE api_product_id = $1 AND service_id = $2";
    tx.execute(sql, params![api_id, service_id, now]).await?;
    Ok(())
}
