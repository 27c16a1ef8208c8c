//! A secret is replaced without a moment in which none works.
//!
//! Where a client has several secrets, it gets one more. Elsewhere the application gets a second
//! client, and gateways take both for the application. The old credential retires by itself
//! ([`retire`]). While the new one is on its way nobody knows of it, so a job looks for it if its
//! maker dies ([`unfinished`]).

mod last_use;
mod reminder;
mod retire;
mod unfinished;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use dcr::{AddedSecret, DcrProvider, Overlap, RegisteredClient};
use oauth::ShownOnce;
use secrecy::ExposeSecret as _;
use storage::Tx;

use super::create::unanswered;
use super::keys::hexadecimal;
use super::strategy::{Dcr, Strategy};
use super::{Applications, Effective, RotatedSecret, TOPIC, client};
use crate::model::{Application, RetiringCredential, SecretMark};
use crate::store::{lifecycle, retiring_credentials};
use crate::{Ctx, Error};

pub(super) use last_use::quiet;
pub use last_use::{Credential, SILENCE};
pub use reminder::REMIND_QUEUE;
pub use retire::RETIRE_QUEUE;
pub(super) use retire::retire_later;
pub use unfinished::SUCCESSION_QUEUE;
use unfinished::Unfinished;

/// Longest time that an old credential works on.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(30 * 86_400);

/// How long the provider may take to make a credential.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a rotation with an overlap starts from.
struct Succession<'a> {
    application: &'a Application,
    dcr: Dcr,
    adapter: Arc<dyn DcrProvider>,
    /// The client that the application has.
    client_id: String,
    overlap: Duration,
}

/// A new credential, and what becomes of the old ones.
struct Successor {
    rotated: RotatedSecret,
    previous: Vec<RetiringCredential>,
    /// What the new secret is told from the old ones by, if they are one client's.
    mark: Option<SecretMark>,
}

impl Applications {
    /// Gives the application a new secret. What it has stops working after `overlap`, or at once if that
    /// is zero; after an administrator began the rotation, when the administrator said.
    ///
    /// # Errors
    /// Those of [`Applications::rotate_secret`] and [`Applications::rotate_with_overlap`].
    pub async fn rotate(
        &self,
        ctx: &Ctx,
        application: &Application,
        overlap: Duration,
    ) -> Result<Effective<RotatedSecret>, Error> {
        let retiring = self.retiring(application).await?;
        match retiring.into_iter().find(|going| !going.collected) {
            Some(going) => self.collect(ctx, application, going).await,
            None if overlap.is_zero() => self.rotate_secret(ctx, application).await,
            None => self.rotate_with_overlap(ctx, application, overlap).await,
        }
    }

    /// Gives the application a new credential. What it had works on for `overlap`, at most
    /// [`LONGEST_OVERLAP`].
    ///
    /// # Errors
    /// `Conflict` if the application has no secret here, or an older credential works on already;
    /// `Provider` if the identity provider refused or did not answer: the old credential works on then.
    pub async fn rotate_with_overlap(
        &self,
        ctx: &Ctx,
        application: &Application,
        overlap: Duration,
    ) -> Result<Effective<RotatedSecret>, Error> {
        if let Some(older) = self.retiring(application).await?.first() {
            return Err(overlaps(older));
        }
        let succession = self.succession(application, overlap).await?;
        self.succeed(ctx, succession, true).await
    }

