//! Brings to its end what a fault or a crash left half done.

use std::time::Duration;

use storage::outbox::{Job, JobError};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::model::{Application, ApplicationId, ApplicationStatus};
use crate::store::{self, lifecycle};

use super::strategy::Strategy;
use super::{
    Applications, CANARY_QUEUE, FLEET_QUEUE, HOOKS_QUEUE, KEY_QUEUE, RECONCILE_QUEUE, REMIND_QUEUE,
    RETIRE_QUEUE, ROTATION_QUEUE, SCOPES_QUEUE, SETTLE_QUEUE, SUCCESSION_QUEUE,
};

/// How often to look for what is half-way and has no job any more.
const STRAGGLERS_EVERY: Duration = Duration::from_secs(3600);

impl Applications {
    /// Works off the queues until `shutdown`.
    pub async fn reconcile(&self, shutdown: CancellationToken) {
        tokio::join!(
            self.outbox
                .run(SETTLE_QUEUE, |job| self.settle_job(job), shutdown.clone()),
            self.outbox.run(
                ROTATION_QUEUE,
                |job| self.rotation_job(job),
                shutdown.clone()
            ),
            self.outbox
                .run(SCOPES_QUEUE, |job| self.scopes_job(job), shutdown.clone()),
            self.outbox
                .run(CANARY_QUEUE, |job| self.canary_job(job), shutdown.clone()),
            self.outbox
                .run(HOOKS_QUEUE, |job| self.hook_job(job), shutdown.clone()),
            self.outbox.run(
                RECONCILE_QUEUE,
                |job| self.reconcile_job(job),
                shutdown.clone()
            ),
            self.outbox
                .run(RETIRE_QUEUE, |job| self.retire_job(job), shutdown.clone()),
            self.outbox
                .run(REMIND_QUEUE, |job| self.remind_job(job), shutdown.clone()),
            self.outbox
                .run(KEY_QUEUE, |job| self.key_end_job(job), shutdown.clone()),
            self.outbox
                .run(FLEET_QUEUE, |job| self.fleet_job(job), shutdown.clone()),
            self.outbox.run(
                SUCCESSION_QUEUE,
                |job| self.succession_job(job),
                shutdown.clone()
            ),
            self.look_for_stragglers(&shutdown),
        );
    }

    /// Does what is due in the queues now, and gives how many jobs there were.
    ///
    /// # Panics
    /// If the database fails: this is for tests.
    pub async fn reconcile_due(&self) -> usize {
        self.outbox
            .run_due(SETTLE_QUEUE, &|job| self.settle_job(job))
            .await
            + self
                .outbox
                .run_due(ROTATION_QUEUE, &|job| self.rotation_job(job))
                .await
            + self
                .outbox
                .run_due(SCOPES_QUEUE, &|job| self.scopes_job(job))
                .await
            + self
                .outbox
                .run_due(CANARY_QUEUE, &|job| self.canary_job(job))
                .await
            + self
                .outbox
                .run_due(HOOKS_QUEUE, &|job| self.hook_job(job))
                .await
            + self
                .outbox
                .run_due(RECONCILE_QUEUE, &|job| self.reconcile_job(job))
                .await
            + self
                .outbox
                .run_due(FLEET_QUEUE, &|job| self.fleet_job(job))
                .await
            + self
                .outbox
                .run_due(SUCCESSION_QUEUE, &|job| self.succession_job(job))
                .await
            + self
                .outbox
                .run_due(REMIND_QUEUE, &|job| self.remind_job(job))
                .await
            + self
                .outbox
                .run_due(KEY_QUEUE, &|job| self.key_end_job(job))
                .await
            + self
                .outbox
                .run_due(RETIRE_QUEUE, &|job| self.retire_job(job))
                .await
    }

    async fn look_for_stragglers(&self, shutdown: &CancellationToken) {
        loop {
            if let Err(error) = self.take_up_stragglers().await {
                tracing::warn!(%error, "dcr.stragglers_not_seen; looking again later");
            }
            let pause = tokio::time::sleep(STRAGGLERS_EVERY);
            if shutdown.run_until_cancelled(pause).await.is_none() {
                return;
            }
        }
    }

    async fn settle_job(&self, job: Job) -> Result<(), JobError> {
        let id = application_id(&job.key)?;
        self.settle(id).await.map_err(|error| {
            tracing::warn!(application = %id, %error, attempt = job.attempt, "dcr.settle_failed");
            retry(error)
        })
    }

    /// Undoes an application that never became `active`; removes one that is `deleting`. Every
    /// step may be repeated.
    pub(super) async fn settle(&self, id: ApplicationId) -> Result<(), Error> {
        let Some(mut application) = store::applications::find(&self.db, id).await? else {
            return Ok(());
        };
        if application.status == ApplicationStatus::Provisioning {
            let mut tx = self.db.begin().await?;
            let now = self.clock.now();
            if !lifecycle::abandon(&mut tx, id, None, now).await? {
                // It just became active.
                return Ok(());
            }
            tx.commit().await?;
            application.status = ApplicationStatus::Deleting;
        }
        if application.status == ApplicationStatus::Active {
            return Ok(());
        }
        self.remove_clients(&application).await?;
        let mut tx = self.db.begin().await?;
        lifecycle::remove(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn remove_clients(&self, application: &Application) -> Result<(), Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let Some(dcr) = strategy.dcr() else {
            return Ok(());
        };
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        let retiring =
            store::retiring_credentials::of_application(&self.db, application.id).await?;
        for retiring in retiring.iter().filter(|going| going.secret_id.is_none()) {
            adapter.delete(&retiring.client_id).await?;
        }
        if let Some(client_id) = &application.client_id {
            adapter.delete(client_id).await?;
            return Ok(());
        }
        Ok(adapter.remove_all(&application.id.to_string()).await?)
    }
}

/// How long to wait for a provider that cannot do it at all.
const UNABLE: Duration = Duration::from_secs(24 * 3600);

pub(super) fn application_id(key: &str) -> Result<ApplicationId, JobError> {
    key.parse().map_err(|_| JobError::Permanent {
        reason: format!("`{key}` is not an application's id"),
    })
}

/// A provider that refuses today may be mended tomorrow, so nothing here is permanent.
pub(super) fn retry(error: Error) -> JobError {
    let after: Option<Duration> = match &error {
        Error::Provider(dcr::Error {
            kind: dcr::ErrorKind::RateLimited { retry_after },
            ..
        }) => *retry_after,
        // Somebody must act at the provider first.
        Error::Provider(dcr::Error {
            kind: dcr::ErrorKind::Unsupported,
            ..
        }) => Some(UNABLE),
        _ => None,
    };
    JobError::Retry {
        after,
        reason: error.to_string(),
    }
}
