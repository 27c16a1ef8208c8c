//! Gateway services.

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{ControlPlaneId, Service, ServiceId};

const COLUMNS: &str = "t.id, t.control_plane_id, t.name, t.protocol, t.host, t.port, t.path, t.retries, t.connect_timeout, t.write_timeout, t.read_timeout, t.tls_verify, t.tls_verify_depth, t.ca_certificates, t.client_certificate_id, t.enabled, t.tags, t.created_at, t.updated_at";
const FROM: &str = "portal_service t";

fn parse(row: &Row) -> Result<Service, Error> {
    Ok(Service {
        id: row.get("id")?,
        control_plane_id: row.get("control_plane_id")?,
        name: row.get("name")?,
        protocol: row.get("protocol")?,
        host: row.get("host")?,
        port: row.get("port")?,
        path: row.get("path")?,
        retries: row.get("retries")?,
        connect_timeout: row.get("connect_timeout")?,
        write_timeout: row.get("write_timeout")?,
        read_timeout: row.get("read_timeout")?,
        tls_verify: row.get("tls_verify")?,
        tls_verify_depth: row.get("tls_verify_depth")?,
        ca_certificates: row
            .get::<Option<Json<_>>>("ca_certificates")?
            .map(|json| json.0),
        client_certificate_id: row.get("client_certificate_id")?,
        enabled: row.get("enabled")?,
        tags: row.get::<Option<Json<_>>>("tags")?.map(|json| json.0),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: ServiceId) -> Result<Option<Service>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<Service>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Service) -> Result<(), Error> {
    let sql = "INSERT INTO portal_service (id, control_plane_id, name, protocol, host, port, path, retries, connect_timeout, write_timeout, read_timeout, tls_verify, tls_verify_depth, ca_certificates, client_certificate_id, enabled, tags, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let params = params![
        entity.id,
        entity.control_plane_id,
        &entity.name,
        &entity.protocol,
        &entity.host,
        entity.port,
        &entity.path,
        entity.retries,
        entity.connect_timeout,
        entity.write_timeout,
        entity.read_timeout,
        entity.tls_verify,
        entity.tls_verify_depth,
        entity.ca_certificates.as_ref().map(Json),
        &entity.client_certificate_id,
        entity.enabled,
        entity.tags.as_ref().map(Json),
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`name`, `protocol`, `host`, `port`, `path`, `retries`, `connect_timeout`, `write_timeout`, `read_timeout`, `tls_verify`, `tls_verify_depth`, `ca_certificates`, `client_certificate_id`, `enabled`, `tags`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Service) -> Result<(), Error> {
    let sql = "UPDATE portal_service SET name = $2, protocol = $3, host = $4, port = $5, path = $6, retries = $7, connect_timeout = $8, write_timeout = $9, read_timeout = $10, tls_verify = $11, tls_verify_depth = $12, ca_certificates = $13, client_certificate_id = $14, enabled = $15, tags = $16, updated_at = $17 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        &entity.protocol,
        &entity.host,
        entity.port,
        &entity.path,
        entity.retries,
        entity.connect_timeout,
        entity.write_timeout,
        entity.read_timeout,
        entity.tls_verify,
        entity.tls_verify_depth,
        entity.ca_certificates.as_ref().map(Json),
        &entity.client_certificate_id,
        entity.enabled,
        entity.tags.as_ref().map(Json),
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while others refer to it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: ServiceId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_service WHERE id = $1", params![id])
        .await?
        > 0)
}

/// The service with this name.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_by_name(
    mut read: impl Read,
    control_plane_id: ControlPlaneId,
    name: &str,
) -> Result<Option<Service>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.control_plane_id = $1 AND t.name = $2");
    read.one(&sql, params![control_plane_id, name], parse).await
}
