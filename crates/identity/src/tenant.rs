//! The tenant: what its endpoints share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use egress::Egress;
use egress::issuer::KeySets;
use egress::mail::{self, Postbox};
use oauth::{Clock, Entropy};
use storage::Database;
use storage::outbox::Outbox;
use storage::seal::Sealer;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::Hasher;

use crate::authentication::back_channel;
use crate::bounds::Crowds;
use crate::keys::{KeyStore, Ring, Signers};
use crate::model::Members;
use crate::model::branding::Branding;
use crate::model::protection::Protection;
use crate::model::signing_key::Role;
use crate::model::tenant_settings::TenantSettings;
use crate::registration::{self, Registrar};
use crate::service::actions::Actions;
use crate::service::documents::theme;
use crate::service::log::Journal;
use crate::service::users::Guard;
use crate::store::{
    SEALED, assertions, documents, login_tickets, sessions, tenant_settings, tickets, topic,
};
use crate::token::published_keys::Compared;
use crate::token::{self, Directory};
use crate::{Error, Settings, service};

/// What a tenant is made of.
pub struct Dependencies {
    /// Where it keeps everything; opened with [`MIGRATIONS`](crate::MIGRATIONS).
    pub db: Database,
    /// What secrets and keys are sealed with.
    pub sealer: Sealer,
    /// What the time is.
    pub clock: Clock,
    /// Where ids and secrets come from.
    pub entropy: Entropy,
    /// How addresses are asked that clients name: their keys, their metadata documents. Give it
    /// [`Egress::for_strangers`].
    pub egress: Egress,
    /// How mails are sent.
    pub mail: mail::Settings,
    /// Where it is reached.
    pub settings: Settings,
}

/// An identity tenant. Copies share it.
#[derive(Clone)]
pub struct Tenant(Arc<Inner>);

struct Inner {
    db: Database,
    sealer: Arc<Sealer>,
    clock: Clock,
    entropy: Entropy,
    egress: Egress,
    key_sets: KeySets,
    compared: Compared,
    registrar: Registrar,
    crowds: Crowds,
    settings: Settings,
    ring: ArcSwap<Ring>,
    tenant_settings: ArcSwap<TenantSettings>,
    protection: ArcSwap<Protection>,
    branding: ArcSwap<Branding>,
    directory: Directory,
    signers: Signers,
    tasks: TaskTracker,
    hasher: Hasher,
    guard: Guard,
    journal: Journal,
    actions: Actions,
    postbox: Postbox,
    /// The feed's revision before anything was loaded: whoever follows starts here.
    loaded_at: i64,
}

/// What the ids of the protection settings begin with.
const PROTECTION: &str = "attack_protection";
/// The document with colours and pictures; themes are documents beside it.
const BRANDING: &str = "branding";
/// How often is forgotten what strangers begin and nobody finishes.
const PRUNE_BEGUN_EVERY: Duration = Duration::from_secs(60);
/// Every how many of those times everything else that has expired is forgotten: every hour.
const PRUNE_EVERY: u32 = 60;
/// How often it is written which clients were used.
const WRITE_USES_EVERY: Duration = Duration::from_secs(5);
/// Every how many of those times registered clients are pruned: every ten minutes.
const SWEEP_EVERY: u32 = 120;
/// How many changes are read at once.
const CHANGES: u32 = 500;
/// How large a client's key set may be, in bytes. Source: the vendor's limit for the key sets of client
/// ID metadata documents.
const MAX_KEY_SET: usize = 12 * 1024;