    /// The same on behalf of an administrator: the new secret is nobody's yet. The developer gets one by
    /// [`Applications::rotate`].
    ///
    /// # Errors
    /// Those of [`Applications::rotate_with_overlap`].
    pub(super) async fn begin_rotation(
        &self,
        ctx: &Ctx,
        application: &Application,
        overlap: Duration,
    ) -> Result<(), Error> {
        let retiring = self.retiring(application).await?;
        if retiring.iter().any(|going| !going.collected) {
            return Ok(());
        }
        if let Some(older) = retiring.first() {
            return Err(overlaps(older));
        }
        let succession = self.succession(application, overlap).await?;
        if succession.adapter.abilities().overlap != Overlap::Secrets {
            // The secret of the new client is dropped here.
            let _unseen = self.succeed(ctx, succession, false).await?;
            return Ok(());
        }
        // The client stays and gets its new secret when the developer asks.
        let secrets = succession.adapter.secrets(&succession.client_id).await?;
        let mut tx = self.db.begin().await?;
        for secret_id in secrets {
            let going = self.going(&succession, Some(secret_id), false);
            works_on(&mut tx, &going).await?;
        }
        self.record(&mut tx, ctx, "begin_rotation", application)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The credential that an administrator's rotation is for. What the developer had works on as the
    /// administrator said.
    async fn collect(
        &self,
        ctx: &Ctx,
        application: &Application,
        going: RetiringCredential,
    ) -> Result<Effective<RotatedSecret>, Error> {
        if going.secret_id.is_some() {
            let succession = self.succession(application, Duration::ZERO).await?;
            return self.succeed(ctx, succession, true).await;
        }
        // The second client is there, and nobody has its secret.
        let mut rotated = self.rotate_secret(ctx, application).await?;
        rotated.value.previous = Some(going);
        Ok(rotated)
    }

    async fn succession<'a>(
        &self,
        application: &'a Application,
        overlap: Duration,
    ) -> Result<Succession<'a>, Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let (Some(dcr), Some(client_id)) = (strategy.dcr(), &application.client_id) else {
            return Err(super::rotate::no_secret());
        };
        Ok(Succession {
            application,
            dcr: dcr.clone(),
            adapter: self.providers.adapter(dcr.provider_id).await?,
            client_id: client_id.clone(),
            overlap: overlap.min(LONGEST_OVERLAP),
        })
    }

    fn going(
        &self,
        succession: &Succession<'_>,
        secret_id: Option<String>,
        collected: bool,
    ) -> RetiringCredential {
        let since = self.clock.now();
        RetiringCredential {
            application_id: succession.application.id,
            client_id: succession.client_id.clone(),
            secret_id,
            since,
            retires_at: since + succession.overlap,
            retired: false,
            collected,
        }
    }

    async fn succeed(
        &self,
        ctx: &Ctx,
        succession: Succession<'_>,
        collected: bool,
    ) -> Result<Effective<RotatedSecret>, Error> {
        let application = succession.application;
        let way = succession.adapter.abilities().overlap;
        let mut unfinished = Unfinished::of(&succession);
        match way {
            Overlap::Clients => {}
            Overlap::Secrets => {
                unfinished.secrets = succession.adapter.secrets(&succession.client_id).await?;
            }
            Overlap::Refused => return Err(one_credential().into()),
        }
        self.begin(ctx, application, &unfinished).await?;
        let made = if way == Overlap::Secrets {
            self.second_secret(&succession, &unfinished.secrets).await
        } else {
            self.second_client(&succession, collected).await
        };
        match made {
            Ok(successor) => self.install(&succession, successor).await,
            Err(error) => {
                tracing::warn!(application = %application.id, %error, "dcr.rotate_failed");
                if let Error::Provider(error) = &error {
                    self.give_up(application.id, unfinished, error).await?;
                }
                Err(error)
            }
        }
    }

    /// A client has one secret there.
    async fn second_client(
        &self,
        succession: &Succession<'_>,
        collected: bool,
    ) -> Result<Successor, Error> {
        let Succession {
            application,
            dcr,
            adapter,
            ..
        } = succession;
        let registered = self.registered_scopes(application.id).await?;
        let mut new = client::of(self.organization().await?, application, dcr, registered);
        new.distinction = Some(self.entropy.hex(3));
        let made = tokio::time::timeout(PATIENCE, adapter.register(&new)).await;
        let RegisteredClient {
            client_id,
            client_secret,
        } = made.unwrap_or_else(|_| Err(unanswered()))?;
        if client_id == succession.client_id {
            return Err(same_client(&client_id).into());
        }
        let audience = dcr.audience.as_deref();
        let told = self.introduce(adapter.as_ref(), &client_id, application.id, audience);
        if let Err(error) = told.await {
            adapter.delete(&client_id).await?;
            return Err(error);
        }
        let going = self.going(succession, None, collected);
        Ok(Successor {
            rotated: RotatedSecret {
                client_id,
                client_secret,
                previous: Some(going.clone()),
            },
            previous: vec![going],
            mark: None,
        })
    }

    /// The client keeps the secrets that it has.
    async fn second_secret(
        &self,
        succession: &Succession<'_>,
        secrets: &[String],
    ) -> Result<Successor, Error> {
        let added = succession.adapter.add_secret(&succession.client_id);
        let added = tokio::time::timeout(PATIENCE, added).await;
        let AddedSecret {
            secret_id,
            client_secret,
        } = added.unwrap_or_else(|_| Err(unanswered()))?;
        let client_secret = client_secret.reveal();
        let salt = self.entropy.hex(16);
        let digest = digest::digest(
            &digest::SHA256,
            format!("{salt}{}", client_secret.expose_secret()).as_bytes(),
        );
        let mark = SecretMark {
            id: secret_id,
            salt,
            sha256: hexadecimal(digest.as_ref()),
        };
        // Of an administrator's rotation they are written down already.
        let known = self.retiring(succession.application).await?;
        let previous: Vec<RetiringCredential> = if known.is_empty() {
            let secrets = secrets.iter().cloned();
            let going = secrets.map(|secret| self.going(succession, Some(secret), true));
            going.collect()
        } else {
            Vec::new()
        };
        Ok(Successor {
            rotated: RotatedSecret {
                client_id: succession.client_id.clone(),
                client_secret: ShownOnce::new(client_secret),
                previous: previous.first().or(known.first()).cloned(),
            },
            previous,
            mark: Some(mark),
        })
    }

    /// The new credential is the application's from here on.
    async fn install(
        &self,
        succession: &Succession<'_>,
        Successor {
            rotated,
            previous,
            mark,
        }: Successor,
    ) -> Result<Effective<RotatedSecret>, Error> {
        let (id, now) = (succession.application.id, self.clock.now());
        let mut tx = self.db.begin().await?;
        let another = rotated.client_id != succession.client_id;
        let stands = if another {
            let (old, new) = (&succession.client_id, &rotated.client_id);
            lifecycle::succeed(&mut tx, id, old, new, now).await?
        } else {
            lifecycle::is_active(&mut tx, id).await?
        };
        if !stands {
            drop(tx);
            if another {
                succession.adapter.delete(&rotated.client_id).await?;
            }
            let mut tx = self.db.begin().await?;
            lifecycle::end_succession(&mut tx, id).await?;
            tx.commit().await?;
            return Err(self.changed_meanwhile(id).await?);
        }
        lifecycle::end_succession(&mut tx, id).await?;
        for going in &previous {
            works_on(&mut tx, going).await?;
        }
        if previous.is_empty() {
            retiring_credentials::collect(&mut tx, id).await?;
        }
        if let Some(mark) = &mark {
            retiring_credentials::succeeded_by(&mut tx, id, mark).await?;
        }
        let revision = tx.record_change(TOPIC, &id.to_string()).await?;
        tx.commit().await?;
        Ok(Effective {
            value: rotated,
            revision: Some(revision),
        })
    }
}

/// Writes down an old credential with its end, and when its developer is reminded of that.
async fn works_on(tx: &mut Tx, going: &RetiringCredential) -> Result<(), Error> {
    retiring_credentials::insert(tx, going).await?;
    retire_later(tx, going.application_id, going.retires_at).await?;
    reminder::later(tx, going).await
}

fn overlaps(older: &RetiringCredential) -> Error {
    Error::Conflict(format!(
        "the credential {} works on until {}; retire it first",
        older.id(),
        older.retires_at.to_rfc3339()
    ))
}

fn one_credential() -> dcr::Error {
    dcr::Error::new(
        dcr::ErrorKind::Unsupported,
        "this identity provider is set to one credential for each application \
         (allow_multiple_credentials), so the old one cannot work on; replace it at once",
    )
}

fn same_client(client_id: &str) -> dcr::Error {
    let message = format!(
        "the identity provider answered with the client {client_id}, which the application has \
         already: it makes no second one, so the old secret cannot work on; replace it at once"
    );
    dcr::Error::new(dcr::ErrorKind::Misconfigured, message)
}
