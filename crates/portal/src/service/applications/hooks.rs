//! Providers that want to hear of registrations (an HTTP bridge's event hooks).
//!
//! What happened is written with the registration and told afterwards, again and again until the
//! provider has heard. Of several changes to one registration the last alone is told.

use dcr::{DcrProvider, RegistrationChange, RegistrationEvent};
use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use crate::model::{ApplicationId, ApprovalStatus, Registration};
use crate::{Error, store};

use super::settle::{application_id, retry};
use super::strategy::Strategy;
use super::{Applications, HOOKS_QUEUE, delete};

impl Applications {
    /// Leaves a job that tells the provider, if it wants to hear.
    pub(super) async fn enqueue_hook(
        &self,
        tx: &mut Tx,
        registration: &Registration,
        change: RegistrationChange,
    ) -> Result<(), Error> {
        let id = registration.application_id;
        let Some(application) = store::applications::find(&mut *tx, id).await? else {
            return Ok(());
        };
        if !store::dcr_providers::hears_registrations(&mut *tx, application.auth_strategy_id)
            .await?
        {
            return Ok(());
        }
        let payload = json!({
            "application_id": id,
            "product_version_id": registration.product_version_id,
            "added": change == RegistrationChange::Added,
        });
        let job = NewJob {
            queue: HOOKS_QUEUE,
            key: &registration.id.to_string(),
            payload,
            due: self.clock.now(),
        };
        Ok(tx.enqueue(job).await?)
    }

    pub(super) async fn hook_job(&self, job: Job) -> Result<(), JobError> {
        let text = |name: &str| job.payload[name].as_str().unwrap_or_default().to_owned();
        let id = application_id(&text("application_id"))?;
        let change = match job.payload["added"].as_bool() {
            Some(true) => RegistrationChange::Added,
            _ => RegistrationChange::Removed,
        };
        let told = self.tell(id, text("product_version_id"), change).await;
        told.map_err(|error| {
            tracing::warn!(application = %id, %error, attempt = job.attempt, "dcr.hook_failed");
            retry(error)
        })
    }

    async fn tell(
        &self,
        id: ApplicationId,
        product_version_id: String,
        change: RegistrationChange,
    ) -> Result<(), Error> {
        let found = store::applications::find(&self.db, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            return Ok(());
        };
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let (Some(dcr), Some(client_id)) = (strategy.dcr(), &application.client_id) else {
            return Ok(());
        };
        let event = RegistrationEvent {
            change,
            product_version_id,
            audience: dcr.audience.clone(),
        };
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        adapter.notify(client_id, &event).await?;
        let retiring = store::retiring_credentials::of_application(&self.db, id).await?;
        for going in retiring.iter().filter(|going| going.secret_id.is_none()) {
            adapter.notify(&going.client_id, &event).await?;
        }
        Ok(())
    }

    /// Tells the provider of every API that a second client of the application is to be let into: it
    /// knows only what it was told of the first.
    pub(super) async fn introduce(
        &self,
        adapter: &dyn DcrProvider,
        client_id: &str,
        id: ApplicationId,
        audience: Option<&str>,
    ) -> Result<(), Error> {
        if !adapter.abilities().hears_registrations {
            return Ok(());
        }
        for registration in store::registrations::of_application(&self.db, id).await? {
            if registration.status == ApprovalStatus::Approved {
                let event = RegistrationEvent {
                    change: RegistrationChange::Added,
                    product_version_id: registration.product_version_id.to_string(),
                    audience: audience.map(str::to_owned),
                };
                adapter.notify(client_id, &event).await?;
            }
        }
        Ok(())
    }
}

/// What a provider hears of a registration that goes from one state to another.
pub(super) fn change(before: ApprovalStatus, after: ApprovalStatus) -> Option<RegistrationChange> {
    let approved = |status| status == ApprovalStatus::Approved;
    match (approved(before), approved(after)) {
        (false, true) => Some(RegistrationChange::Added),
        (true, false) => Some(RegistrationChange::Removed),
        (true, true) | (false, false) => None,
    }
}
