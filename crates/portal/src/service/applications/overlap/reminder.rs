//! What an application's developer, or everybody in the team that owns it, is told of credentials that follow others: that a secret waits for them, and, before
//! the old credentials end, that they are still needed.

use std::time::Duration;

use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use super::super::settle::{application_id, retry};
use super::super::tell::News;
use super::super::{Applications, delete};
use crate::Error;
use crate::mail::Subject;
use crate::model::{Application, ApplicationId, RetiringCredential};
use crate::store::{self, credential_uses, fleet_rotations};

/// The outbox's queue of reminders. The key is the application's id.
pub const REMIND_QUEUE: &str = "portal.application.reminder";

/// How long before the end, at most and at least: a quarter of the time in between.
const DAY: Duration = Duration::from_secs(86_400);
const SHORT: Duration = Duration::from_secs(5 * 60);

/// Leaves a job that reminds the developer before an old credential ends.
pub(super) async fn later(tx: &mut Tx, going: &RetiringCredential) -> Result<(), Error> {
    let overlap = going.retires_at.saturating_since(going.since);
    let before = (overlap / 4).min(DAY);
    if before < SHORT {
        return Ok(());
    }
    let job = NewJob {
        queue: REMIND_QUEUE,
        key: &going.application_id.to_string(),
        payload: json!({}),
        due: going.retires_at - before,
    };
    Ok(tx.enqueue(job).await?)
}

impl Applications {
    /// Tells the developer that an administrator's rotation has a secret for them. The mail leaves when
    /// the transaction commits.
    pub(in super::super) async fn tell_that_a_secret_waits(
        &self,
        tx: &mut Tx,
        application: &Application,
    ) -> Result<(), Error> {
        let retiring = store::retiring_credentials::of_application(&mut *tx, application.id);
        let retiring = retiring.await?;
        let Some(going) = retiring.first().filter(|going| !going.collected) else {
            return Ok(());
        };
        self.write(tx, application, going, Subject::SecretWaits)
            .await
    }

    pub(in super::super) async fn remind_job(&self, job: Job) -> Result<(), JobError> {
        let id = application_id(&job.key)?;
        self.remind(id).await.map_err(retry)
    }

    async fn remind(&self, id: ApplicationId) -> Result<(), Error> {
        let found = store::applications::find(&self.db, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            return Ok(());
        };
        let retiring = self.retiring(&application).await?;
        let Some(going) = retiring.iter().find(|going| going.works()) else {
            return Ok(());
        };
        let uses = credential_uses::of_application(&self.db, id).await?;
        let used = uses.get(&going.client_id);
        let subject = if fleet_rotations::is_to_collect(&self.db, id).await? {
            Subject::SecretUntaken
        } else if used.is_some_and(|used| *used >= going.since) {
            Subject::SecretUsed
        } else {
            return Ok(());
        };
        let mut tx = self.db.begin().await?;
        self.write(&mut tx, &application, going, subject).await?;
        Ok(tx.commit().await?)
    }

    async fn write(
        &self,
        tx: &mut Tx,
        application: &Application,
        going: &RetiringCredential,
        subject: Subject,
    ) -> Result<(), Error> {
        let to = self.at_work_on(&mut *tx, application).await?;
        let news = News {
            until: Some(going.retires_at),
            ..News::of(subject, application)
        };
        self.write_to(tx, &to, &news).await
    }
}
