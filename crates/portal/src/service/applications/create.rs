//! A developer creates an application.
//!
//! With DCR it is written as `provisioning`, the client is registered at the identity provider with
//! no transaction open, and a second transaction makes it `active`. Until then nobody sees it. A
//! process that dies in between leaves a job that undoes both: nobody knows the secret, so nobody
//! could use the application. The developer tries again, and may repeat the idempotency key.

use std::sync::Arc;
use std::time::Duration;

use dcr::{DcrProvider, ErrorKind, RegisteredClient};
use oauth::{ClientSecret, ShownOnce};
use serde_json::json;
use storage::outbox::NewJob;

use crate::model::{Application, ApplicationId, ApplicationStatus, AuthStrategyId, DcrProviderId};
use crate::store::{self, lifecycle};

use crate::{Ctx, Error};

use super::strategy::{Dcr, Kind, Strategy};
use super::{
    Applications, Effective, NewApplication, SETTLE_QUEUE, TOPIC, client, companions, invalid,
};

/// How long the provider may take to register a client.
const PATIENCE: Duration = Duration::from_secs(60);

/// When an application that is still `provisioning` is taken for abandoned: well after [`PATIENCE`],
/// so that nobody undoes what is still being done.
const ABANDONED: Duration = Duration::from_secs(120);

/// When to look for a client whose registration got no answer: the request may arrive after its
/// sender gave up.
const LATE: Duration = Duration::from_secs(30);

/// Applications that a developer may have (Konnect's documented limit).
const MOST_APPLICATIONS: i64 = 500;

/// An application that was just created.
pub struct CreatedApplication {
    /// The application, `active`.
    pub application: Application,
    /// The client's secret, with DCR. Nobody can read it again. A repeated request gets none once
    /// the first answer must have arrived.
    pub client_secret: Option<ShownOnce<ClientSecret>>,
    /// Whether an earlier request with the same idempotency key made it.
    pub repeated: bool,
}

impl Applications {
    /// Creates an application, with a client of its own at the identity provider where the strategy
    /// has a DCR provider. With the idempotency key of an earlier request it gives that one's
    /// application again.
    ///
    /// # Errors
    /// `Invalid` and `Conflict` name what the developer can change; `Forbidden` at the limit of
    /// applications. `Provider` if the identity provider refused or did not answer: there is no
    /// application then, and no client, or none in a minute.
    pub async fn create(
        &self,
        ctx: &Ctx,
        new: NewApplication,
    ) -> Result<Effective<CreatedApplication>, Error> {
        let Some(key) = new.idempotency_key.clone() else {
            return self.create_new(ctx, new).await;
        };
        if let Some(made) = self.made_before(&new, &key).await? {
            return self.repeat(ctx, &new, made).await;
        }
        let created = self.create_new(ctx, new.clone()).await;
        // Two requests at one moment: the other was first.
        if matches!(created, Err(Error::Conflict(_)))
            && let Some(made) = self.made_meanwhile(&new, &key).await?
        {
            return self.repeat(ctx, &new, made).await;
        }
        created
    }

    async fn create_new(
        &self,
        ctx: &Ctx,
        new: NewApplication,
    ) -> Result<Effective<CreatedApplication>, Error> {
        let strategy = self.offered_strategy(ctx, &new).await?;
        self.may_join(strategy.id, &new).await?;
        match strategy.kind {
            Kind::KeyAuth | Kind::SelfManaged => {
                self.create_without_client(ctx, &strategy, new).await
            }
            Kind::Dcr(dcr) => self.create_with_client(ctx, strategy.id, &dcr, new).await,
        }
    }

    pub(super) async fn offered_strategy(
        &self,
        ctx: &Ctx,
        new: &NewApplication,
    ) -> Result<Strategy, Error> {
        let site = store::sites::find(&self.db, new.portal_id).await?;
        let site = site.ok_or_else(|| Error::not_found("portal", new.portal_id))?;
        let named = new.auth_strategy_id.or(site.default_auth_strategy_id);
        let id = named.ok_or_else(|| {
            let reason = "\"auth_strategy_id\" is required: this portal has no default";
            invalid("auth_strategy_id", "required", reason)
        })?;
        let offered = Strategy::offered(&self.db, ctx, &site, id).await?;
        offered.ok_or_else(|| {
            let reason =
                "\"auth_strategy_id\" names no auth strategy that you can use in this portal";
            invalid("auth_strategy_id", "missing_reference", reason)
        })
    }

