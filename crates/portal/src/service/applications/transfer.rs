//! An application gets another owner.

use super::strategy::Strategy;
use super::{Applications, Effective, TOPIC, client, create, invalid};
use crate::model::{Application, DeveloperId};
use crate::store::{self, lifecycle};
use crate::{Ctx, Error};

impl Applications {
    /// Gives an application to another developer of its portal. Its client and its credentials stay; the
    /// client's marks at the provider follow, where it keeps any.
    ///
    /// # Errors
    /// `Invalid` if the portal has no such developer, `Forbidden` at their limit of applications,
    /// `Conflict` if the application changed at this moment, `Provider`.
    ///
    /// Source: Konnect portal-management v3.9.8, `PATCH …/applications/{applicationId}`.
    pub async fn transfer(
        &self,
        ctx: &Ctx,
        application: &Application,
        to: DeveloperId,
    ) -> Result<Effective<Application>, Error> {
        let from = application.developer_id;
        if from == to {
            return Ok(Effective {
                value: application.clone(),
                revision: None,
            });
        }
        let owner = store::developers::find(&self.db, to).await?;
        if owner.is_none_or(|owner| owner.portal_id != application.portal_id) {
            let reason = format!("\"owner.id\": this portal has no developer {to}");
            return Err(invalid("owner.id", "missing_reference", reason));
        }
        let mut moved = application.clone();
        moved.developer_id = to;
        moved.idempotency_key = None;
        moved.updated_at = self.clock.now();
        self.mark_client(&moved).await?;

        let mut tx = self.db.begin().await?;
        create::admit(&mut tx, &moved).await?;
        if !lifecycle::transfer(&mut tx, &moved, from).await? {
            drop(tx);
            return Err(self.changed_meanwhile(application.id).await?);
        }
        self.record(&mut tx, ctx, "transfer", &moved).await?;
        let revision = tx.record_change(TOPIC, &moved.id.to_string()).await?;
        tx.commit().await?;
        Ok(Effective {
            value: moved,
            revision: Some(revision),
        })
    }

    /// Brings the owner's id to the client at the provider.
    async fn mark_client(&self, application: &Application) -> Result<(), Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let (Some(dcr), Some(client_id)) = (strategy.dcr(), &application.client_id) else {
            return Ok(());
        };
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        let registered = self.registered_scopes(application.id).await?;
        let wanted = client::of(self.organization().await?, application, dcr, registered);
        match adapter.restore(client_id, &wanted).await {
            Err(error) if error.kind == dcr::ErrorKind::Unsupported => Ok(()),
            other => Ok(other?),
        }
    }
}
