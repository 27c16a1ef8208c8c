//! Changing the tenant's settings.

use crate::model::Members;
use crate::store::resource_servers::Key;
use crate::store::{self, topic};
use crate::{Error, Tenant};

/// Applies a validated PATCH.
pub(crate) async fn change(tenant: &Tenant, changes: Members) -> Result<(), Error> {
    let audience = changes
        .get("default_audience")
        .and_then(|value| value.as_str());
    if let Some(audience) = audience.filter(|audience| !audience.is_empty()) {
        let key = Key::Identifier(audience);
        if store::resource_servers::find(tenant.db(), key)
            .await?
            .is_none()
        {
            return Err(Error::invalid_body(format!(
                "The default audience {audience} is not the identifier of an API of this tenant"
            )));
        }
    }
    let mut tx = tenant.db().begin().await?;
    let mut settings = store::tenant_settings::lock(&mut tx).await?;
    settings.apply(changes);
    store::tenant_settings::save(&mut tx, &settings).await?;
    tx.record_change(topic::TENANT_SETTINGS, "").await?;
    tx.commit().await?;
    tenant.reload_settings().await?;
    // Which clients there are depends on them.
    tenant.directory().forget_everything();
    Ok(())
}
