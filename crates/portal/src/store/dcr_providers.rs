//! DCR providers.

use std::collections::HashMap;

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{AuthStrategyId, DcrProvider, DcrProviderId, ProviderType};

const COLUMNS: &str = "t.id, t.name, t.display_name, t.provider_type, t.issuer, t.config, t.connection, t.secret, \
     t.labels, t.created_at, t.updated_at, \
     EXISTS (SELECT 1 FROM portal_auth_strategy s JOIN portal_publication p \
     ON p.auth_strategy_id = s.id WHERE s.dcr_provider_id = t.id \
     AND p.publish_status = 'published') AS active";
const FROM: &str = "portal_dcr_provider t";

fn parse(row: &Row) -> Result<DcrProvider, Error> {
    Ok(DcrProvider {
        id: row.get("id")?,
        name: row.get("name")?,
        display_name: row.get("display_name")?,
        provider_type: row.get("provider_type")?,
        issuer: row.get("issuer")?,
        config: row.get::<Json<_>>("config")?.0,
        connection: row.get::<Option<Json<_>>>("connection")?.map(|json| json.0),
        secret: row.get("secret")?,
        active: row.get("active")?,
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
    id: DcrProviderId,
) -> Result<Option<DcrProvider>, Error> {
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
) -> Result<(Vec<DcrProvider>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, provider: &DcrProvider) -> Result<(), Error> {
    let sql = "INSERT INTO portal_dcr_provider (id, name, display_name, provider_type, issuer, config, \
               initial_client_id, initial_client_audience, secret, labels, created_at, updated_at, \
               connection) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let params = params![
        provider.id,
        &provider.name,
        &provider.display_name,
        provider.provider_type,
        &provider.issuer,
        Json(&provider.config),
        &provider.config.initial_client_id,
        &provider.config.initial_client_audience,
        &provider.secret,
        Json(&provider.labels),
        provider.created_at,
        provider.updated_at,
        provider.connection.as_ref().map(Json)
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one: all but its kind.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, provider: &DcrProvider) -> Result<(), Error> {
    let sql = "UPDATE portal_dcr_provider SET name = $2, display_name = $3, issuer = $4, config = $5, \
               initial_client_id = $6, initial_client_audience = $7, secret = $8, labels = $9, \
               updated_at = $10, connection = $11 WHERE id = $1";
    let params = params![
        provider.id,
        &provider.name,
        &provider.display_name,
        &provider.issuer,
        Json(&provider.config),
        &provider.config.initial_client_id,
        &provider.config.initial_client_audience,
        &provider.secret,
        Json(&provider.labels),
        provider.updated_at,
        provider.connection.as_ref().map(Json)
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while a strategy uses it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: DcrProviderId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_dcr_provider WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// Those with these ids.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn among(
    read: impl Read,
    ids: impl IntoIterator<Item = DcrProviderId>,
) -> Result<HashMap<DcrProviderId, DcrProvider>, Error> {
    related::by_id(read, COLUMNS, FROM, ids, parse).await
}

/// Whether a strategy's provider wants to hear of registrations.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn hears_registrations(
    mut read: impl Read,
    strategy: AuthStrategyId,
) -> Result<bool, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} JOIN portal_auth_strategy u ON u.dcr_provider_id = t.id \
         WHERE u.id = $1 AND t.provider_type = $2"
    );
    let params = params![strategy, ProviderType::Http];
    let provider = read.one(&sql, params, parse).await?;
    Ok(provider.is_some_and(|provider| provider.config.disable_event_hooks != Some(true)))
}
