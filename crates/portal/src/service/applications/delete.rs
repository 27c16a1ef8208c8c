//! An application is deleted.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use storage::Tx;
use storage::outbox::NewJob;

use crate::mail::Subject;
use crate::model::{Application, ApplicationId, ApplicationStatus};
use crate::service::decisions::Reason;
use crate::store::audit::{self, Entry};
use crate::store::{self, companions, lifecycle};
use crate::{Ctx, Error};

use super::tell::News;
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

    /// Deletes an application with its companions. From the commit on nobody sees it and gateways refuse it; its client
    /// at the identity provider is removed at once if the provider answers, and later if not.
    ///
    /// # Errors
    /// `NotFound` if it is gone already.
    pub async fn delete(
        &self,
        ctx: &Ctx,
        application: &Application,
    ) -> Result<Effective<Removal>, Error> {
        self.end_telling(ctx, application, None).await
    }

    /// The same by an administrator: whoever could act on it is told by mail, with the reason.
    ///
    /// # Errors
    /// `NotFound` if it is gone already.
    pub(crate) async fn take_away(
        &self,
        ctx: &Ctx,
        application: &Application,
        reason: &Reason,
    ) -> Result<Effective<Removal>, Error> {
        self.end_telling(ctx, application, Some(reason)).await
    }

    async fn end_telling(
        &self,
        ctx: &Ctx,
        application: &Application,
        told: Option<&Reason>,
    ) -> Result<Effective<Removal>, Error> {
        let mut tx = self.db.begin().await?;
        let mut revision = self.condemn(ctx, &mut tx, application, told).await?;
        if revision.is_none() {
            return Err(Error::not_found("application", application.id));
        }
        let companions = companions::of(&mut tx, [application.id]).await?;
        let companions = companions.into_values().flatten();
        let companions = store::applications::among(&mut tx, companions).await?;
        let mut all = vec![application.id];
        for companion in companions.values() {
            if companion.status == ApplicationStatus::Provisioning {
                super::companions::give_up(&mut tx, companion, self.clock.now()).await?;
                continue;
            }
            let condemned = self.condemn(ctx, &mut tx, companion, None).await?;
            revision = condemned.or(revision);
            all.push(companion.id);
        }
        tx.commit().await?;

        let removals = all.into_iter().map(|id| self.settled_in_time(id));
        let removals = join_all(removals).await;
        let complete = removals.iter().all(|one| *one == Removal::Complete);
        Ok(Effective {
            value: match complete {
                true => Removal::Complete,
                false => Removal::Pending,
            },
            revision,
        })
    }

    /// Takes an application from everybody, and gives the revision; none if it is gone already.
    async fn condemn(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        application: &Application,
        told: Option<&Reason>,
    ) -> Result<Option<i64>, Error> {
        let id = application.id;
        let now = self.clock.now();
        if !lifecycle::condemn(tx, id, now).await? {
            return Ok(None);
        }
        companions::leave(tx, id).await?;
        let entry = Entry::new("delete", "application", id).in_portal(application.portal_id);
        let entry = entry.removing(application);
        let entry = match told {
            Some(reason) => entry.with(reason.detail()),
            None => entry,
        };
        audit::record(&mut *tx, ctx, self.audit_id(), entry).await?;
        if let Some(reason) = told {
            let to = store::developers::acting_on(&mut *tx, application).await?;
            let news = News {
                reason: reason.said().unwrap_or_default(),
                ..News::of(Subject::ApplicationDeleted, application)
            };
            self.write_to(&mut *tx, &to, &news).await?;
        }
        tx.enqueue(NewJob {
            queue: SETTLE_QUEUE,
            key: &id.to_string(),
            payload: json!({}),
            due: now + PATIENCE,
        })
        .await?;
        Ok(Some(tx.record_change(TOPIC, &id.to_string()).await?))
    }

    /// Removes the client at the identity provider, if that answers soon.
    async fn settled_in_time(&self, id: ApplicationId) -> Removal {
        match tokio::time::timeout(PATIENCE, self.settle(id)).await {
            Ok(Ok(())) => Removal::Complete,
            Ok(Err(error)) => {
                tracing::warn!(application = %id, %error, "dcr.delete_failed; it is tried again later");
                Removal::Pending
            }
            Err(_) => {
                tracing::warn!(application = %id, "dcr.delete_slow; it is tried again later");
                Removal::Pending
            }
        }
    }
}

/// The application, unless it is being made or removed: then it is nobody's to see.
pub(super) fn visible(application: Application) -> Option<Application> {
    (application.status == ApplicationStatus::Active).then_some(application)
}
