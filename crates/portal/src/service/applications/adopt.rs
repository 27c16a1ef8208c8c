//! An administrator gives an application a client that the identity provider has already.
//!
//! Nothing here removes that client: it was there before. An application whose client could not be
//! marked as its own is taken back; if nobody is left to do so, reconciliation shows the difference.

use std::sync::Arc;

use dcr::DcrProvider;

use super::strategy::{Dcr, Kind};
use super::{Applications, Effective, NewApplication, TOPIC, client, create, invalid};
use crate::model::{Application, ApplicationStatus};
use crate::store::{self, lifecycle};
use crate::{Ctx, Error};

const FIELD: &str = "dcr_client_id";

impl Applications {
    /// Creates an application around an existing client of its strategy's DCR provider. The client keeps
    /// its id and its secrets, and gets the grants and the marks of an application's client.
    ///
    /// # Errors
    /// `Invalid` if there is no such client, or the strategy has no DCR provider; `Conflict` if it belongs
    /// to another application; `Provider`.
    ///
    /// Source: Konnect portal-management v3.9.8, `dcr_client_id` of `CreateApplicationRequest`.
    pub async fn adopt(
        &self,
        ctx: &Ctx,
        new: NewApplication,
        client_id: String,
    ) -> Result<Effective<Application>, Error> {
        let strategy = self.offered_strategy(ctx, &new).await?;
        let Kind::Dcr(dcr) = &strategy.kind else {
            let reason = "\"dcr_client_id\" is not allowed: this auth strategy has no DCR provider";
            return Err(invalid(FIELD, "unknown_property", reason));
        };
        create::check_for_dcr(dcr, &new)?;
        let adapter = self.adoptable(dcr, &client_id).await?;
        let mut application = self.draft(strategy.id, new, ApplicationStatus::Active);
        application.reference_id.clone_from(&client_id);
        application.client_id = Some(client_id.clone());

        let mut tx = self.db.begin().await?;
        create::admit(&mut tx, &application).await?;
        if lifecycle::client_id_is_taken(&mut tx, strategy.id, &client_id, application.id).await? {
            return Err(taken());
        }
        store::applications::insert(&mut tx, &application).await?;
        self.record(&mut tx, ctx, "create", &application).await?;
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        tx.commit().await?;

        let wanted = client::of(self.organization().await?, &application, dcr, Vec::new());
        if let Err(error) = adapter.restore(&client_id, &wanted).await {
            tracing::warn!(application = %application.id, %error, "dcr.adopt_failed");
            self.give_back(ctx, &application).await?;
            return Err(error.into());
        }
        Ok(Effective {
            value: application,
            revision: Some(revision),
        })
    }

    /// The adapter, if the client can become an application's.
    async fn adoptable(&self, dcr: &Dcr, client_id: &str) -> Result<Arc<dyn DcrProvider>, Error> {
        let provider = store::dcr_providers::find(&self.db, dcr.provider_id).await?;
        let own = provider.and_then(|provider| provider.config.initial_client_id);
        if own.as_deref() == Some(client_id) {
            let reason =
                "\"dcr_client_id\" must not be the client by which the DCR provider is managed";
            return Err(invalid(FIELD, "invalid", reason));
        }
        let used = store::applications::of_client(&self.db, client_id).await?;
        if !used.is_empty() {
            return Err(taken());
        }
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        match adapter.inspect(client_id).await {
            Ok(None) => {
                let reason =
                    format!("\"dcr_client_id\": the DCR provider has no client {client_id}");
                Err(invalid(FIELD, "missing_reference", reason))
            }
            Ok(Some(_)) => Ok(adapter),
            Err(error) => Err(error.into()),
        }
    }

    async fn give_back(&self, ctx: &Ctx, application: &Application) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        lifecycle::condemn(&mut tx, application.id, self.clock.now()).await?;
        lifecycle::remove(&mut tx, application.id).await?;
        self.record(&mut tx, ctx, "delete", application).await?;
        tx.record_change(TOPIC, &application.id.to_string()).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn taken() -> Error {
    Error::Conflict("another application has this client".to_owned())
}
