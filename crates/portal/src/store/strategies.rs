//! Application auth strategies.

use serde_json::Value;
use std::collections::HashMap;

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{
    AuthStrategy, AuthStrategyId, DcrProviderId, DeveloperId, PortalId, PortalRole, ProviderType,
    StrategyConfig, StrategyType,
};

const COLUMNS: &str = "t.id, t.name, t.display_name, t.strategy_type, t.config, \
     t.secrets, t.principals_enabled, t.dcr_provider_id, t.labels, t.created_at, t.updated_at, \
     d.name AS provider_name, d.display_name AS provider_display_name, d.provider_type, \
     EXISTS (SELECT 1 FROM portal_publication p WHERE p.auth_strategy_id = t.id \
     AND p.publish_status = 'published') AS active";
const FROM: &str =
    "portal_auth_strategy t LEFT JOIN portal_dcr_provider d ON d.id = t.dcr_provider_id";

fn parse(row: &Row) -> Result<AuthStrategy, Error> {
    let provider_type: Option<ProviderType> = row.get("provider_type")?;
    let dcr_provider = match provider_type {
        Some(kind) => Some((
            row.get("provider_name")?,
            row.get("provider_display_name")?,
            kind,
        )),
        None => None,
    };
    let config = match row.get("strategy_type")? {
        StrategyType::KeyAuth => StrategyConfig::KeyAuth(row.get::<Json<_>>("config")?.0),
        StrategyType::OpenidConnect => {
            StrategyConfig::OpenidConnect(row.get::<Json<_>>("config")?.0)
        }
    };
    Ok(AuthStrategy {
        id: row.get("id")?,
        name: row.get("name")?,
        display_name: row.get("display_name")?,
        config,
        secrets: row.get("secrets")?,
        principals_enabled: row.get("principals_enabled")?,
        dcr_provider_id: row.get("dcr_provider_id")?,
        dcr_provider,
        active: row.get("active")?,
        labels: row.get::<Json<_>>("labels")?.0,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn config_json(config: &StrategyConfig) -> Value {
    let written = match config {
        StrategyConfig::KeyAuth(config) => serde_json::to_value(config),
        StrategyConfig::OpenidConnect(config) => serde_json::to_value(config),
    };
    // Structs of texts, lists and JSON values always can be written.
    written.unwrap_or_default()
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: AuthStrategyId,
) -> Result<Option<AuthStrategy>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. Aliases: `t` the strategy, `d` its provider.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<AuthStrategy>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// All that use a provider.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_provider(
    mut read: impl Read,
    id: DcrProviderId,
) -> Result<Vec<AuthStrategy>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.dcr_provider_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![id], parse).await
}

/// All that developers of a portal can create applications with: those of published versions that
/// take registrations, and the portal's default.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_portal(
    mut read: impl Read,
    id: PortalId,
) -> Result<Vec<AuthStrategy>, Error> {
    read.all(&offered(""), params![id], parse).await
}

/// The same for a developer whose teams' roles decide: of the versions, those alone for which they may register.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(super) async fn of_portal_by_role(
    mut read: impl Read,
    id: PortalId,
    developer_id: DeveloperId,
) -> Result<Vec<AuthStrategy>, Error> {
    let sql = offered(
        "AND v.api_product_id IN (SELECT h.entity_id FROM portal_team_role h \
         JOIN portal_team_developer m ON m.team_id = h.team_id \
         WHERE m.developer_id = $2 AND h.role_name = $3)",
    );
    let params = params![id, developer_id, PortalRole::Consumer];
    read.all(&sql, params, parse).await
}

/// The strategies of the versions of a portal that take registrations, as far as the further `condition` holds,
/// and the portal's default.
fn offered(condition: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.id IN (SELECT p.auth_strategy_id \
         FROM portal_publication p \
         JOIN portal_product_version v ON v.id = p.product_version_id \
         JOIN portal_api_product_portal a \
         ON a.api_product_id = v.api_product_id AND a.portal_id = p.portal_id \
         WHERE p.portal_id = $1 AND p.publish_status = 'published' \
         AND p.application_registration_enabled AND p.auth_strategy_id IS NOT NULL {condition}) \
         OR t.id = (SELECT o.default_auth_strategy_id FROM portal_portal o WHERE o.id = $1) \
         ORDER BY t.created_at, t.id"
    )
}

/// All of them.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn every(mut read: impl Read) -> Result<Vec<AuthStrategy>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} ORDER BY t.created_at, t.id");
    read.all(&sql, params![], parse).await
}

/// Adds one.
///
/// # Errors
/// [`Error::ForeignKey`] if its provider is gone, and those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, strategy: &AuthStrategy) -> Result<(), Error> {
    let sql = "INSERT INTO portal_auth_strategy (id, name, display_name, strategy_type, config, \
               secrets, principals_enabled, dcr_provider_id, labels, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = params![
        strategy.id,
        &strategy.name,
        &strategy.display_name,
        strategy.strategy_type(),
        config_json(&strategy.config),
        &strategy.secrets,
        strategy.principals_enabled,
        strategy.dcr_provider_id,
        Json(&strategy.labels),
        strategy.created_at,
        strategy.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one: all but its kind.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, strategy: &AuthStrategy) -> Result<(), Error> {
    let sql = "UPDATE portal_auth_strategy SET name = $2, display_name = $3, config = $4, \
               secrets = $5, principals_enabled = $6, dcr_provider_id = $7, labels = $8, \
               updated_at = $9 WHERE id = $1";
    let params = params![
        strategy.id,
        &strategy.name,
        &strategy.display_name,
        config_json(&strategy.config),
        &strategy.secrets,
        strategy.principals_enabled,
        strategy.dcr_provider_id,
        Json(&strategy.labels),
        strategy.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while a publication, portal or application uses it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: AuthStrategyId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_auth_strategy WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// Those with these ids.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn among(
    read: impl Read,
    ids: impl IntoIterator<Item = AuthStrategyId>,
) -> Result<HashMap<AuthStrategyId, AuthStrategy>, Error> {
    related::by_id(read, COLUMNS, FROM, ids, parse).await
}

/// How many strategies each provider has; one that has none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_provider(
    read: impl Read,
    ids: impl IntoIterator<Item = DcrProviderId>,
) -> Result<HashMap<DcrProviderId, i64>, Error> {
    related::counts(read, "portal_auth_strategy a", "dcr_provider_id", ids).await
}
