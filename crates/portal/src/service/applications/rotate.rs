//! An application's secret is replaced.

use std::time::Duration;

use dcr::Overlap;
use oauth::{ClientSecret, ShownOnce};
use serde_json::{Value, json};
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use crate::model::{Application, ApplicationId, RetiringCredential};

use crate::store::{lifecycle, retiring_credentials};
use crate::{Ctx, Error};

use super::create::unanswered;
use super::settle::{application_id, retry};
use super::strategy::Strategy;
use super::{Applications, Effective, ROTATION_QUEUE, TOPIC};

/// How long the provider may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// When a rotation whose end was not written down is counted all the same. Well after
/// [`PATIENCE`].
const UNSEEN: Duration = Duration::from_secs(60);

/// The new credentials.
pub struct RotatedSecret {
    /// The client: the same as before, unless the old one works on beside it.
    pub client_id: String,
    /// The new secret. Nobody can read it again.
    pub client_secret: ShownOnce<ClientSecret>,
    /// The credential that works on for a while.
    pub previous: Option<RetiringCredential>,
}

impl Applications {
    /// Replaces the secret at the identity provider, and counts the rotation, so that gateways
    /// forget whatever they derived from the old one. At real Auth0 tenants the old secret may be
    /// accepted for up to 30 seconds more.
    ///
    /// # Errors
    /// `Conflict` if the application has no secret here, or its secret is being replaced at this moment: the
    /// answer that came first would show one that works no more. `NotFound` if it is gone. `Provider` if the identity provider
    /// refused or did not answer: the old secret may be dead then, and rotating again helps.
    ///
    /// Source: <https://auth0.com/docs/get-started/applications/rotate-client-secret>.
    pub async fn rotate_secret(
        &self,
        ctx: &Ctx,
        application: &Application,
    ) -> Result<Effective<RotatedSecret>, Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let (Some(dcr), Some(client_id)) = (strategy.dcr(), &application.client_id) else {
            return Err(no_secret());
        };
        let adapter = self.providers.adapter(dcr.provider_id).await?;

        // If nobody sees the end of the rotation, gateways must still forget the old secret.
        let key = format!("{}:{}", application.id, self.entropy.hex(8));
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !lifecycle::begin_rotation(&mut tx, application.id, now, now - UNSEEN).await? {
            drop(tx);
            return Err(self.not_to_rotate(application.id).await?);
        }
        self.record(&mut tx, ctx, "rotate_secret", application)
            .await?;
        let due = now + UNSEEN;
        tx.enqueue(job(&key, json!({}), due)).await?;
        tx.commit().await?;

        let rotated = tokio::time::timeout(PATIENCE, adapter.rotate_secret(client_id)).await;
        let rotated = rotated.unwrap_or_else(|_| Err(unanswered()));
        let unknown = rotated.as_ref().is_err_and(dcr::Error::effect_is_unknown);
        if rotated.is_err() && !unknown {
            let mut tx = self.db.begin().await?;
            lifecycle::end_rotation(&mut tx, application.id).await?;
            tx.commit().await?;
            return Err(self.not_rotated(application.id, rotated.err()));
        }
        let mut tx = self.db.begin().await?;
        let revision = self.count_rotation(&mut tx, application.id).await?;
        if rotated.is_ok() && adapter.abilities().overlap == Overlap::Secrets {
            // The others are gone with it, also one that was on its way.
            retiring_credentials::remove_secrets(&mut tx, application.id).await?;
            lifecycle::end_succession(&mut tx, application.id).await?;
        }
        tx.enqueue(job(&key, json!({ "counted": true }), due))
            .await?;
        tx.commit().await?;
        match rotated {
            Ok(client_secret) if revision.is_some() => Ok(Effective {
                value: RotatedSecret {
                    client_id: client_id.clone(),
                    client_secret,
                    previous: None,
                },
                revision,
            }),
            // It was deleted in the meantime.
            Ok(_) => Err(Error::not_found("application", application.id)),
            Err(error) => Err(self.not_rotated(application.id, Some(error))),
        }
    }

    async fn not_to_rotate(&self, id: ApplicationId) -> Result<Error, Error> {
        if !lifecycle::is_active(&self.db, id).await? {
            return Ok(Error::not_found("application", id));
        }
        Ok(Error::Conflict(
            "the secret is being replaced at this moment; try again in a minute".to_owned(),
        ))
    }

    fn not_rotated(&self, id: ApplicationId, error: Option<dcr::Error>) -> Error {
        let error = error.unwrap_or_else(unanswered);
        tracing::warn!(application = %id, %error, "dcr.rotate_failed");
        error.into()
    }

    async fn count_rotation(&self, tx: &mut Tx, id: ApplicationId) -> Result<Option<i64>, Error> {
        lifecycle::end_rotation(tx, id).await?;
        if !lifecycle::count_rotation(tx, id, self.clock.now()).await? {
            return Ok(None);
        }
        retiring_credentials::collect(tx, id).await?;
        Ok(Some(tx.record_change(TOPIC, &id.to_string()).await?))
    }

    pub(super) async fn rotation_job(&self, job: Job) -> Result<(), JobError> {
        if job.payload.get("counted") == Some(&Value::Bool(true)) {
            return Ok(());
        }
        let (id, _) = job.key.split_once(':').unwrap_or((&job.key, ""));
        let id = application_id(id)?;
        let mut tx = self.db.begin().await?;
        self.count_rotation(&mut tx, id).await.map_err(retry)?;
        Ok(tx.commit().await?)
    }
}

/// The refusal of an application whose secrets are not made here.
pub(super) fn no_secret() -> Error {
    Error::Conflict(
        "the application has no secret here: its auth strategy has no DCR provider".to_owned(),
    )
}

fn job(key: &str, payload: Value, due: oauth::Timestamp) -> NewJob<'_> {
    NewJob {
        queue: ROTATION_QUEUE,
        key,
        payload,
        due,
    }
}
