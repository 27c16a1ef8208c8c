//! What would go with something: counted before it is removed.

use storage::{Error, params};

use super::Read;
use crate::model::{ApiProductId, PortalId, ProductVersionId};

/// How much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    /// Versions of a product.
    pub(crate) versions: i64,
    /// Documents of a product.
    pub(crate) documents: i64,
    /// OpenAPI documents of versions.
    pub(crate) specifications: i64,
    /// Versions in portals.
    pub(crate) publications: i64,
    /// Registrations of applications.
    pub(crate) registrations: i64,
}

/// What goes with a product.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn with_product(mut read: impl Read, id: ApiProductId) -> Result<Touched, Error> {
    let of = "(SELECT v.id FROM portal_product_version v WHERE v.api_product_id = $1)";
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM portal_product_version WHERE api_product_id = $1) AS versions, \
         (SELECT COUNT(*) FROM portal_document WHERE api_product_id = $1) AS documents, \
         (SELECT COUNT(*) FROM portal_specification WHERE product_version_id IN {of}) AS specifications, \
         (SELECT COUNT(*) FROM portal_publication WHERE product_version_id IN {of}) AS publications, \
         (SELECT COUNT(*) FROM portal_registration WHERE product_version_id IN {of}) AS registrations"
    );
    let row = read.row(&sql, params![id]).await?;
    let row = row.ok_or(Error::NotFound)?;
    Ok(Touched {
        versions: row.get("versions")?,
        documents: row.get("documents")?,
        specifications: row.get("specifications")?,
        publications: row.get("publications")?,
        registrations: row.get("registrations")?,
    })
}

/// What goes with a version.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn with_version(
    mut read: impl Read,
    id: ProductVersionId,
) -> Result<Touched, Error> {
    let sql = "SELECT \
         (SELECT COUNT(*) FROM portal_specification WHERE product_version_id = $1) AS specifications, \
         (SELECT COUNT(*) FROM portal_publication WHERE product_version_id = $1) AS publications, \
         (SELECT COUNT(*) FROM portal_registration WHERE product_version_id = $1) AS registrations";
    let row = read.row(sql, params![id]).await?;
    let row = row.ok_or(Error::NotFound)?;
    Ok(Touched {
        specifications: row.get("specifications")?,
        publications: row.get("publications")?,
        registrations: row.get("registrations")?,
        ..Touched::default()
    })
}

/// How many registrations there are for a version in a portal.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn registrations_in(
    mut read: impl Read,
    id: ProductVersionId,
    portal: PortalId,
) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_registration r \
               JOIN portal_application a ON a.id = r.application_id \
               WHERE r.product_version_id = $1 AND a.portal_id = $2";
    read.count(sql, params![id, portal]).await
}
