//! A request to create an application is repeated, with the idempotency key of the first.
//!
//! The key belongs to its application for as long as there is one. The secret is kept nowhere, so a
//! repeated answer cannot hold it: soon after the first request it holds a new one, for then the
//! first answer was lost, and later none, as the developer may use the first one by then.

use std::time::Duration;

use dcr::ErrorKind;

use super::create::CreatedApplication;
use super::strategy::Strategy;
use super::{Applications, Effective, NewApplication};
use crate::model::{Application, ApplicationStatus};
use crate::{Ctx, Error, store};

/// How long after an application was made a repeated request still gets a secret.
const REPEATED: Duration = Duration::from_secs(600);

/// How long a repeated request waits for the first to end, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(250);

/// How often a request that came second looks for the first, whose row may not be committed yet.
const LOOKS: usize = 4;

impl Applications {
    /// The application that the same developer made with this key, once its client is registered.
    ///
    /// # Errors
    /// `Conflict` if that takes too long.
    pub(super) async fn made_before(
        &self,
        new: &NewApplication,
        key: &str,
    ) -> Result<Option<Application>, Error> {
        let mut waited = Duration::ZERO;
        loop {
            let found = store::applications::of_key(&self.db, new.developer_id, key).await?;
            match found {
                Some(found) if found.status == ApplicationStatus::Provisioning => {}
                found => return Ok(found),
            }
            if waited >= PATIENCE {
                return Err(Error::Conflict(
                    "the application of the first request with this idempotency key is still being \
                     created; repeat the request in a minute"
                        .to_owned(),
                ));
            }
            tokio::time::sleep(LOOK).await;
            waited += LOOK;
        }
    }

    /// The same for a request that met another one with its key while it wrote.
    ///
    /// # Errors
    /// Those of [`Applications::made_before`].
    pub(super) async fn made_meanwhile(
        &self,
        new: &NewApplication,
        key: &str,
    ) -> Result<Option<Application>, Error> {
        for _ in 0..LOOKS {
            if let Some(made) = self.made_before(new, key).await? {
                return Ok(Some(made));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(None)
    }

    /// The same application again.
    ///
    /// # Errors
    /// `Conflict` if the key was used for another application; those of
    /// [`Applications::rotate_secret`].
    pub(super) async fn repeat(
        &self,
        ctx: &Ctx,
        new: &NewApplication,
        application: Application,
    ) -> Result<Effective<CreatedApplication>, Error> {
        let strategy = application.auth_strategy_id;
        if new.name != application.name
            || new.portal_id != application.portal_id
            || new.auth_strategy_id.is_some_and(|id| id != strategy)
        {
            return Err(Error::Conflict(
                "this idempotency key belongs to another application; use a new key for each"
                    .to_owned(),
            ));
        }
        let has_secret = Strategy::load(&self.db, strategy).await?.dcr().is_some();
        let lost = application.secret_version == 0
            && self.clock.now() < application.created_at + REPEATED
            && !store::lifecycle::was_succeeded(&self.db, application.id).await?;
        let mut repeated = CreatedApplication {
            application,
            client_secret: None,
            repeated: true,
        };
        let mut revision = None;
        if has_secret && lost {
            match self.rotate_secret(ctx, &repeated.application).await {
                Ok(rotated) => {
                    repeated.client_secret = Some(rotated.value.client_secret);
                    revision = rotated.revision;
                }
                // Another repetition is being given one.
                Err(Error::Conflict(_)) => {}
                // A client keeps its secret for good there; the next one comes with another client.
                Err(Error::Provider(error)) if error.kind == ErrorKind::Unsupported => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Effective {
            value: repeated,
            revision,
        })
    }
}
