//! Portals (`portal_portal`; see [`crate::model::Site`] for the name).

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use crate::model::{AuditDestinationId, PortalId, Site};

const COLUMNS: &str = "t.id, t.name, t.display_name, t.description, t.is_public, t.rbac_enabled, t.auto_approve_applications, t.auto_approve_developers, t.custom_domain, t.custom_client_domain, t.default_auth_strategy_id, t.default_api_visibility, t.default_page_visibility, t.appearance, t.customization, t.ip_allow_list, t.authentication, t.labels, t.pages_revision, t.created_at, t.updated_at";
const FROM: &str = "portal_portal t";

fn parse(row: &Row) -> Result<Site, Error> {
    Ok(Site {
        id: row.get("id")?,
        name: row.get("name")?,
        display_name: row.get("display_name")?,
        description: row.get("description")?,
        is_public: row.get("is_public")?,
        rbac_enabled: row.get("rbac_enabled")?,
        auto_approve_applications: row.get("auto_approve_applications")?,
        auto_approve_developers: row.get("auto_approve_developers")?,
        custom_domain: row.get("custom_domain")?,
        custom_client_domain: row.get("custom_client_domain")?,
        default_auth_strategy_id: row.get("default_auth_strategy_id")?,
        default_api_visibility: row.get("default_api_visibility")?,
        default_page_visibility: row.get("default_page_visibility")?,
        appearance: row.get::<Json<_>>("appearance")?.0,
        customization: row.get::<Json<_>>("customization")?.0,
        ip_allow_list: row.get::<Json<_>>("ip_allow_list")?.0,
        authentication: row.get::<Json<_>>("authentication")?.0,
        labels: row.get::<Json<_>>("labels")?.0,
        pages_revision: row.get("pages_revision")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Those whose audit goes to a destination, by name.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn sending_to(
    mut read: impl Read,
    id: AuditDestinationId,
) -> Result<Vec<Site>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} JOIN portal_audit_webhook w ON w.scope = t.id \
         WHERE w.destination_id = $1 ORDER BY t.name, t.id"
    );
    read.all(&sql, params![id], parse).await
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read, id: PortalId) -> Result<Option<Site>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(read: impl Read, listing: &Listing) -> Result<(Vec<Site>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Site) -> Result<(), Error> {
    let sql = "INSERT INTO portal_portal (id, name, display_name, description, is_public, rbac_enabled, auto_approve_applications, auto_approve_developers, custom_domain, custom_client_domain, default_auth_strategy_id, default_api_visibility, default_page_visibility, appearance, customization, authentication, labels, created_at, updated_at, ip_allow_list) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    let params = params![
        entity.id,
        &entity.name,
        &entity.display_name,
        &entity.description,
        entity.is_public,
        entity.rbac_enabled,
        entity.auto_approve_applications,
        entity.auto_approve_developers,
        &entity.custom_domain,
        &entity.custom_client_domain,
        entity.default_auth_strategy_id,
        entity.default_api_visibility,
        entity.default_page_visibility,
        Json(&entity.appearance),
        Json(&entity.customization),
        Json(&entity.authentication),
        Json(&entity.labels),
        entity.created_at,
        entity.updated_at,
        Json(&entity.ip_allow_list)
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one: all but its id, when it was made, and how often its pages changed.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Site) -> Result<(), Error> {
    let sql = "UPDATE portal_portal SET name = $2, display_name = $3, description = $4, is_public = $5, rbac_enabled = $6, auto_approve_applications = $7, auto_approve_developers = $8, custom_domain = $9, custom_client_domain = $10, default_auth_strategy_id = $11, default_api_visibility = $12, default_page_visibility = $13, appearance = $14, customization = $15, authentication = $16, labels = $17, updated_at = $18, ip_allow_list = $19 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        &entity.display_name,
        &entity.description,
        entity.is_public,
        entity.rbac_enabled,
        entity.auto_approve_applications,
        entity.auto_approve_developers,
        &entity.custom_domain,
        &entity.custom_client_domain,
        entity.default_auth_strategy_id,
        entity.default_api_visibility,
        entity.default_page_visibility,
        Json(&entity.appearance),
        Json(&entity.customization),
        Json(&entity.authentication),
        Json(&entity.labels),
        entity.updated_at,
        Json(&entity.ip_allow_list)
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
pub(crate) async fn delete(tx: &mut Tx, id: PortalId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_portal WHERE id = $1", params![id])
        .await?
        > 0)
}

/// The portal with this custom domain or client domain, lower case.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_by_domain(mut read: impl Read, host: &str) -> Result<Option<Site>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.custom_domain = $1 OR t.custom_client_domain = $1"
    );
    read.one(&sql, params![host], parse).await
}

/// The portal that answers on the bare host and port: the first that was made.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn oldest(mut read: impl Read) -> Result<Option<Site>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.id = (SELECT p.id FROM portal_portal p ORDER BY p.created_at, p.id LIMIT 1)"
    );
    read.one(&sql, params![], parse).await
}
