//! A secret is replaced without a moment in which none works.
//!
//! A client has one secret at most providers, so the application gets a second client. Gateways take
//! both for the application until the first retires; then they refuse it, and the provider removes it.
//! Whatever is left over has a job.

use std::time::Duration;

use serde_json::{Value, json};
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use super::create::unanswered;
use super::settle::{application_id, retry};
use super::strategy::Strategy;
use super::{Applications, Effective, RotatedSecret, TOPIC, client, delete};
use crate::model::{Application, ApplicationId, RetiringClient};
use crate::store::{self, lifecycle, retiring_clients};
use crate::{Ctx, Error};

/// The outbox's queue of clients that retire. The key is the application's id.
pub const RETIRE_QUEUE: &str = "portal.application.retire";

/// Longest time that an old client works on.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(30 * 86_400);

/// How long the provider may take to register a client.
const PATIENCE: Duration = Duration::from_secs(60);

/// When a client is looked for that nobody heard of. Well after [`PATIENCE`].
const UNSEEN: Duration = Duration::from_secs(120);

/// When a removal that failed is tried again.
const SOON: Duration = Duration::from_secs(10);

impl Applications {
    /// Gives the application a new client with a secret of its own. The one that it had works on for
    /// `overlap`, at most [`LONGEST_OVERLAP`].
    ///
    /// # Errors
    /// `Conflict` if the application has no secret here, or an older client works on already;
    /// `Provider` if the identity provider refused or did not answer: nothing changes then.
    pub async fn rotate_with_overlap(
        &self,
        ctx: &Ctx,
        application: &Application,
        overlap: Duration,
    ) -> Result<Effective<RotatedSecret>, Error> {
        let id = application.id;
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let (Some(dcr), Some(old)) = (strategy.dcr(), &application.client_id) else {
            return Err(Error::Conflict(
                "the application has no secret here: its auth strategy has no DCR provider"
                    .to_owned(),
            ));
        };
        if let [older, ..] = retiring_clients::of_application(&self.db, id)
            .await?
            .as_slice()
        {
            return Err(Error::Conflict(format!(
                "the client {} works on until {}; end it first",
                older.client_id,
                older.retires_at.to_rfc3339()
            )));
        }
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        let registered = self.registered_scopes(id).await?;
        let new = client::of(self.organization().await?, application, dcr, registered);

        let mut tx = self.db.begin().await?;
        self.record(&mut tx, ctx, "rotate_secret", application)
            .await?;
        let due = self.clock.now() + UNSEEN;
        retire_later(&mut tx, id, json!({ "find": true }), due).await?;
        tx.commit().await?;

        let made = tokio::time::timeout(PATIENCE, adapter.register(&new)).await;
        let made = made
            .unwrap_or_else(|_| Err(unanswered()))
            .map_err(|error| {
                tracing::warn!(application = %id, %error, "dcr.rotate_failed");
                Error::from(error)
            })?;
        let previous = RetiringClient {
            application_id: id,
            client_id: old.clone(),
            retires_at: self.clock.now() + overlap.min(LONGEST_OVERLAP),
            retired: false,
        };
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !lifecycle::succeed(&mut tx, id, old, &made.client_id, now).await? {
            drop(tx);
            adapter.delete(&made.client_id).await?;
            return Err(Error::not_found("application", id));
        }
        retiring_clients::insert(&mut tx, &previous).await?;
        retire_later(&mut tx, id, json!({}), previous.retires_at).await?;
        let revision = tx.record_change(TOPIC, &id.to_string()).await?;
        tx.commit().await?;
        Ok(Effective {
            value: RotatedSecret {
                client_id: made.client_id,
                client_secret: made.client_secret,
                previous: Some(previous),
            },
            revision: Some(revision),
        })
    }

    /// The clients of an application that work on beside its present one, or are still to be removed.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn retiring(&self, application: &Application) -> Result<Vec<RetiringClient>, Error> {
        Ok(retiring_clients::of_application(&self.db, application.id).await?)
    }

    /// Ends a client that works on, now. Gateways refuse it from the revision on; the provider removes
    /// it at once, or when it answers.
    ///
    /// # Errors
    /// `NotFound` if no such client works on.
    pub async fn retire(
        &self,
        ctx: &Ctx,
        application: &Application,
        client_id: &str,
    ) -> Result<Effective<()>, Error> {
        let id = application.id;
        let mut tx = self.db.begin().await?;
        if !retiring_clients::retire(&mut tx, id, client_id).await? {
            return Err(Error::not_found("credential", client_id));
        }
        self.record(&mut tx, ctx, "retire_client", application)
            .await?;
        retire_later(&mut tx, id, json!({}), self.clock.now() + SOON).await?;
        let revision = tx.record_change(TOPIC, &id.to_string()).await?;
        tx.commit().await?;
        if let Err(error) = self.remove_retired(id, false).await {
            tracing::warn!(application = %id, %error, "dcr.retire_failed; it is tried again later");
        }
        Ok(Effective {
            value: (),
            revision: Some(revision),
        })
    }

    pub(super) async fn retire_job(&self, job: Job) -> Result<(), JobError> {
        let id = application_id(&job.key)?;
        let find = job.payload.get("find") == Some(&Value::Bool(true));
        self.remove_retired(id, find).await.map_err(|error| {
            tracing::warn!(application = %id, %error, attempt = job.attempt, "dcr.retire_failed");
            retry(error)
        })
    }

    /// Ends and removes what is due. `find`: a registration had no end that anybody saw, so there may
    /// be a client that is not written down.
    async fn remove_retired(&self, id: ApplicationId, find: bool) -> Result<(), Error> {
        let found = store::applications::find(&self.db, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            // Its deletion removes all of its clients.
            return Ok(());
        };
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let Some(dcr) = strategy.dcr() else {
            return Ok(());
        };
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        let retiring = retiring_clients::of_application(&self.db, id).await?;
        if find {
            for client in adapter.find(&id.to_string()).await? {
                let known = |client_id: &str| client.client_id == client_id;
                if !application.client_id.as_deref().is_some_and(known)
                    && !retiring.iter().any(|retiring| known(&retiring.client_id))
                {
                    adapter.delete(&client.client_id).await?;
                }
            }
        }
        let now = self.clock.now();
        for client in retiring {
            let mut tx = self.db.begin().await?;
            if !client.retired && client.retires_at > now {
                retire_later(&mut tx, id, json!({}), client.retires_at).await?;
                tx.commit().await?;
                continue;
            }
            if retiring_clients::retire(&mut tx, id, &client.client_id).await? {
                tx.record_change(TOPIC, &id.to_string()).await?;
            }
            tx.commit().await?;
            adapter.delete(&client.client_id).await?;
            let mut tx = self.db.begin().await?;
            retiring_clients::remove(&mut tx, id, &client.client_id).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

async fn retire_later(
    tx: &mut Tx,
    id: ApplicationId,
    payload: Value,
    due: oauth::Timestamp,
) -> Result<(), Error> {
    let job = NewJob {
        queue: RETIRE_QUEUE,
        key: &id.to_string(),
        payload,
        due,
    };
    Ok(tx.enqueue(job).await?)
}
