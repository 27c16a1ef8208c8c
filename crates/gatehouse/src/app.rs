//! One process: the parts that its roles name, wired together and served.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use egress::Egress;
use gateway::Gateway;
use identity::Tenant;
use oauth::{ClientSecret, Clock, Entropy, ShownOnce};
use portal::Portal;
use portal::model::{Access, PlatformTokenKind};
use portal::publish::{self, Publisher};
use portal::service::platform_tokens::Owner;
use secrecy::SecretString;
use serde::Serialize;
use storage::Database;
use storage::seal::Sealer;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Role, Settings, Source, load};
use crate::listeners::{Bound, Listeners};
use crate::operations::{self, Operations};
use crate::telemetry::Telemetry;
use crate::tls::{ListenerTls, LocalCa};
use crate::{console, files, listen, offline, parts, session_keys};

/// The addresses at which everything answers, with real ports: `endpoints.json`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Endpoints {
    pub gateway: String,
    pub platform: String,
    pub portal: String,
    /// With a trailing slash, as tokens carry it.
    pub issuer: String,
    pub operations: String,
    /// The local CA's certificate, where one of the listeners uses it.
    pub ca_cert: Option<PathBuf>,
}

/// How often a gateway of this process tells of refusals: somebody may be looking.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// Each so many times it tells when credentials were last used, too, and how many calls passed.
const TELL_ALL: u64 = 6;

/// What cannot be written is told again the next time.
async fn tell_uses(data_plane: &Gateway, publisher: &Publisher) {
    let untold = data_plane.untold_uses();
    match publisher.note_uses(untold.uses()).await {
        Ok(()) => untold.told(),
        Err(error) => tracing::warn!(%error, "uses of credentials cannot be written"),
    }
}

/// The same for what passed.
async fn tell_traffic(data_plane: &Gateway, publisher: &Publisher, node: &str, all: bool) {
    while let Some(report) = data_plane.untold_traffic(all).await {
        if let Err(error) = publisher.note_traffic(node, &report).await {
            tracing::warn!(%error, "what passed cannot be written");
            return;
        }
        data_plane.heard(&report);
    }
}

/// The runtime of the control plane. The gateway's workers have their own.
///
/// # Errors
/// If threads cannot be started.
pub(crate) fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start threads")
}

/// A running process: its parts, its listeners, and the way to stop them.
pub(crate) struct App {
    settings: Settings,
    source: Source,
    endpoints: Endpoints,
    telemetry: Telemetry,
    certificates: Vec<ListenerTls>,
    ca: Option<LocalCa>,
    database: Option<Database>,
    tenant: Option<Tenant>,
    portal: Option<Portal>,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

/// What every part of a process stands on.
struct Shared {
    database: Database,
    sealer: Sealer,
    egress: Egress,
    clock: Clock,
    entropy: Entropy,
}

impl App {
    /// Starts every part that the roles name; returns when all listeners are ready.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub(crate) async fn start(settings: Settings, source: Source) -> Result<Self> {
        let mut listeners = None;
        let mut app = Self::bind(settings, source, &mut listeners).await?;
        let Some(listeners) = listeners else {
            return Ok(app);
        };
        let (clock, entropy) = (Clock::system(), Entropy::system());
        let shared = Shared {
            database: parts::database(&app.settings).await?,
            sealer: parts::sealer(&app.settings, &entropy)?,
            egress: app.egress(clock.clone())?,
            clock,
            entropy,
        };
        app.database = Some(shared.database.clone());
        let Listeners {
            gateway,
            platform,
            portal,
            identity,
            operations,
        } = listeners;
        if let Some(bound) = identity {
            app.start_tenant(bound, &shared).await?;
        }
        if gateway.is_some() || platform.is_some() || portal.is_some() {
            let publisher = app.publisher(&shared);
            if let Some(bound) = gateway {
                app.start_data_plane(bound, &shared, &publisher)?;
            }
            app.start_control_plane(platform, portal, shared, publisher)
                .await?;
        }
        app.operate(operations);
        app.ready()?;
        Ok(app)
    }