    /// With API keys, or with a client that the developer has at the identity provider.
    async fn create_without_client(
        &self,
        ctx: &Ctx,
        strategy: &Strategy,
        new: NewApplication,
    ) -> Result<Effective<CreatedApplication>, Error> {
        let (reference_id, main_id) = (new.reference_id.clone(), new.companion_of);
        let self_managed = matches!(strategy.kind, Kind::SelfManaged);
        if self_managed && reference_id.is_none() {
            let reason =
                "\"reference_id\" is required: the id of your client at the identity provider";
            return Err(invalid("reference_id", "required", reason));
        }
        let mut application = self.draft(strategy.id, new, ApplicationStatus::Active);
        if let Some(reference_id) = reference_id {
            application.client_id = self_managed.then(|| reference_id.clone());
            application.reference_id = reference_id;
        }
        let mut tx = self.db.begin().await?;
        admit(&mut tx, &application).await?;
        still_registers(&mut tx, strategy.id, None).await?;
        if let Some(client_id) = &application.client_id
            && lifecycle::client_id_is_taken(&mut tx, strategy.id, client_id, application.id)
                .await?
        {
            return Err(Error::Conflict(
                "another application has this reference id".to_owned(),
            ));
        }
        companions::insert(&mut tx, &mut application, main_id).await?;
        self.record(&mut tx, ctx, "create", &application).await?;
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        tx.commit().await?;
        Ok(Effective {
            value: CreatedApplication {
                application,
                client_secret: None,
                repeated: false,
            },
            revision: Some(revision),
        })
    }

    async fn create_with_client(
        &self,
        ctx: &Ctx,
        strategy_id: AuthStrategyId,
        dcr: &Dcr,
        new: NewApplication,
    ) -> Result<Effective<CreatedApplication>, Error> {
        check_for_dcr(dcr, &new)?;
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        let main_id = new.companion_of;
        let mut application = self.draft(strategy_id, new, ApplicationStatus::Provisioning);
        let client = client::of(self.organization().await?, &application, dcr, Vec::new());

        let mut tx = self.db.begin().await?;
        admit(&mut tx, &application).await?;
        still_registers(&mut tx, strategy_id, Some(dcr.provider_id)).await?;
        companions::insert(&mut tx, &mut application, main_id).await?;
        self.record(&mut tx, ctx, "create", &application).await?;
        let abandoned = self.clock.now() + ABANDONED;
        tx.enqueue(NewJob {
            queue: SETTLE_QUEUE,
            key: &application.id.to_string(),
            payload: json!({}),
            due: abandoned,
        })
        .await?;
        tx.commit().await?;

        let registered = tokio::time::timeout(PATIENCE, adapter.register(&client)).await;
        match registered.unwrap_or_else(|_| Err(unanswered())) {
            Ok(registered) => self.activate(ctx, application, &adapter, registered).await,
            Err(error) => {
                tracing::warn!(application = %application.id, %error, "dcr.register_failed");
                if let Err(error) = self.abandon(&application, &error).await {
                    // The job that was written with the application does it later.
                    tracing::warn!(application = %application.id, %error, "dcr.abandon_failed");
                }
                Err(error.into())
            }
        }
    }

    pub(super) fn draft(
        &self,
        strategy_id: AuthStrategyId,
        new: NewApplication,
        status: ApplicationStatus,
    ) -> Application {
        let id = ApplicationId::new(&self.entropy);
        let now = self.clock.now();
        Application {
            id,
            portal_id: new.portal_id,
            developer_id: new.developer_id,
            team_id: None,
            auth_strategy_id: strategy_id,
            status,
            name: new.name,
            description: new.description,
            redirect_uri: new.redirect_uri.map(String::from),
            // Until something better is known, the application's own id is unique.
            reference_id: id.to_string(),
            client_id: None,
            scopes: new.scopes,
            secret_version: 0,
            idempotency_key: new.idempotency_key,
            labels: new.labels,
            created_at: now,
            updated_at: now,
        }
    }

