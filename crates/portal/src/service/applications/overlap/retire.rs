//! Old credentials end: when their time is over, or before.

use std::time::Duration;

use dcr::DcrProvider;
use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use super::super::create::unanswered;
use super::super::settle::{application_id, retry};
use super::super::strategy::Strategy;
use super::super::{Applications, Effective, TOPIC, delete};
use crate::model::{Application, ApplicationId, RetiringCredential};
use crate::store::{self, lifecycle, retiring_credentials};
use crate::{Ctx, Error};

/// The outbox's queue of credentials that retire. The key is the application's id.
pub const RETIRE_QUEUE: &str = "portal.application.retire";

/// How long the caller waits for the provider.
const PATIENCE: Duration = Duration::from_secs(10);

impl Applications {
    /// The credentials of an application that work on beside its present one, or are still to be
    /// removed.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn retiring(
        &self,
        application: &Application,
    ) -> Result<Vec<RetiringCredential>, Error> {
        Ok(retiring_credentials::of_application(&self.db, application.id).await?)
    }

    /// Ends a credential that works on, now. A client is refused by gateways from the revision on, and
    /// the provider removes it at once or when it answers. A secret of a client that stays is the
    /// provider's to refuse, so it is removed there first.
    ///
    /// # Errors
    /// `NotFound` if no such credential works on; `Provider` if a secret could not be removed: it works
    /// on then.
    pub async fn retire(
        &self,
        ctx: &Ctx,
        application: &Application,
        credential: &str,
    ) -> Result<Effective<()>, Error> {
        let id = application.id;
        let revision = self.end_credential(ctx, application, credential).await?;
        match tokio::time::timeout(PATIENCE, self.remove_retired(id)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(application = %id, %error, "dcr.retire_failed; it is tried again later");
            }
            Err(_) => tracing::warn!(application = %id, "dcr.retire_slow; it is tried again later"),
        }
        Ok(Effective {
            value: (),
            revision: Some(revision),
        })
    }

    /// The same, with a job that removes a client at the provider soon. Gives the revision from which
    /// gateways refuse it.
    pub(in super::super) async fn end_credential(
        &self,
        ctx: &Ctx,
        application: &Application,
        credential: &str,
    ) -> Result<i64, Error> {
        let id = application.id;
        let retiring = self.retiring(application).await?;
        let mut working = retiring.into_iter().filter(RetiringCredential::works);
        let going = working.find(|going| going.id() == credential);
        let going = going.ok_or_else(|| Error::not_found("credential", credential))?;
        if let Some(secret_id) = &going.secret_id {
            let adapter = self.adapter_of(application).await?;
            let removed = adapter.remove_secret(&going.client_id, secret_id);
            let removed = tokio::time::timeout(PATIENCE, removed).await;
            removed.unwrap_or_else(|_| Err(unanswered()))?;
        }
        let mut tx = self.db.begin().await?;
        self.record(&mut tx, ctx, "retire_credential", application)
            .await?;
        let revision = self.refuse(&mut tx, &going).await?;
        retire_later(&mut tx, id, self.clock.now() + PATIENCE).await?;
        tx.commit().await?;
        Ok(revision)
    }

    pub(in super::super) async fn retire_job(&self, job: Job) -> Result<(), JobError> {
        let id = application_id(&job.key)?;
        self.remove_retired(id).await.map_err(|error| {
            tracing::warn!(application = %id, %error, attempt = job.attempt, "dcr.retire_failed");
            retry(error)
        })
    }

    async fn adapter_of(
        &self,
        application: &Application,
    ) -> Result<std::sync::Arc<dyn DcrProvider>, Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let dcr = strategy.dcr().ok_or_else(super::super::rotate::no_secret)?;
        self.providers.adapter(dcr.provider_id).await
    }

    /// Gateways refuse the credential from the revision on. Of a client that stays they forget what they
    /// derived from its secrets, and ask the provider again.
    async fn refuse(&self, tx: &mut Tx, going: &RetiringCredential) -> Result<i64, Error> {
        let id = going.application_id;
        if going.secret_id.is_some() {
            retiring_credentials::remove(tx, going).await?;
            lifecycle::count_rotation(tx, id, self.clock.now()).await?;
        } else if !retiring_credentials::retire(tx, going).await? {
            return Err(Error::not_found("credential", going.id()));
        }
        Ok(tx.record_change(TOPIC, &id.to_string()).await?)
    }

    /// Ends and removes what is due.
    async fn remove_retired(&self, id: ApplicationId) -> Result<(), Error> {
        let found = store::applications::find(&self.db, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            // Its deletion removes all of its clients.
            return Ok(());
        };
        let now = self.clock.now();
        let retiring = self.retiring(&application).await?;
        let (due, waiting): (Vec<_>, Vec<_>) = retiring
            .into_iter()
            .partition(|going| going.retired || going.retires_at <= now);
        if let Some(next) = waiting.first() {
            let mut tx = self.db.begin().await?;
            retire_later(&mut tx, id, next.retires_at).await?;
            tx.commit().await?;
        }
        if due.is_empty() {
            return Ok(());
        }
        let adapter = self.adapter_of(&application).await?;
        for going in due {
            self.remove(adapter.as_ref(), &going).await?;
        }
        Ok(())
    }

    async fn remove(
        &self,
        adapter: &dyn DcrProvider,
        going: &RetiringCredential,
    ) -> Result<(), Error> {
        if let Some(secret_id) = &going.secret_id {
            adapter.remove_secret(&going.client_id, secret_id).await?;
            let mut tx = self.db.begin().await?;
            self.refuse(&mut tx, going).await?;
            tx.commit().await?;
            return Ok(());
        }
        if going.works() {
            let mut tx = self.db.begin().await?;
            self.refuse(&mut tx, going).await?;
            tx.commit().await?;
        }
        adapter.delete(&going.client_id).await?;
        let mut tx = self.db.begin().await?;
        retiring_credentials::remove(&mut tx, going).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Leaves a job that looks at the application's old credentials then.
pub(in super::super) async fn retire_later(
    tx: &mut Tx,
    id: ApplicationId,
    due: oauth::Timestamp,
) -> Result<(), Error> {
    let job = NewJob {
        queue: RETIRE_QUEUE,
        key: &id.to_string(),
        payload: json!({}),
        due,
    };
    Ok(tx.enqueue(job).await?)
}
