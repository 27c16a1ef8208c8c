//! Product versions in portals.

use std::collections::HashMap;

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{
    ApiProductId, Application, AuthStrategyId, PortalId, ProductVersionId, Publication,
    PublicationId,
};

const COLUMNS: &str = "t.id, t.portal_id, t.product_version_id, t.publish_status, t.auth_strategy_id, t.application_registration_enabled, t.auto_approve_registration, t.deprecated, t.created_at, t.updated_at";
const FROM: &str = "portal_publication t";

fn parse(row: &Row) -> Result<Publication, Error> {
    Ok(Publication {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        product_version_id: row.get("product_version_id")?,
        publish_status: row.get("publish_status")?,
        auth_strategy_id: row.get("auth_strategy_id")?,
        application_registration_enabled: row.get("application_registration_enabled")?,
        auto_approve_registration: row.get("auto_approve_registration")?,
        deprecated: row.get("deprecated")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Publication>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Publication) -> Result<(), Error> {
    let sql = "INSERT INTO portal_publication (id, portal_id, product_version_id, publish_status, auth_strategy_id, application_registration_enabled, auto_approve_registration, deprecated, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        entity.id,
        entity.portal_id,
        entity.product_version_id,
        entity.publish_status,
        entity.auth_strategy_id,
        entity.application_registration_enabled,
        entity.auto_approve_registration,
        entity.deprecated,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`publish_status`, `auth_strategy_id`, `application_registration_enabled`, `auto_approve_registration`, `deprecated`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Publication) -> Result<(), Error> {
    let sql = "UPDATE portal_publication SET publish_status = $2, auth_strategy_id = $3, application_registration_enabled = $4, auto_approve_registration = $5, deprecated = $6, updated_at = $7 \
               WHERE id = $1";
    let params = params![
        entity.id,
        entity.publish_status,
        entity.auth_strategy_id,
        entity.application_registration_enabled,
        entity.auto_approve_registration,
        entity.deprecated,
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
pub(crate) async fn delete(tx: &mut Tx, id: PublicationId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_publication WHERE id = $1", params![id])
        .await?
        > 0)
}

/// The product of what is in a portal, and product, version and portal by name.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn in_words(
    mut read: impl Read,
    publication: &Publication,
) -> Result<Option<(ApiProductId, String)>, Error> {
    let sql = "SELECT a.id, a.name AS product, v.name AS version, \
               COALESCE(NULLIF(p.display_name, ''), p.name) AS portal \
               FROM portal_product_version v JOIN portal_api_product a ON a.id = v.api_product_id \
               JOIN portal_portal p ON p.id = $2 WHERE v.id = $1";
    let params = params![publication.product_version_id, publication.portal_id];
    let named = |row: &Row| {
        let [product, version, portal]: [String; 3] =
            [row.get("product")?, row.get("version")?, row.get("portal")?];
        Ok((row.get("id")?, format!("{product} {version} ({portal})")))
    };
    read.one(sql, params, named).await
}

/// A version's entry in a portal.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_in(
    mut read: impl Read,
    portal_id: PortalId,
    version_id: ProductVersionId,
) -> Result<Option<Publication>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.portal_id = $1 AND t.product_version_id = $2"
    );
    read.one(&sql, params![portal_id, version_id], parse).await
}

/// Everywhere that a version is, the oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_version(
    mut read: impl Read,
    version_id: ProductVersionId,
) -> Result<Vec<Publication>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.product_version_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![version_id], parse).await
}

/// A version as the developers of a portal see it: published there, and its product too.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_offered(
    mut read: impl Read,
    portal_id: PortalId,
    version_id: ProductVersionId,
) -> Result<Option<Publication>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} \
         JOIN portal_product_version v ON v.id = t.product_version_id \
         JOIN portal_api_product_portal a \
         ON a.api_product_id = v.api_product_id AND a.portal_id = t.portal_id \
         WHERE t.portal_id = $1 AND t.product_version_id = $2 AND t.publish_status = 'published'"
    );
    read.one(&sql, params![portal_id, version_id], parse).await
}

/// The version of a product for which an application of a portal registers when it names the product
/// alone: the one that it is registered for, or else the newest that takes its kind of credential.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn offered_of_product(
    mut read: impl Read,
    product_id: ApiProductId,
    application: &Application,
) -> Result<Option<ProductVersionId>, Error> {
    let sql = "SELECT v.id FROM portal_publication t \
               JOIN portal_product_version v ON v.id = t.product_version_id \
               JOIN portal_api_product_portal a \
               ON a.api_product_id = v.api_product_id AND a.portal_id = t.portal_id \
               LEFT JOIN portal_registration r \
               ON r.product_version_id = v.id AND r.application_id = $3 \
               WHERE t.portal_id = $1 AND v.api_product_id = $2 AND t.publish_status = 'published' \
               ORDER BY CASE WHEN r.id IS NULL THEN 1 ELSE 0 END, \
               CASE WHEN t.auth_strategy_id = $4 THEN 0 ELSE 1 END, \
               CASE WHEN t.application_registration_enabled THEN 0 ELSE 1 END, \
               v.created_at DESC, v.id DESC LIMIT 1";
    let params = params![
        application.portal_id,
        product_id,
        application.id,
        application.auth_strategy_id
    ];
    read.one(sql, params, |row| row.get("id")).await
}

/// All of a portal.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_portal(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Vec<Publication>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM {FROM} WHERE t.portal_id = $1 ORDER BY t.created_at, t.id");
    read.all(&sql, params![portal_id], parse).await
}

/// All that use a strategy, whatever their status.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_strategy(
    mut read: impl Read,
    strategy_id: AuthStrategyId,
) -> Result<Vec<Publication>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.auth_strategy_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![strategy_id], parse).await
}

/// A version in a portal, with the names that go with it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// The version in the portal.
    pub(crate) publication: Publication,
    /// The portal's name.
    pub(crate) portal_name: String,
    /// The strategy's name, if it has one.
    pub(crate) strategy_name: Option<String>,
}

/// Where versions are, by version.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn named(
    mut read: impl Read,
    ids: impl IntoIterator<Item = ProductVersionId>,
) -> Result<HashMap<ProductVersionId, Vec<Named>>, Error> {
    let (condition, params) = related::one_of("t.product_version_id", ids);
    let sql = format!(
        "SELECT {COLUMNS}, o.name AS portal_name, s.name AS strategy_name FROM {FROM} \
         JOIN portal_portal o ON o.id = t.portal_id \
         LEFT JOIN portal_auth_strategy s ON s.id = t.auth_strategy_id \
         WHERE {condition} ORDER BY t.created_at, t.id"
    );
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for row in read.rows(&sql, params).await? {
        let named = Named {
            publication: parse(&row)?,
            portal_name: row.get("portal_name")?,
            strategy_name: row.get("strategy_name")?,
        };
        all.entry(named.publication.product_version_id)
            .or_default()
            .push(named);
    }
    Ok(all)
}