    async fn activate(
        &self,
        ctx: &Ctx,
        mut application: Application,
        adapter: &Arc<dyn DcrProvider>,
        registered: RegisteredClient,
    ) -> Result<Effective<CreatedApplication>, Error> {
        let RegisteredClient {
            client_id,
            client_secret,
        } = registered;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !lifecycle::activate(&mut tx, application.id, &client_id, now).await? {
            drop(tx);
            // It took so long that the application was given up and is gone.
            adapter.delete(&client_id).await?;
            return Err(unanswered().into());
        }
        application.status = ApplicationStatus::Active;
        application.reference_id.clone_from(&client_id);
        application.client_id = Some(client_id);
        application.updated_at = now;
        self.record(&mut tx, ctx, "register_client", &application)
            .await?;
        let revision = tx.record_change(TOPIC, &application.id.to_string()).await?;
        tx.commit().await?;
        Ok(Effective {
            value: CreatedApplication {
                application,
                client_secret: Some(client_secret),
                repeated: false,
            },
            revision: Some(revision),
        })
    }

    /// Gives up an application whose client could not be registered.
    async fn abandon(&self, application: &Application, error: &dcr::Error) -> Result<(), Error> {
        let left_behind = error.left_behind.as_deref();
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if left_behind.is_none() && !error.effect_is_unknown() {
            lifecycle::forget(&mut tx, application.id).await?;
            tx.commit().await?;
            return Ok(());
        }
        lifecycle::abandon(&mut tx, application.id, left_behind, now).await?;
        tx.enqueue(NewJob {
            queue: SETTLE_QUEUE,
            key: &application.id.to_string(),
            payload: json!({}),
            due: now + LATE,
        })
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

pub(super) fn check_for_dcr(dcr: &Dcr, new: &NewApplication) -> Result<(), Error> {
    if new.reference_id.is_some() {
        let reason = "\"reference_id\" is not allowed: the identity provider gives the client id";
        return Err(invalid("reference_id", "unknown_property", reason));
    }
    if !dcr.developer_managed_scopes && !new.scopes.is_empty() {
        let reason = "\"scopes\" is not allowed: this auth strategy grants all of its scopes";
        return Err(invalid("scopes", "unknown_property", reason));
    }
    if let Some(scope) = dcr.not_offered(&new.scopes) {
        let reason = format!(
            "\"scopes\" must be among [{}]: not {scope}",
            dcr.scopes.join(", ")
        );
        return Err(invalid("scopes", "invalid", reason));
    }
    Ok(())
}

pub(super) async fn admit(tx: &mut storage::Tx, application: &Application) -> Result<(), Error> {
    if lifecycle::count(tx, application.developer_id).await? >= MOST_APPLICATIONS {
        return Err(Error::Forbidden(format!(
            "a developer may have {} applications; delete one first",
            MOST_APPLICATIONS
        )));
    }
    Ok(())
}

/// Whether the strategy still has the provider that was read: as long as it has no applications, it may be
/// given another.
async fn still_registers(
    tx: &mut storage::Tx,
    strategy: AuthStrategyId,
    provider: Option<DcrProviderId>,
) -> Result<(), Error> {
    let now = store::strategies::find(tx, strategy).await?;
    match now {
        Some(now) if now.dcr_provider_id == provider => Ok(()),
        _ => Err(Error::Conflict(
            "the auth strategy was changed at this moment; try again".to_owned(),
        )),
    }
}

pub(super) fn not_twice(error: storage::Error) -> Error {
    match error {
        storage::Error::Unique { constraint } if constraint.contains("idempotency_key") => {
            Error::Conflict(
                "an application with this idempotency key exists or is being created".to_owned(),
            )
        }
        storage::Error::ForeignKey => {
            Error::Conflict("the auth strategy or the developer was just removed".to_owned())
        }
        other => other.into(),
    }
}

pub(super) fn unanswered() -> dcr::Error {
    dcr::Error::new(
        ErrorKind::Unavailable,
        "the identity provider took too long to answer",
    )
}
