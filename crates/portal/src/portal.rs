//! The service: what every use case stands on.

use std::sync::Arc;
use std::time::Duration;

use egress::Egress;
use egress::issuer::Issuers;
use oauth::{Clock, Entropy};
use storage::outbox::Outbox;
use storage::seal::Sealer;
use storage::{Database, Tx};
use tokio_util::sync::CancellationToken;

use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::mail::{self, Postbox};
use crate::model::{AuditId, ControlPlane, ControlPlaneId, Labels, Organization, OrganizationId};
use crate::publish::{Publisher, topic};
use crate::service::accounts::{Accounts, Lifetimes};
use crate::service::administrators::{self, Administrators};
use crate::service::applications::Applications;
use crate::service::{audit_log, roles, strategy_secrets, team_mail, usage};
use crate::store::audit::Entry;
use crate::store::{self, SEALED};

/// How often expired sessions and tokens are removed.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// What a portal is made of.
#[derive(Clone)]
pub struct Dependencies {
    /// Where everything is kept; opened with [`crate::MIGRATIONS`].
    pub db: Database,
    /// What seals secrets at rest.
    pub sealer: Sealer,
    /// The way out, to identity providers.
    pub egress: Egress,
    /// What "now" is.
    pub clock: Clock,
    /// What "random" is.
    pub entropy: Entropy,
    /// What brings changes to gateways.
    pub publisher: Publisher,
    /// How mails are sent.
    pub mail: mail::Settings,
    /// Where developers reach the portals: `https://portal.example`. Links in mails start with it,
    /// unless a portal has a domain of its own.
    pub portal_url: String,
    /// Where the team reaches the console: `https://platform.example`. Links in the team's mails start with
    /// it.
    pub console_url: String,
}

/// The control plane and the developer portals of one organisation. Copies share it.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

struct Inner {
    dependencies: Dependencies,
    organization: Organization,
    accounts: Accounts,
    administrators: Administrators,
    applications: Applications,
    postbox: Postbox,
    /// What is known of the providers with which developers sign in.
    issuers: Issuers,
}

