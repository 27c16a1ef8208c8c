//! The scopes that an application's client is granted at the identity provider.

use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use crate::model::{Application, ApplicationId, ApprovalStatus};
use crate::{Error, store};

use super::settle::{application_id, retry};
use super::strategy::{Dcr, Strategy};
use super::{Applications, SCOPES_QUEUE, delete};

/// What the client is to be granted: all of the strategy's scopes, or, where developers choose, what
/// was chosen for the application and for its approved registrations. `openid` is always among them,
/// as gateways ask for it.
pub(super) fn wanted(dcr: &Dcr, application: &Application, registered: Vec<String>) -> Vec<String> {
    let chosen = if dcr.developer_managed_scopes {
        let own = application.scopes.iter().cloned();
        own.chain(registered).collect()
    } else {
        dcr.scopes.clone()
    };
    let mut scopes = vec!["openid".to_owned()];
    for scope in chosen {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

impl Applications {
    /// Leaves a job that brings the provider to what is granted here, however the call that follows
    /// at once ends.
    pub(super) async fn enqueue_scopes(&self, tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
        let job = NewJob {
            queue: SCOPES_QUEUE,
            key: &id.to_string(),
            payload: json!({}),
            due: self.clock.now() + std::time::Duration::from_secs(10),
        };
        Ok(tx.enqueue(job).await?)
    }

    /// Makes the provider grant what is granted here. Where developers do not choose scopes, that
    /// never changes after the registration.
    pub(super) async fn bring_scopes(&self, id: ApplicationId) -> Result<(), Error> {
        let found = store::applications::find(&self.db, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            return Ok(());
        };
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let (Some(dcr), Some(client_id)) = (strategy.dcr(), &application.client_id) else {
            return Ok(());
        };
        if !dcr.developer_managed_scopes {
            return Ok(());
        }
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        let audience = match &dcr.audience {
            Some(audience) => audience.as_str(),
            // Scopes are the client's own there, whatever a token is for.
            None if !adapter.abilities().audiences => "",
            None => return Ok(()),
        };
        let registered = self.registered_scopes(id).await?;
        let scopes = wanted(dcr, &application, registered);
        adapter.set_scopes(client_id, audience, &scopes).await?;
        // What is withdrawn is withdrawn from the client that goes, too.
        let retiring = store::retiring_credentials::of_application(&self.db, id).await?;
        for retiring in retiring.iter().filter(|going| going.secret_id.is_none()) {
            let narrowed = adapter.set_scopes(&retiring.client_id, audience, &scopes);
            match narrowed.await {
                Err(error) if error.kind == dcr::ErrorKind::NotFound => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// The scopes that the application's client is granted at the identity provider; `None` if the portal
    /// made it no client.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn granted(&self, application: &Application) -> Result<Option<Vec<String>>, Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let Some(dcr) = strategy.dcr() else {
            return Ok(None);
        };
        let registered = self.registered_scopes(application.id).await?;
        Ok(Some(wanted(dcr, application, registered)))
    }

    /// The scopes that approved registrations of an application grant.
    pub(super) async fn registered_scopes(&self, id: ApplicationId) -> Result<Vec<String>, Error> {
        let registrations = store::registrations::of_application(&self.db, id).await?;
        Ok(registrations
            .into_iter()
            .filter(|registration| registration.status == ApprovalStatus::Approved)
            .flat_map(|registration| registration.granted_scopes.unwrap_or_default())
            .collect())
    }

    pub(super) async fn scopes_job(&self, job: Job) -> Result<(), JobError> {
        let id = application_id(&job.key)?;
        self.bring_scopes(id).await.map_err(|error| {
            tracing::warn!(application = %id, %error, attempt = job.attempt, "dcr.scopes_failed");
            retry(error)
        })
    }
}