impl Tenant {
    /// Opens the tenant: its keys, its Management API and its "All Applications" client are made where
    /// they are missing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database does not answer; [`Error::Internal`] if sealed keys do
    /// not open.
    pub async fn new(dependencies: Dependencies) -> Result<Self, Error> {
        let Dependencies {
            db,
            sealer,
            clock,
            entropy,
            egress,
            mail,
            settings,
        } = dependencies;
        let postbox = Postbox::new(&mail, entropy.clone()).map_err(Error::Internal)?;
        let sealer = Arc::new(sealer);
        let loaded_at = db.feed().revision().await?;
        let keys = KeyStore {
            db: db.clone(),
            sealer: sealer.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            host: settings.canonical.authority().to_owned(),
        };
        let ring = keys.load_or_create().await?;
        let registrar = Registrar::new(&clock, &settings.registration);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let tenant = Self(Arc::new(Inner {
            tenant_settings: ArcSwap::from_pointee(TenantSettings::initial()),
            protection: ArcSwap::from_pointee(Protection::read(&Members::new(), &Members::new())),
            branding: ArcSwap::default(),
            directory: Directory::new(),
            signers: Signers::start(cores)?,
            tasks: TaskTracker::new(),
            hasher: Hasher::new(entropy.clone()),
            guard: Guard::new(&clock),
            journal: Journal::new(&entropy),
            actions: Actions::new(
                &settings.actions,
                egress.for_strangers(settings.actions.egress_allow.clone()),
                &clock,
            ),
            postbox,
            ring: ArcSwap::from_pointee(ring),
            db,
            sealer,
            clock,
            entropy,
            key_sets: KeySets::new(egress.clone(), MAX_KEY_SET),
            compared: Compared::new(),
            egress,
            registrar,
            crowds: Crowds::new(),
            settings,
            loaded_at,
        }));
        service::bootstrap::ensure(&tenant).await?;
        tenant.reload_settings().await?;
        tenant.reload_documents().await?;
        service::actions::reload(&tenant).await?;
        Ok(tenant)
    }

    /// Follows what other nodes change, sends mails, writes the log and tidies up, until told to stop.
    ///
    /// Changes made through this tenant take effect at once without it.
    pub async fn run(&self, shutdown: CancellationToken) {
        let outbox = Outbox::new(
            self.db().clone(),
            self.clock().clone(),
            self.entropy().clone(),
        );
        let deliver = |job| service::mail::deliver(self, job);
        let tell = |job| back_channel::deliver(self, job);
        let work = |job| service::jobs::run(self, job);
        let stream = |job| service::log_streams::deliver(self, job);
        if let Err(error) = service::log_streams::begin(self).await {
            tracing::warn!(error.cause = %error, "log streams wait for the next start");
        }
        tokio::join!(
            outbox.run(service::mail::QUEUE, deliver, shutdown.clone()),
            outbox.run(back_channel::QUEUE, tell, shutdown.clone()),
            outbox.run(service::jobs::QUEUE, work, shutdown.clone()),
            outbox.run(service::log_streams::QUEUE, stream, shutdown.clone()),
            shutdown.run_until_cancelled(self.follow()),
            shutdown.run_until_cancelled(self.tidy()),
            shutdown.run_until_cancelled(self.keep_clients()),
            shutdown.run_until_cancelled(service::log::keep_writing(self)),
            shutdown.run_until_cancelled(service::actions::keep_writing(self)),
            shutdown.run_until_cancelled(self.build_actions()),
        );
        if let Err(error) = service::log::flush(self).await {
            tracing::warn!(error.cause = %error, "the last log entries were not written");
        }
        if let Err(error) = registration::write_uses(self).await {
            tracing::warn!(error.cause = %error, "the last uses of clients were not written");
        }
        self.0.tasks.close();
        self.0.tasks.wait().await;
        if let Err(error) = service::actions::flush(self).await {
            tracing::warn!(error.cause = %error, "the last runs of actions were not written");
        }
    }

    /// Builds the Actions that another process left unbuilt.
    async fn build_actions(&self) {
        if let Err(error) = service::actions::resume_builds(self).await {
            tracing::warn!(error.cause = %error, "actions that were not built wait for the next start");
        }
    }

