//! Versions of APIs as the third generation of the platform API has them: product versions with a
//! specification.

use std::collections::HashMap;

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::listing::{self, Listing};
use super::{Read, product_versions, related};
use crate::model::{
    ApiProductId, ApprovalStatus, ProductVersion, ProductVersionId, SpecificationKind,
};

/// A version, and which kind of specification it has.
#[derive(Clone, Debug)]
pub(crate) struct Specified {
    /// The version.
    pub(crate) version: ProductVersion,
    /// The kind.
    pub(crate) kind: SpecificationKind,
    /// When the version or its specification last changed.
    pub(crate) updated_at: Timestamp,
}

const FROM: &str =
    "portal_product_version t JOIN portal_specification s ON s.product_version_id = t.id";

fn columns() -> String {
    let version = product_versions::COLUMNS;
    format!("{version}, s.kind, s.updated_at AS specified_at")
}

fn parse(row: &Row) -> Result<Specified, Error> {
    let version = product_versions::parse(row)?;
    let specified_at: Timestamp = row.get("specified_at")?;
    Ok(Specified {
        kind: row.get("kind")?,
        updated_at: version.updated_at.max(specified_at),
        version,
    })
}

/// One page. The version's alias is `t`, the specification's `s`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Specified>, i64), Error> {
    listing::page(read, &columns(), FROM, "t.id", listing, parse).await
}

/// Those of these products, by product, oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_products(
    mut read: impl Read,
    ids: impl IntoIterator<Item = ApiProductId>,
) -> Result<HashMap<ApiProductId, Vec<Specified>>, Error> {
    let (condition, params) = related::one_of("t.api_product_id", ids);
    let columns = columns();
    let sql = format!("SELECT {columns} FROM {FROM} WHERE {condition} ORDER BY t.created_at, t.id");
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for specified in read.all(&sql, params, parse).await? {
        let product = specified.version.api_product_id;
        all.entry(product).or_default().push(specified);
    }
    Ok(all)
}

/// Hands the registrations for one version to another that stands in front of the same service. Whoever
/// was approved for the one is for the other, too, so nobody loses or wins access. Gives whether there
/// were any: then gateways must read all applications anew.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn hand_registrations(
    tx: &mut Tx,
    from: ProductVersionId,
    to: ProductVersionId,
) -> Result<bool, Error> {
    let approve = "UPDATE portal_registration SET status = $3 WHERE product_version_id = $2 \
                   AND application_id IN (SELECT r.application_id FROM portal_registration r \
                   WHERE r.product_version_id = $1 AND r.status = $3)";
    let approved = params![from, to, ApprovalStatus::Approved];
    let approved = tx.execute(approve, approved).await?;
    let hand = "UPDATE portal_registration SET product_version_id = $2 \
                WHERE product_version_id = $1 AND application_id NOT IN \
                (SELECT r.application_id FROM portal_registration r WHERE r.product_version_id = $2)";
    let handed = tx.execute(hand, params![from, to]).await?;
    Ok(approved + handed > 0)
}
