//! The tenant's settings: one row.

use storage::{Database, Tx, params};

use crate::model::Members;
use crate::model::tenant_settings::TenantSettings;

pub(crate) async fn load(db: &Database) -> Result<TenantSettings, storage::Error> {
    let sql = "SELECT settings FROM identity_tenant_settings WHERE id = 1";
    match db.query_optional(sql, params![]).await? {
        None => Ok(TenantSettings::initial()),
        Some(row) => {
            let storage::Json(stored) = row.get("settings")?;
            Ok(over_defaults(stored))
        }
    }
}

/// Makes sure that the row exists. Several nodes may do so at once.
pub(crate) async fn ensure(tx: &mut Tx) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_tenant_settings (id, settings) VALUES (1, $1) \
               ON CONFLICT (id) DO NOTHING";
    tx.execute(sql, params!["{}"]).await?;
    Ok(())
}

/// The settings, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx) -> Result<TenantSettings, storage::Error> {
    let sql = "UPDATE identity_tenant_settings SET id = id WHERE id = 1 RETURNING settings";
    let storage::Json(stored) = tx.query_one(sql, params![]).await?.get("settings")?;
    Ok(over_defaults(stored))
}

pub(crate) async fn save(tx: &mut Tx, settings: &TenantSettings) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_tenant_settings SET settings = $1 WHERE id = 1";
    tx.execute(sql, params![storage::Json(&settings.0)]).await?;
    Ok(())
}

/// A new version's settings get their default where the row was written by an older one.
fn over_defaults(stored: Members) -> TenantSettings {
    let mut settings = TenantSettings::initial();
    settings.apply(stored);
    settings
}
