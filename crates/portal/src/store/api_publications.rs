//! APIs in portals, as the third generation of the platform API has them: what the leading version of a
//! product has in a portal where the product is published.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{ApiProductId, AuthStrategyId, PortalId, Visibility};

/// An API in a portal.
#[derive(Clone, Debug)]
pub(crate) struct ApiPublication {
    /// What.
    pub(crate) api_id: ApiProductId,
    /// Where.
    pub(crate) portal_id: PortalId,
    /// Who may read about it.
    pub(crate) visibility: Visibility,
    /// How callers prove who they are; `None` leaves it open.
    pub(crate) auth_strategy_id: Option<AuthStrategyId>,
    /// Whether a registration is approved at once.
    pub(crate) auto_approve: bool,
    /// When it was published there.
    pub(crate) created_at: Timestamp,
    /// When that last changed.
    pub(crate) updated_at: Timestamp,
}

/// The version that stands for an API in a portal: the newest that developers see there, else the newest.
const LEADING: &str = "SELECT p.id FROM portal_publication p \
                       JOIN portal_product_version v ON v.id = p.product_version_id \
                       WHERE v.api_product_id = t.api_product_id AND p.portal_id = t.portal_id \
                       ORDER BY CASE WHEN p.publish_status = 'published' THEN 0 ELSE 1 END, \
                       v.created_at DESC, v.id DESC LIMIT 1";

const COLUMNS: &str = "t.api_product_id, t.portal_id, t.visibility, t.created_at, u.auth_strategy_id, \
                       u.auto_approve_registration, u.updated_at";

fn from() -> String {
    format!(
        "portal_api_product_portal t \
         JOIN portal_api_product a ON a.id = t.api_product_id \
         JOIN portal_portal o ON o.id = t.portal_id \
         LEFT JOIN portal_publication u ON u.id = ({LEADING})"
    )
}

fn parse(row: &Row) -> Result<ApiPublication, Error> {
    let created_at: Timestamp = row.get("created_at")?;
    let auto_approve: Option<bool> = row.get("auto_approve_registration")?;
    let updated_at: Option<Timestamp> = row.get("updated_at")?;
    Ok(ApiPublication {
        api_id: row.get("api_product_id")?,
        portal_id: row.get("portal_id")?,
        visibility: row.get("visibility")?,
        auth_strategy_id: row.get("auth_strategy_id")?,
        auto_approve: auto_approve.unwrap_or(false),
        created_at,
        updated_at: updated_at.unwrap_or(created_at),
    })
}

/// One page. The product's alias is `a`, the portal's `o`, the leading version's entry in the portal is
/// `u`, and `t` has `api_product_id` and `portal_id`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<ApiPublication>, i64), Error> {
    let id = "t.api_product_id, t.portal_id";
    listing::page(read, COLUMNS, &from(), id, listing, parse).await
}

/// An API in a portal, if it is published there.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    api_id: ApiProductId,
    portal_id: PortalId,
) -> Result<Option<ApiPublication>, Error> {
    let from = from();
    let sql =
        format!("SELECT {COLUMNS} FROM {from} WHERE t.api_product_id = $1 AND t.portal_id = $2");
    read.one(&sql, params![api_id, portal_id], parse).await
}

/// Says who may read about an API in a portal.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn set_visibility(
    tx: &mut Tx,
    api_id: ApiProductId,
    portal_id: PortalId,
    visibility: Visibility,
) -> Result<(), Error> {
    let sql = "UPDATE portal_api_product_portal SET visibility = $3 \
               WHERE api_product_id = $1 AND portal_id = $2";
    tx.execute(sql, params![api_id, portal_id, visibility])
        .await?;
    Ok(())
}

/// Whether an API is published for everybody in a portal.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn any_public(mut read: impl Read, portal_id: PortalId) -> Result<bool, Error> {
    let sql = "SELECT t.visibility FROM portal_api_product_portal t \
               WHERE t.portal_id = $1 AND t.visibility = $2 LIMIT 1";
    let params = params![portal_id, Visibility::Public];
    Ok(read.row(sql, params).await?.is_some())
}

/// Whether an API is published for everybody in this portal.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn is_public(
    mut read: impl Read,
    api_id: ApiProductId,
    portal_id: PortalId,
) -> Result<bool, Error> {
    let sql = "SELECT t.visibility FROM portal_api_product_portal t \
               WHERE t.api_product_id = $1 AND t.portal_id = $2 AND t.visibility = $3";
    let params = params![api_id, portal_id, Visibility::Public];
    Ok(read.row(sql, params).await?.is_some())
}
