//! An application is deleted.

use std::time::Duration;

use serde_json::json;
use storage::outbox::NewJob;

use crate::model::{Application, ApplicationStatus};

use crate::store::lifecycle;
use crate::{Ctx, Error};

use super::{Applications, Effective, SETTLE_QUEUE, TOPIC};

/// How long the caller waits for the provider. After that a job goes on.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a deletion is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is, at the identity provider too.
    Complete,
    /// The application is gone; its client is removed when the identity provider lets it be.
    Pending,
}

/// What an administrator reads who deletes the owner of applications while the provider is away.
pub(crate) const STILL_LEAVING: &str = "clients of its applications could not be removed at the \
     identity provider yet; this goes on by itself, try again in a minute";

impl Applications {
    /// Deletes an application with what it owns; one that is being deleted already is left to that.
    /// Gives the revision that gateways are to obey.
    ///
    /// # Errors
    /// Those of [`Applications::delete`] but `NotFound`.
    pub(crate) async fn end(
        &self,
        ctx: &Ctx,
        application: &Application,
    ) -> Result<Option<i64>, Error> {
        match self.delete(ctx, application).await {
            Ok(ended) => Ok(ended.revision),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes an application. From the commit on nobody sees it and gateways refuse it; its client
    /// at the identity provider is removed at once if the provider answers, and later if not.
    ///
    /// # Errors
    /// `NotFound` if it is gone already.
    pub async fn delete(
        &self,
        ctx: &Ctx,
        application: &Application,
    ) -> Result<Effective<Removal>, Error> {
        let id = application.id;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !lifecycle::condemn(&mut tx, id, now).await? {
            return Err(Error::not_found("application", id));
        }
        self.record(&mut tx, ctx, "delete", application).await?;
        tx.enqueue(NewJob {
            queue: SETTLE_QUEUE,
            key: &id.to_string(),
            payload: json!({}),
            due: now + PATIENCE,
        })
        .await?;
        let revision = tx.record_change(TOPIC, &id.to_string()).await?;
        tx.commit().await?;

        let removal = match tokio::time::timeout(PATIENCE, self.settle(id)).await {
            Ok(Ok(())) => Removal::Complete,
            Ok(Err(error)) => {
                tracing::warn!(application = %id, %error, "dcr.delete_failed; it is tried again later");
                Removal::Pending
            }
            Err(_) => {
                tracing::warn!(application = %id, "dcr.delete_slow; it is tried again later");
                Removal::Pending
            }
        };
        Ok(Effective {
            value: removal,
            revision: Some(revision),
        })
    }
}

/// The application, unless it is being made or removed: then it is nobody's to see.
pub(super) fn visible(application: Application) -> Option<Application> {
    (application.status == ApplicationStatus::Active).then_some(application)
}