impl Portal {
    /// Opens the portal. The first start makes the organisation and a control plane "default".
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database is, [`Error::Malformed`] if mails cannot be sent with
    /// these settings.
    pub async fn open(dependencies: Dependencies) -> Result<Self, Error> {
        let postbox = Postbox::new(&dependencies.mail, dependencies.entropy.clone())
            .map_err(Error::Malformed)?;
        let accounts = Accounts::new(
            dependencies.db.clone(),
            dependencies.sealer.clone(),
            dependencies.clock.clone(),
            dependencies.entropy.clone(),
            Lifetimes::default(),
        );
        let administrators = Administrators::new(
            dependencies.db.clone(),
            dependencies.sealer.clone(),
            dependencies.clock.clone(),
            dependencies.entropy.clone(),
            administrators::Lifetimes::default(),
        );
        let issuers = Issuers::new(dependencies.egress.clone());
        let (egress, clock) = (dependencies.egress.clone(), dependencies.clock.clone());
        let applications = Applications::new(
            dependencies.db.clone(),
            dependencies.sealer.clone(),
            dependencies.clock.clone(),
            dependencies.entropy.clone(),
            Arc::new(move |settings| dcr::connect(settings, &egress, clock.clone())),
            &dependencies.portal_url,
        );
        strategy_secrets::adopt(&dependencies.db, &dependencies.sealer).await?;
        let organization = match store::organizations::find(&dependencies.db).await? {
            Some(organization) => organization,
            None => first_start(&dependencies).await?,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                dependencies,
                organization,
                accounts,
                administrators,
                applications,
                postbox,
                issuers,
            }),
        })
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Database {
        &self.inner.dependencies.db
    }

    /// The way out.
    #[must_use]
    pub fn egress(&self) -> &Egress {
        &self.inner.dependencies.egress
    }

    /// What sends mails.
    pub(crate) fn postbox(&self) -> &Postbox {
        &self.inner.postbox
    }

    /// The providers with which developers sign in.
    pub(crate) fn issuers(&self) -> &Issuers {
        &self.inner.issuers
    }

    /// What "now" is.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.dependencies.clock
    }

    /// What "random" is.
    #[must_use]
    pub fn entropy(&self) -> &Entropy {
        &self.inner.dependencies.entropy
    }

    /// What seals secrets at rest.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.inner.dependencies.sealer
    }

    /// Developers' accounts and sessions.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.inner.accounts
    }

    /// The team's accounts and sessions.
    #[must_use]
    pub fn administrators(&self) -> &Administrators {
        &self.inner.administrators
    }

    /// Developers' applications, here and at their providers.
    #[must_use]
    pub fn applications(&self) -> &Applications {
        &self.inner.applications
    }

    /// Where the team reaches the console, without a trailing slash.
    #[must_use]
    pub fn console_url(&self) -> &str {
        self.inner.dependencies.console_url.trim_end_matches('/')
    }

    /// What brings changes to gateways.
    #[must_use]
    pub fn publisher(&self) -> &Publisher {
        &self.inner.dependencies.publisher
    }

    /// Where developers reach the portals, without a trailing slash.
    #[must_use]
    pub fn portal_url(&self) -> &str {
        self.inner.dependencies.portal_url.trim_end_matches('/')
    }

    /// Seals under the current key-encryption key what is sealed under an older one, so that the older
    /// one can be retired. [`Portal::run`] does so at its start. Gives how many values there were.
    ///
    /// # Errors
    /// [`Error::Unavailable`]. A value whose key is not in the ring stays as it is, with a warning in
    /// the log.
    pub async fn rewrap_secrets(&self) -> Result<u64, Error> {
        Ok(self.sealer().rewrap_all(self.db(), &SEALED).await?)
    }

    /// Publishes to gateways, sends mails, settles what was left half done at providers, and forgets
    /// what has expired, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let outbox = Outbox::new(
            self.db().clone(),
            self.clock().clone(),
            self.entropy().clone(),
        );
        let deliver = |job| mail::deliver(self.db(), &self.inner.postbox, self.sealer(), job);
        if let Err(error) = audit_log::begin(self).await {
            tracing::warn!(%error, "audit log webhooks do not begin before one of them is changed");
        }
        tokio::join!(
            self.sealer().rewrap_at_start(self.db(), &SEALED),
            self.publisher().run(shutdown.clone()),
            outbox.run(mail::QUEUE, deliver, shutdown.clone()),
            outbox.run(
                team_mail::QUEUE,
                |job| team_mail::job(self, job),
                shutdown.clone()
            ),
            outbox.run(
                audit_log::DELIVER_QUEUE,
                |job| audit_log::deliver(self, job),
                shutdown.clone(),
            ),
            outbox.run(
                audit_log::REPLAY_QUEUE,
                |job| audit_log::replay(self, job),
                shutdown.clone(),
            ),
            self.applications().reconcile(shutdown.clone()),
            self.prune(&shutdown),
        );
    }

    /// Forgets counts of calls and refusals that nobody looks at any more. [`Portal::run`] does so now and
    /// then. Gives how much that was.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn forget_old_usage(&self) -> Result<u64, Error> {
        usage::prune(self).await
    }

    async fn prune(&self, shutdown: &CancellationToken) {
        while shutdown
            .run_until_cancelled(tokio::time::sleep(PRUNE_EVERY))
            .await
            .is_some()
        {
            if let Err(error) = self.accounts().prune().await {
                tracing::warn!(%error, "expired sessions could not be removed; trying again later");
            }
            if let Err(error) = self.administrators().prune().await {
                tracing::warn!(%error, "administrators' expired sessions could not be removed; trying again later");
            }
            if let Err(error) = self.forget_old_usage().await {
                tracing::warn!(%error, "old counts of calls could not be removed; trying again later");
            }
        }
    }

    /// The organisation.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.inner.organization
    }

    /// The key of the form tokens of some pages: the same on every replica, and for nothing else.
    #[must_use]
    pub fn form_key(&self, pages: &str) -> [u8; 32] {
        let digest = self.sealer().digest(pages, b"key");
        let mut key = [0; 32];
        // 43 characters of base64url hold the 32 bytes; hashing them again keeps all of their randomness.
        let hashed = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, digest.as_bytes());
        key.copy_from_slice(hashed.as_ref());
        key
    }

    /// A context for this moment.
    #[must_use]
    pub fn ctx(&self, actor: Actor, request_id: impl Into<String>) -> Ctx {
        Ctx {
            actor,
            now: self.clock().now(),
            request_id: request_id.into(),
            caller: web::Caller::default(),
            rights: None,
        }
    }

    /// Writes an audit entry in the transaction of the write that it tells of.
    ///
    /// # Errors
    /// Those of [`Tx::execute`].
    pub(crate) async fn audit(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        entry: Entry<'_>,
    ) -> Result<(), Error> {
        if let (Some(rights), "create") = (&ctx.rights, entry.action) {
            roles::give_to_creator(self, tx, (ctx, rights), &entry).await?;
        }
        store::audit::record(tx, ctx, AuditId::new(self.entropy()), entry).await?;
        Ok(())
    }

    /// The end of a write that gateways obey: who did it is written down, the feed moves on, the
    /// transaction commits. Gives the revision, for [`Publisher::settle`].
    ///
    /// # Errors
    /// Those of [`Tx::execute`] and [`Tx::commit`].
    pub(crate) async fn commit(
        &self,
        ctx: &Ctx,
        mut tx: Tx,
        entry: Entry<'_>,
    ) -> Result<i64, Error> {
        let key = entry.entity_id.clone();
        self.audit(&mut tx, ctx, entry).await?;
        let revision = tx.record_change(topic::CONFIGURATION, &key).await?;
        tx.commit().await?;
        Ok(revision)
    }
}

async fn first_start(dependencies: &Dependencies) -> Result<Organization, Error> {
    let now = dependencies.clock.now();
    let mut tx = dependencies.db.begin().await?;
    // Another node may have been first.
    if let Some(organization) = store::organizations::find(&mut tx).await? {
        return Ok(organization);
    }
    let organization = Organization {
        id: OrganizationId::new(&dependencies.entropy),
        name: "Gatehouse".into(),
        created_at: now,
        updated_at: now,
    };
    store::organizations::insert(&mut tx, &organization).await?;
    let control_plane = ControlPlane {
        id: ControlPlaneId::new(&dependencies.entropy),
        name: "default".into(),
        description: String::new(),
        cluster_type: "CLUSTER_TYPE_CONTROL_PLANE".into(),
        auth_type: "pinned_client_certs".into(),
        proxy_urls: Vec::new(),
        labels: Labels::new(),
        created_at: now,
        updated_at: now,
    };
    store::control_planes::insert(&mut tx, &control_plane).await?;
    tx.commit().await?;
    Ok(organization)
}
