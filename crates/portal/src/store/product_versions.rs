//! Product versions.

use std::collections::HashMap;

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{ApiProductId, ProductVersion, ProductVersionId, ServiceId};

pub(super) const COLUMNS: &str = "t.id, t.api_product_id, t.name, t.deprecated, t.publish_status, t.control_plane_id, t.service_id, t.labels, t.created_at, t.updated_at";
const FROM: &str = "portal_product_version t";

pub(super) fn parse(row: &Row) -> Result<ProductVersion, Error> {
    Ok(ProductVersion {
        id: row.get("id")?,
        api_product_id: row.get("api_product_id")?,
        name: row.get("name")?,
        deprecated: row.get("deprecated")?,
        publish_status: row.get("publish_status")?,
        control_plane_id: row.get("control_plane_id")?,
        service_id: row.get("service_id")?,
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
    id: ProductVersionId,
) -> Result<Option<ProductVersion>, Error> {
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
) -> Result<(Vec<ProductVersion>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &ProductVersion) -> Result<(), Error> {
    let sql = "INSERT INTO portal_product_version (id, api_product_id, name, deprecated, publish_status, control_plane_id, service_id, labels, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        entity.id,
        entity.api_product_id,
        &entity.name,
        entity.deprecated,
        entity.publish_status,
        entity.control_plane_id,
        entity.service_id,
        Json(&entity.labels),
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`name`, `deprecated`, `publish_status`, `control_plane_id`, `service_id`, `labels`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &ProductVersion) -> Result<(), Error> {
    let sql = "UPDATE portal_product_version SET name = $2, deprecated = $3, publish_status = $4, control_plane_id = $5, service_id = $6, labels = $7, updated_at = $8 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        entity.deprecated,
        entity.publish_status,
        entity.control_plane_id,
        entity.service_id,
        Json(&entity.labels),
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
pub(crate) async fn delete(tx: &mut Tx, id: ProductVersionId) -> Result<bool, Error> {
    Ok(tx
        .execute(
            "DELETE FROM portal_product_version WHERE id = $1",
            params![id],
        )
        .await?
        > 0)
}

/// All of a product, oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_product(
    mut read: impl Read,
    product_id: ApiProductId,
) -> Result<Vec<ProductVersion>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.api_product_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![product_id], parse).await
}

/// All in front of a gateway service.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_service(
    mut read: impl Read,
    service_id: ServiceId,
) -> Result<Vec<ProductVersion>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM {FROM} WHERE t.service_id = $1 ORDER BY t.created_at, t.id");
    read.all(&sql, params![service_id], parse).await
}

/// How many each product has; who has none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_product(
    read: impl Read,
    ids: impl IntoIterator<Item = ApiProductId>,
) -> Result<HashMap<ApiProductId, i64>, Error> {
    related::counts(read, "portal_product_version", "api_product_id", ids).await
}

/// Those of these products, by product, oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_products(
    mut read: impl Read,
    ids: impl IntoIterator<Item = ApiProductId>,
) -> Result<HashMap<ApiProductId, Vec<ProductVersion>>, Error> {
    let (condition, params) = related::one_of("t.api_product_id", ids);
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE {condition} ORDER BY t.created_at, t.id");
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for version in read.all(&sql, params, parse).await? {
        all.entry(version.api_product_id).or_default().push(version);
    }
    Ok(all)
}

/// The names of product and version, by version.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn names(
    read: impl Read,
    ids: impl IntoIterator<Item = ProductVersionId>,
) -> Result<HashMap<ProductVersionId, (String, String)>, Error> {
    let columns = "t.id, p.name AS product, t.name";
    let from = "portal_product_version t JOIN portal_api_product p ON p.id = t.api_product_id";
    let parse = |row: &Row| Ok((row.get("product")?, row.get("name")?));
    related::by_id(read, columns, from, ids, parse).await
}