    async fn follow(&self) {
        let mut revisions = self.0.db.feed().subscribe();
        let mut seen = self.0.loaded_at;
        loop {
            match self.catch_up(seen).await {
                Ok(revision) => seen = revision,
                Err(error) => {
                    tracing::warn!(error.cause = %error, "the tenant cannot follow the feed");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
            }
            if revisions.changed().await.is_err() {
                return;
            }
        }
    }

    /// Forgets what changed after `seen`; gives the revision that is then reached.
    async fn catch_up(&self, mut seen: i64) -> Result<i64, Error> {
        loop {
            let changes = match self.0.db.feed().changes_since(seen, CHANGES).await {
                Ok(changes) => changes,
                Err(storage::Error::Pruned { .. }) => {
                    let revision = self.0.db.feed().revision().await?;
                    self.0.directory.forget_everything();
                    self.reload_settings().await?;
                    self.reload_documents().await?;
                    self.reload_keys().await?;
                    service::actions::reload(self).await?;
                    return Ok(revision);
                }
                Err(error) => return Err(error.into()),
            };
            let Some(last) = changes.last() else {
                return Ok(seen);
            };
            seen = last.revision;
            for change in &changes {
                match change.topic.as_str() {
                    topic::CLIENT if change.key == "*" => self.0.directory.forget_everything(),
                    topic::CLIENT => self.0.directory.forget_client(&change.key),
                    topic::RESOURCE_SERVER => self.0.directory.forget_api(&change.key),
                    topic::TENANT_SETTINGS => {
                        self.reload_settings().await?;
                        // Which clients there are depends on them.
                        self.0.directory.forget_everything();
                    }
                    topic::DOCUMENT => self.reload_document(&change.key).await?,
                    topic::SIGNING_KEYS => self.reload_keys().await?,
                    topic::ACTIONS => service::actions::reload(self).await?,
                    _ => {}
                }
            }
        }
    }

    /// Seals under the current key-encryption key what is sealed under an older one, so that the older
    /// one can be retired. [`Tenant::run`] does so at its start. Gives how many values there were.
    ///
    /// # Errors
    /// [`Error::Unavailable`]. A value whose key is not in the ring stays as it is, with a warning in
    /// the log.
    pub async fn rewrap_secrets(&self) -> Result<u64, Error> {
        Ok(self.0.sealer.rewrap_all(&self.0.db, &SEALED).await?)
    }

    async fn tidy(&self) {
        self.0.sealer.rewrap_at_start(&self.0.db, &SEALED).await;
        for minute in 0_u32.. {
            let done = match minute % PRUNE_EVERY {
                0 => self.prune().await,
                _ => token::prune_begun(self).await.map(drop),
            };
            if let Err(error) = done {
                tracing::warn!(error.cause = %error, "what has expired was not removed");
            }
            tokio::time::sleep(PRUNE_BEGUN_EVERY).await;
        }
    }

    async fn prune(&self) -> Result<(), Error> {
        let now = self.0.clock.now();
        assertions::prune(&self.0.db, now).await?;
        tickets::prune(&self.0.db, now).await?;
        login_tickets::prune(&self.0.db, now).await?;
        service::users::prune(self).await?;
        service::log::prune(self).await?;
        service::actions::prune(self).await?;
        service::jobs::prune(self).await?;
        token::prune(self).await?;
        while sessions::prune(&self.0.db, now).await? > 0 {}
        Ok(())
    }

    /// Writes which clients were used, and removes those that registered themselves and are used no more.
    /// [`Tenant::run`] does so all the time. Gives how many went.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn prune_clients(&self) -> Result<u64, Error> {
        registration::sweep(self).await
    }

    async fn keep_clients(&self) {
        let mut written = 0;
        loop {
            tokio::time::sleep(WRITE_USES_EVERY).await;
            written += 1;
            let done = match written % SWEEP_EVERY {
                0 => self.prune_clients().await.map(drop),
                _ => registration::write_uses(self).await,
            };
            if let Err(error) = done {
                tracing::warn!(error.cause = %error, "uses of clients were not written");
            }
        }
    }