    async fn start_tenant(&mut self, bound: Bound, shared: &Shared) -> Result<()> {
        let settings = parts::tenant_settings(&self.settings, &self.endpoints.issuer)?;
        let origins = std::iter::once(&settings.canonical).chain(&settings.hosts);
        let origins: Vec<String> = origins.map(|origin| origin.as_str().to_owned()).collect();
        let strangers = self.settings.identity.egress_allow.clone();
        let parts = identity::Dependencies {
            db: shared.database.clone(),
            sealer: shared.sealer.clone(),
            clock: shared.clock.clone(),
            entropy: shared.entropy.clone(),
            egress: shared.egress.for_strangers(strangers),
            mail: parts::mail_settings(&self.settings),
            settings,
        };
        let tenant = Tenant::new(parts)
            .await
            .context("the identity tenant cannot start")?;
        let router = identity::router(tenant.clone());
        let for_actions = identity::router_for_actions(tenant.clone());
        for origin in &origins {
            shared.egress.mount(origin, &router);
            tenant.actions_egress().mount(origin, &for_actions);
        }
        self.keep(tenant.clone(), |tenant, shutdown| async move {
            tenant.run(shutdown).await
        });
        self.serve(bound, router);
        self.tenant = Some(tenant);
        Ok(())
    }

    fn publisher(&self, shared: &Shared) -> Publisher {
        let settings = publish::Settings {
            settle: Duration::from_millis(self.settings.portal.settle_timeout_ms),
            ..publish::Settings::default()
        };
        Publisher::new(shared.database.clone(), shared.clock.clone(), settings)
    }

    fn start_data_plane(
        &mut self,
        bound: Bound,
        shared: &Shared,
        publisher: &Publisher,
    ) -> Result<()> {
        let data_plane = self.gateway(shared.egress.clone(), &shared.clock, &shared.entropy)?;
        let applied = data_plane.clone();
        publisher.attach("this process", move |update| {
            let outcome = applied.apply(&update).map_err(|error| error.to_string());
            async move { outcome }
        });
        // Other processes may tell the same database of theirs.
        let node = format!("local-{}", shared.entropy.uuid());
        let told = (data_plane.clone(), publisher.clone(), node);
        self.keep(told, |(data_plane, publisher, node), shutdown| async move {
            for turn in 1_u64.. {
                let sleep = tokio::time::sleep(TELL_EVERY);
                let ends = shutdown.run_until_cancelled(sleep).await.is_none();
                let all = ends || turn % TELL_ALL == 0;
                if all {
                    tell_uses(&data_plane, &publisher).await;
                }
                tell_traffic(&data_plane, &publisher, &node, all).await;
                if ends {
                    return;
                }
            }
        });
        self.serve_gateway(data_plane, bound)
    }

    async fn start_control_plane(
        &mut self,
        platform: Option<Bound>,
        portal: Option<Bound>,
        shared: Shared,
        publisher: Publisher,
    ) -> Result<()> {
        let entropy = shared.entropy.clone();
        let parts = portal::Dependencies {
            db: shared.database,
            sealer: shared.sealer,
            egress: shared.egress,
            clock: shared.clock,
            entropy: shared.entropy,
            publisher: publisher.clone(),
            mail: parts::mail_settings(&self.settings),
            portal_url: self.endpoints.portal.clone(),
            console_url: self.endpoints.platform.clone(),
        };
        let control = Portal::open(parts)
            .await
            .context("the portal cannot start")?;
        // Gateways of this process are ready when the listeners are.
        publisher
            .publish()
            .await
            .context("the configuration cannot be published")?;
        self.keep(control.clone(), |control, shutdown| async move {
            control.run(shutdown).await
        });
        if let Some(bound) = platform {
            let facts = console::Facts {
                platform_url: self.endpoints.platform.clone(),
                trusted_proxies: self.settings.platform.trusted_proxies.clone(),
                portal_url: self.endpoints.portal.clone(),
                gateway_url: self.endpoints.gateway.clone(),
                issuer: self.endpoints.issuer.clone(),
                tenant: self.tenant.is_some(),
            };
            let tenant = self.tenant.as_ref();
            let tenant = tenant.map_or_else(Router::new, identity::console::router);
            let pages = tenant.merge(portal::console::router(&control));
            let pages = console::router(control.clone(), facts, &entropy, pages);
            let proxies = self.settings.platform.trusted_proxies.clone();
            let router = portal::platform_router(control.clone()).merge(pages);
            self.serve(bound, web::attribute(router, proxies));
        }
        if let Some(bound) = portal {
            let settings = portal::pages::Settings {
                gateway_url: self.endpoints.gateway.clone(),
            };
            let applications = control.applications().clone();
            let pages = portal::pages::router(control.clone(), applications, settings);
            let proxies = self.settings.portal.trusted_proxies.clone();
            let router = portal::client_router(control.clone()).merge(pages);
            self.serve(bound, web::attribute(router, proxies));
        }
        self.portal = Some(control);
        Ok(())
    }

