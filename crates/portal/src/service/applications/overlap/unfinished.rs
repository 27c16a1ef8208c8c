//! A second credential that is on its way, and whose maker may die.

use std::time::Duration;

use dcr::{DcrProvider, Overlap};
use serde::{Deserialize, Serialize};
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use super::super::settle::{application_id, retry};
use super::super::{Applications, delete};
use super::Succession;
use crate::model::{Application, ApplicationId, DcrProviderId};
use crate::store::{self, lifecycle, retiring_credentials};
use crate::{Ctx, Error};

/// The outbox's queue of credentials that are looked for if nobody wrote them down. The key is the
/// application's id.
pub const SUCCESSION_QUEUE: &str = "portal.application.succession";

/// When a credential is looked for that nobody heard of: well after `PATIENCE`.
const UNSEEN: Duration = Duration::from_secs(120);

/// The same after a request that got no answer: it may arrive after its sender gave up.
const LATE: Duration = Duration::from_secs(30);

/// When an attempt is taken for forgotten: after the last run of its job, which goes on for a day.
const FORGOTTEN: Duration = Duration::from_secs(26 * 3600);

/// What is needed to find a credential that nobody wrote down.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Unfinished {
    provider_id: DcrProviderId,
    client_id: String,
    /// The secrets that the client had before.
    pub(super) secrets: Vec<String>,
    /// A client that was made and could not be removed again.
    left_behind: Option<String>,
}

impl Unfinished {
    pub(super) fn of(succession: &Succession<'_>) -> Self {
        Self {
            provider_id: succession.dcr.provider_id,
            client_id: succession.client_id.clone(),
            secrets: Vec::new(),
            left_behind: None,
        }
    }
}

impl Applications {
    /// Writes down that a credential is on its way.
    pub(super) async fn begin(
        &self,
        ctx: &Ctx,
        application: &Application,
        unfinished: &Unfinished,
    ) -> Result<(), Error> {
        let (id, now) = (application.id, self.clock.now());
        let mut tx = self.db.begin().await?;
        if !lifecycle::begin_succession(&mut tx, id, now, now - FORGOTTEN).await? {
            return Err(Error::Conflict(
                "the secret is being replaced at this moment, or an attempt that was interrupted is \
                 being undone; try again in a few minutes"
                    .to_owned(),
            ));
        }
        self.record(&mut tx, ctx, "rotate_secret", application)
            .await?;
        look_later(&mut tx, id, unfinished, now + UNSEEN).await?;
        tx.commit().await?;
        Ok(())
    }

    /// No credential came. If that is not sure, a job looks for it.
    pub(super) async fn give_up(
        &self,
        id: ApplicationId,
        mut unfinished: Unfinished,
        error: &dcr::Error,
    ) -> Result<(), Error> {
        unfinished.left_behind.clone_from(&error.left_behind);
        let mut tx = self.db.begin().await?;
        if error.effect_is_unknown() || unfinished.left_behind.is_some() {
            look_later(&mut tx, id, &unfinished, self.clock.now() + LATE).await?;
        } else {
            lifecycle::end_succession(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(in super::super) async fn succession_job(&self, job: Job) -> Result<(), JobError> {
        let id = application_id(&job.key)?;
        let unfinished = serde_json::from_value(job.payload);
        let unfinished: Unfinished = unfinished.map_err(|error| JobError::Permanent {
            reason: error.to_string(),
        })?;
        self.undo(id, &unfinished).await.map_err(|error| {
            tracing::warn!(application = %id, %error, attempt = job.attempt, "dcr.undo_failed");
            retry(error)
        })
    }

    /// Removes what came of a rotation that nobody saw the end of.
    async fn undo(&self, id: ApplicationId, unfinished: &Unfinished) -> Result<(), Error> {
        let found = store::applications::find(&self.db, id).await?;
        let application = found.and_then(delete::visible);
        if application.is_some() && !lifecycle::is_succeeding(&self.db, id).await? {
            return Ok(());
        }
        let adapter = match self.providers.adapter(unfinished.provider_id).await {
            Err(Error::NotFound(_)) => return Ok(()),
            adapter => adapter?,
        };
        match adapter.abilities().overlap {
            Overlap::Secrets => {
                self.remove_new_secrets(adapter.as_ref(), unfinished)
                    .await?
            }
            Overlap::Clients | Overlap::Refused => {
                self.remove_new_clients(adapter.as_ref(), id, unfinished, application.as_ref())
                    .await?;
            }
        }
        let mut tx = self.db.begin().await?;
        lifecycle::end_succession(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn remove_new_secrets(
        &self,
        adapter: &dyn DcrProvider,
        unfinished: &Unfinished,
    ) -> Result<(), Error> {
        let secrets = match adapter.secrets(&unfinished.client_id).await {
            Err(error) if error.kind == dcr::ErrorKind::NotFound => return Ok(()),
            secrets => secrets?,
        };
        let new = secrets.iter().filter(|id| !unfinished.secrets.contains(id));
        for secret_id in new {
            adapter
                .remove_secret(&unfinished.client_id, secret_id)
                .await?;
        }
        Ok(())
    }

    /// Every client of the application that it does not have. Of one that is gone, all.
    async fn remove_new_clients(
        &self,
        adapter: &dyn DcrProvider,
        id: ApplicationId,
        unfinished: &Unfinished,
        application: Option<&Application>,
    ) -> Result<(), Error> {
        let mut known: Vec<String> = Vec::new();
        if let Some(application) = application {
            let retiring = retiring_credentials::of_application(&self.db, id).await?;
            known.extend(retiring.into_iter().map(|going| going.client_id));
            known.extend(application.client_id.clone());
        }
        let found = adapter.find(&id.to_string()).await?;
        let found = found.into_iter().map(|client| client.client_id);
        let strays = found.chain(unfinished.left_behind.clone());
        for client_id in strays.filter(|client_id| !known.contains(client_id)) {
            adapter.delete(&client_id).await?;
        }
        Ok(())
    }
}

async fn look_later(
    tx: &mut Tx,
    id: ApplicationId,
    unfinished: &Unfinished,
    due: oauth::Timestamp,
) -> Result<(), Error> {
    let payload = serde_json::to_value(unfinished);
    let payload = payload.map_err(|error| Error::Internal(error.to_string()))?;
    let job = NewJob {
        queue: SUCCESSION_QUEUE,
        key: &id.to_string(),
        payload,
        due,
    };
    Ok(tx.enqueue(job).await?)
}