    /// Where the tenant is reached.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn db(&self) -> &Database {
        &self.0.db
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.0.entropy
    }

    /// For addresses that clients name.
    pub(crate) fn egress(&self) -> &Egress {
        &self.0.egress
    }

    /// The keys that clients publish, by address.
    pub(crate) fn key_sets(&self) -> &KeySets {
        &self.0.key_sets
    }

    /// Which of them were compared with earlier ones.
    pub(crate) fn compared(&self) -> &Compared {
        &self.0.compared
    }

    /// What hashes passwords.
    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// What slows down guessers.
    pub(crate) fn guard(&self) -> &Guard {
        &self.0.guard
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// How Actions reach the outside. Mount [`router_for_actions`](crate::router_for_actions) here.
    #[must_use]
    pub fn actions_egress(&self) -> &Egress {
        self.0.actions.egress()
    }

    pub(crate) fn actions(&self) -> &Actions {
        &self.0.actions
    }

    /// Does something in the background; the tenant waits for it when it stops.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(work);
    }

    pub(crate) fn postbox(&self) -> &Postbox {
        &self.0.postbox
    }

    /// The tenant's name, for people.
    pub(crate) fn display_name(&self) -> String {
        let settings = self.tenant_settings();
        let friendly = settings.text("friendly_name");
        friendly.unwrap_or(&self.settings().name).to_owned()
    }

    pub(crate) fn registrar(&self) -> &Registrar {
        &self.0.registrar
    }

    /// How much there is that strangers began.
    pub(crate) fn crowds(&self) -> &Crowds {
        &self.0.crowds
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    pub(crate) fn signers(&self) -> &Signers {
        &self.0.signers
    }

    pub(crate) fn ring(&self) -> Arc<Ring> {
        self.0.ring.load_full()
    }

    pub(crate) fn tenant_settings(&self) -> Arc<TenantSettings> {
        self.0.tenant_settings.load_full()
    }

    pub(crate) fn key_store(&self) -> KeyStore {
        KeyStore {
            db: self.0.db.clone(),
            sealer: self.0.sealer.clone(),
            clock: self.0.clock.clone(),
            entropy: self.0.entropy.clone(),
            host: self.0.settings.canonical.authority().to_owned(),
        }
    }

    pub(crate) async fn reload_keys(&self) -> Result<(), Error> {
        let ring = self.key_store().load().await?;
        self.0.ring.store(Arc::new(ring));
        Ok(())
    }

    pub(crate) async fn reload_settings(&self) -> Result<(), Error> {
        let settings = tenant_settings::load(&self.0.db).await?;
        self.0.tenant_settings.store(Arc::new(settings));
        Ok(())
    }

    /// What is done against guessing.
    pub(crate) fn protection(&self) -> Arc<Protection> {
        self.0.protection.load_full()
    }

    /// What the pages look like.
    pub(crate) fn branding(&self) -> Arc<Branding> {
        self.0.branding.load_full()
    }

    async fn reload_documents(&self) -> Result<(), Error> {
        self.reload_document(PROTECTION).await?;
        self.reload_document(BRANDING).await
    }

    /// Reads again what this tenant goes by, if it is in the document that changed.
    pub(crate) async fn reload_document(&self, document: &str) -> Result<(), Error> {
        if document == BRANDING || document.starts_with(theme::PREFIX) {
            let branding = service::documents::read(self, BRANDING, Members::new()).await?;
            let themes = documents::of_kind(&self.0.db, theme::KIND).await?;
            let theme = themes.first().map(|theme| &theme.content);
            let branding = Branding::read(&branding, theme);
            self.0.branding.store(Arc::new(branding));
        }
        if document.starts_with(PROTECTION) {
            let none = Members::new;
            let brute_force =
                service::documents::read(self, "attack_protection/brute_force", none()).await?;
            let suspicious_ip =
                service::documents::read(self, "attack_protection/suspicious_ip", none()).await?;
            let protection = Protection::read(&brute_force, &suspicious_ip);
            self.0.protection.store(Arc::new(protection));
        }
        Ok(())
    }

    /// Makes the next signing key in the background.
    pub(crate) fn replenish_keys(&self) {
        let tenant = self.clone();
        self.0.tasks.spawn(async move {
            let filled = tenant.key_store().fill(&[Role::Next]).await;
            let done = match filled {
                Ok(()) => tenant.reload_keys().await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::warn!(error.cause = %error, "no next signing key was made; the next rotation tries again");
            }
        });
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant")
            .field("origin", &self.0.settings.canonical.as_str())
            .finish_non_exhaustive()
    }
}