    /// Starts without roles: a process that only listens for operations, and to which a gateway is added.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub(crate) async fn start_gateway(
        mut settings: Settings,
        source: Source,
    ) -> Result<(Self, Gateway)> {
        settings.roles = vec![Role::Gateway];
        let mut listeners = None;
        let mut app = Self::bind(settings, source, &mut listeners).await?;
        let Some(Listeners {
            gateway: Some(bound),
            operations,
            ..
        }) = listeners
        else {
            anyhow::bail!("the gateway has no listener")
        };
        let (clock, entropy) = (Clock::system(), Entropy::system());
        let gateway = app.gateway(app.egress(clock.clone())?, &clock, &entropy)?;
        app.serve_gateway(gateway.clone(), bound)?;
        app.operate(operations);
        Ok((app, gateway))
    }

    async fn bind(
        settings: Settings,
        source: Source,
        listeners: &mut Option<Listeners>,
    ) -> Result<Self> {
        let clock = Clock::system();
        let telemetry = Telemetry::start(&settings.log)?;
        files::prepare_data_dir(&settings.data_dir)?;
        let ca = parts::local_ca(&settings, &clock)?;
        let bound = Listeners::bind(&settings, ca.as_ref(), &clock).await?;
        let endpoints = bound.endpoints(&settings, ca.as_ref());
        *listeners = Some(bound);
        Ok(Self {
            settings,
            source,
            endpoints,
            telemetry,
            certificates: Vec::new(),
            ca,
            database: None,
            tenant: None,
            portal: None,
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Writes `endpoints.json`: from here on, everything answers.
    ///
    /// # Errors
    /// If the data directory is not writable.
    pub(crate) fn ready(&self) -> Result<()> {
        files::write_public(
            &self.endpoints_file(),
            serde_json::to_string_pretty(&self.endpoints)?.as_bytes(),
        )
    }

    /// Runs something until the process stops.
    pub(crate) fn keep<T, F>(&self, part: T, run: impl FnOnce(T, CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(run(part, self.shutdown.clone()));
    }

    fn serve(&mut self, bound: Bound, router: Router) {
        let Bound { listener, tls, .. } = bound;
        let config = tls.as_ref().map(|tls| tls.config.clone());
        self.certificates.extend(tls);
        self.tasks.spawn(listen::serve(
            listener,
            config,
            router,
            self.shutdown.clone(),
        ));
    }

    fn serve_gateway(&mut self, gateway: Gateway, bound: Bound) -> Result<()> {
        let Bound { listener, tls, .. } = bound;
        let config = tls.as_ref().map(|tls| tls.config.clone());
        self.certificates.extend(tls);
        let listener = listener
            .into_std()
            .context("hand the listener to the gateway")?;
        let shutdown = self.shutdown.clone();
        self.tasks.spawn(async move {
            if let Err(error) = gateway
                .serve(listener, config, shutdown.cancelled_owned())
                .await
            {
                tracing::error!(error = %error, "the gateway ended");
            }
        });
        Ok(())
    }

    fn operate(&mut self, bound: Bound) {
        let operations = Operations {
            metrics: self.telemetry.metrics.clone(),
            database: self.database.clone(),
            shutdown: self.shutdown.clone(),
        };
        self.serve(bound, operations::router(operations));
    }

    fn gateway(&self, egress: Egress, clock: &Clock, entropy: &Entropy) -> Result<Gateway> {
        let settings = gateway::Settings {
            workers: self.settings.gateway.workers,
            upstream_roots: parts::roots(&self.settings, self.ca.as_ref())?,
            ..gateway::Settings::default()
        };
        let keys = session_keys::load(&self.settings, entropy)?;
        Ok(Gateway::new(
            settings,
            egress,
            clock.clone(),
            entropy.clone(),
            keys,
        ))
    }

    /// The one way out of this process.
    fn egress(&self, clock: Clock) -> Result<Egress> {
        Ok(Egress::new(
            parts::policy(&self.settings, self.ca.as_ref())?,
            clock,
        ))
    }

    /// A client as one elsewhere would be: it trusts the local CA, reaches this machine, and meets sockets alone.
    ///
    /// # Errors
    /// If the configured authorities cannot be read.
    pub(crate) fn client_egress(&self) -> Result<Egress> {
        let mut policy = parts::policy(&self.settings, self.ca.as_ref())?;
        policy.allow.extend(parts::loopback());
        Ok(Egress::new(policy, Clock::system()))
    }

    /// The addresses at which everything answers.
    pub(crate) const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    fn endpoints_file(&self) -> PathBuf {
        self.settings.data_dir.join("endpoints.json")
    }

    /// A client that may do everything at this process' tenant.
    ///
    /// # Errors
    /// If this process runs no tenant, or the database does not answer.
    pub(crate) async fn bootstrap_management_client(
        &self,
        name: &str,
    ) -> Result<(String, ShownOnce<ClientSecret>)> {
        let tenant = self
            .tenant
            .as_ref()
            .context("this process runs no tenant; add the role identity")?;
        Ok(tenant.bootstrap_management_client(name).await?)
    }

    /// A platform token for a person.
    ///
    /// # Errors
    /// If this process runs no control plane, or the database does not answer.
    pub(crate) async fn create_platform_token(
        &self,
        name: &str,
    ) -> Result<ShownOnce<SecretString>> {
        let portal = self
            .portal
            .as_ref()
            .context("this process runs no control plane; add the role platform")?;
        offline::create_token(
            portal,
            name,
            PlatformTokenKind::Personal,
            None,
            Owner::Nobody(Access::Owner),
        )
        .await
    }

    /// An owner of the console, whose password works until another is chosen only if none is given.
    ///
    /// # Errors
    /// If this process runs no control plane, or the database does not answer.
    pub(crate) async fn create_owner(&self, email: &str, password: SecretString) -> Result<()> {
        let portal = self
            .portal
            .as_ref()
            .context("this process runs no control plane; add the role platform")?;
        offline::create_owner(portal, email, password).await
    }

    /// Serves until a signal asks to stop, then drains. SIGHUP reads certificates and the log level again.
    ///
    /// # Errors
    /// If signals cannot be listened for.
    pub(crate) async fn run_until_signal(self) -> Result<()> {
        let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
        let mut hangup = signal(SignalKind::hangup()).context("listen for SIGHUP")?;
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => self.reload(),
            }
        }
        tracing::info!("draining: open requests may finish");
        self.stop().await;
        Ok(())
    }

    fn reload(&self) {
        for certificate in &self.certificates {
            if let Err(error) = certificate.reload() {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the certificate stays as it was"
                );
            }
        }
        let level = load(&self.source).map(|loaded| loaded.settings.log.level);
        match level.and_then(|level| self.telemetry.set_level(&level)) {
            Ok(()) => tracing::info!("certificates and log level read again"),
            Err(error) => tracing::error!(
                error = format!("{error:#}"),
                "the log level stays as it was"
            ),
        }
    }

    /// Drains and stops everything.
    pub(crate) async fn stop(self) {
        let _ = std::fs::remove_file(self.endpoints_file());
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        if let Some(database) = &self.database {
            database.close().await;
        }
    }
}
