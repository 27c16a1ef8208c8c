//! Gateway routes.

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{ControlPlaneId, Route, RouteId, ServiceId};

const COLUMNS: &str = "t.id, t.control_plane_id, t.service_id, t.name, t.protocols, t.methods, t.hosts, t.paths, t.headers, t.snis, t.sources, t.destinations, t.https_redirect_status_code, t.regex_priority, t.strip_path, t.path_handling, t.preserve_host, t.request_buffering, t.response_buffering, t.tags, t.created_at, t.updated_at";
const FROM: &str = "portal_route t";

fn parse(row: &Row) -> Result<Route, Error> {
    Ok(Route {
        id: row.get("id")?,
        control_plane_id: row.get("control_plane_id")?,
        service_id: row.get("service_id")?,
        name: row.get("name")?,
        protocols: row.get::<Json<_>>("protocols")?.0,
        methods: row.get::<Option<Json<_>>>("methods")?.map(|json| json.0),
        hosts: row.get::<Option<Json<_>>>("hosts")?.map(|json| json.0),
        paths: row.get::<Option<Json<_>>>("paths")?.map(|json| json.0),
        headers: row.get::<Option<Json<_>>>("headers")?.map(|json| json.0),
        snis: row.get::<Option<Json<_>>>("snis")?.map(|json| json.0),
        sources: row.get::<Option<Json<_>>>("sources")?.map(|json| json.0),
        destinations: row
            .get::<Option<Json<_>>>("destinations")?
            .map(|json| json.0),
        https_redirect_status_code: row.get("https_redirect_status_code")?,
        regex_priority: row.get("regex_priority")?,
        strip_path: row.get("strip_path")?,
        path_handling: row.get("path_handling")?,
        preserve_host: row.get("preserve_host")?,
        request_buffering: row.get("request_buffering")?,
        response_buffering: row.get("response_buffering")?,
        tags: row.get::<Option<Json<_>>>("tags")?.map(|json| json.0),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: RouteId) -> Result<Option<Route>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<Route>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Route) -> Result<(), Error> {
    let sql = "INSERT INTO portal_route (id, control_plane_id, service_id, name, protocols, methods, hosts, paths, headers, snis, sources, destinations, https_redirect_status_code, regex_priority, strip_path, path_handling, preserve_host, request_buffering, response_buffering, tags, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
    let params = params![
        entity.id,
        entity.control_plane_id,
        entity.service_id,
        &entity.name,
        Json(&entity.protocols),
        entity.methods.as_ref().map(Json),
        entity.hosts.as_ref().map(Json),
        entity.paths.as_ref().map(Json),
        entity.headers.as_ref().map(Json),
        entity.snis.as_ref().map(Json),
        entity.sources.as_ref().map(Json),
        entity.destinations.as_ref().map(Json),
        entity.https_redirect_status_code,
        entity.regex_priority,
        entity.strip_path,
        &entity.path_handling,
        entity.preserve_host,
        entity.request_buffering,
        entity.response_buffering,
        entity.tags.as_ref().map(Json),
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`service_id`, `name`, `protocols`, `methods`, `hosts`, `paths`, `headers`, `snis`, `sources`, `destinations`, `https_redirect_status_code`, `regex_priority`, `strip_path`, `path_handling`, `preserve_host`, `request_buffering`, `response_buffering`, `tags`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Route) -> Result<(), Error> {
    let sql = "UPDATE portal_route SET service_id = $2, name = $3, protocols = $4, methods = $5, hosts = $6, paths = $7, headers = $8, snis = $9, sources = $10, destinations = $11, https_redirect_status_code = $12, regex_priority = $13, strip_path = $14, path_handling = $15, preserve_host = $16, request_buffering = $17, response_buffering = $18, tags = $19, updated_at = $20 \
               WHERE id = $1";
    let params = params![
        entity.id,
        entity.service_id,
        &entity.name,
        Json(&entity.protocols),
        entity.methods.as_ref().map(Json),
        entity.hosts.as_ref().map(Json),
        entity.paths.as_ref().map(Json),
        entity.headers.as_ref().map(Json),
        entity.snis.as_ref().map(Json),
        entity.sources.as_ref().map(Json),
        entity.destinations.as_ref().map(Json),
        entity.https_redirect_status_code,
        entity.regex_priority,
        entity.strip_path,
        &entity.path_handling,
        entity.preserve_host,
        entity.request_buffering,
        entity.response_buffering,
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
pub(crate) async fn delete(tx: &mut Tx, id: RouteId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_route WHERE id = $1", params![id])
        .await?
        > 0)
}

/// The route with this name.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_by_name(
    mut read: impl Read,
    control_plane_id: ControlPlaneId,
    name: &str,
) -> Result<Option<Route>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.control_plane_id = $1 AND t.name = $2");
    read.one(&sql, params![control_plane_id, name], parse).await
}

/// All of a service.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_service(
    mut read: impl Read,
    service_id: ServiceId,
) -> Result<Vec<Route>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM {FROM} WHERE t.service_id = $1 ORDER BY t.created_at, t.id");
    read.all(&sql, params![service_id], parse).await
}
