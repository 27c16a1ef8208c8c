//! One process: the parts that its roles name, wired together and served.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use egress::{Egress, Policy, mail};
use gateway::Gateway;
use identity::{Origin, Tenant};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use oauth::{ClientSecret, Clock, Entropy, ShownOnce};
use portal::publish::{self, Publisher};
use portal::{Actor, Portal};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use secrecy::SecretString;
use serde::Serialize;
use storage::Database;
use storage::seal::{KeyRing, Sealer};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Role, Settings, Source, Tls, load};
use crate::listeners::{Bound, Listeners};
use crate::operations::{self, Operations};
use crate::telemetry::Telemetry;
use crate::tls::{ListenerTls, LocalCa};
use crate::{files, listen, session_keys};

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

/// Opens the database that the settings name, its schema brought up to date.
///
/// # Errors
/// One sentence that says what to do.
pub(crate) async fn database(settings: &Settings) -> Result<Database> {
    files::prepare_data_dir(&settings.data_dir)?;
    let config = match &settings.database.url {
        None => storage::Config::Sqlite {
            path: settings.data_dir.join("gatehouse.db"),
        },
        Some(url) => storage::Config::Postgres {
            url: url.as_str().into(),
            max_connections: settings.database.max_connections.unwrap_or(16),
        },
    };
    let opened = Database::open(&config, &[identity::MIGRATIONS, portal::MIGRATIONS]).await;
    opened.context("the database cannot be opened")
}

/// What opens and seals secrets, under the keys that the settings name.
///
/// # Errors
/// If the keys cannot be read.
pub(crate) fn sealer(settings: &Settings, entropy: &Entropy) -> Result<Sealer> {
    files::prepare_data_dir(&settings.data_dir)?;
    let ring = if !settings.keys.command.is_empty() {
        KeyRing::from_command(&settings.keys.command)
    } else if !settings.keys.secrets.is_empty() {
        KeyRing::from_base64(&settings.keys.secrets)
    } else {
        KeyRing::load_or_create(&settings.data_dir.join("keys"), entropy)
    };
    Ok(Sealer::new(
        ring.context("the key-encryption keys cannot be read")?,
        entropy.clone(),
    ))
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
        let database = database(&app.settings).await?;
        let sealer = sealer(&app.settings, &entropy)?;
        app.database = Some(database.clone());
        let Listeners {
            gateway,
            platform,
            portal,
            identity,
            operations,
        } = listeners;

        let egress = app.egress(clock.clone())?;
        if let Some(bound) = identity {
            let settings = tenant_settings(&app.settings, &app.endpoints.issuer)?;
            let origins = std::iter::once(&settings.canonical).chain(&settings.hosts);
            let origins: Vec<String> = origins.map(|origin| origin.as_str().to_owned()).collect();
            let parts = identity::Dependencies {
                db: database.clone(),
                sealer: sealer.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
                egress: egress.for_strangers(app.settings.identity.egress_allow.clone()),
                mail: mail_settings(&app.settings),
                settings,
            };
            let tenant = Tenant::new(parts)
                .await
                .context("the identity tenant cannot start")?;
            let router = identity::router(tenant.clone());
            for origin in &origins {
                egress.mount(origin, &router);
            }
            app.keep(tenant.clone(), |tenant, shutdown| async move {
                tenant.run(shutdown).await
            });
            app.serve(bound, router);
            app.tenant = Some(tenant);
        }

        if gateway.is_some() || platform.is_some() || portal.is_some() {
            let settle = Duration::from_millis(app.settings.portal.settle_timeout_ms);
            let publisher = Publisher::new(
                database.clone(),
                clock.clone(),
                publish::Settings {
                    settle,
                    ..publish::Settings::default()
                },
            );
            if let Some(bound) = gateway {
                let data_plane = app.gateway(egress.clone(), &clock, &entropy)?;
                let applied = data_plane.clone();
                publisher.attach("this process", move |update| {
                    let outcome = applied.apply(&update).map_err(|error| error.to_string());
                    async move { outcome }
                });
                app.serve_gateway(data_plane, bound)?;
            }
            let parts = portal::Dependencies {
                db: database,
                sealer,
                egress,
                clock,
                entropy,
                publisher: publisher.clone(),
                mail: mail_settings(&app.settings),
                portal_url: app.endpoints.portal.clone(),
            };
            let control = Portal::open(parts)
                .await
                .context("the portal cannot start")?;
            // Gateways of this process are ready when the listeners are.
            publisher
                .publish()
                .await
                .context("the configuration cannot be published")?;
            app.keep(control.clone(), |control, shutdown| async move {
                control.run(shutdown).await
            });
            if let Some(bound) = platform {
                app.serve(bound, portal::platform_router(control.clone()));
            }
            if let Some(bound) = portal {
                let pages = portal::pages::Settings {
                    gateway_url: app.endpoints.gateway.clone(),
                };
                let pages =
                    portal::pages::router(control.clone(), control.applications().clone(), pages);
                app.serve(bound, portal::client_router(control.clone()).merge(pages));
            }
            app.portal = Some(control);
        }
        app.operate(operations);
        app.ready()?;
        Ok(app)
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
        let ca = local_ca(&settings, &clock)?;
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
            upstream_roots: roots(&self.settings, self.ca.as_ref())?,
            ..gateway::Settings::default()
        };
        let keys = session_keys::load(&self.settings, entropy)?;
        Gateway::new(settings, egress, clock.clone(), entropy.clone(), keys)
            .context("the gateway cannot start")
    }

    /// The one way out of this process.
    fn egress(&self, clock: Clock) -> Result<Egress> {
        Ok(Egress::new(
            policy(&self.settings, self.ca.as_ref())?,
            clock,
        ))
    }

    /// A client as one elsewhere would be: it trusts the local CA, reaches this machine, and meets sockets alone.
    ///
    /// # Errors
    /// If the configured authorities cannot be read.
    pub(crate) fn client_egress(&self) -> Result<Egress> {
        let mut policy = policy(&self.settings, self.ca.as_ref())?;
        policy.allow.extend(loopback());
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
        create_token(
            portal,
            name,
            portal::model::PlatformTokenKind::Personal,
            None,
        )
        .await
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

/// Makes a platform token on behalf of whoever may run commands on this machine.
///
/// # Errors
/// If the name is empty or the database does not answer.
pub(crate) async fn create_token(
    portal: &Portal,
    name: &str,
    kind: portal::model::PlatformTokenKind,
    lifetime: Option<Duration>,
) -> Result<ShownOnce<SecretString>> {
    let ctx = portal.ctx(Actor::System, "command");
    let expires_at = lifetime.map(|lifetime| ctx.now + lifetime);
    let new = portal::service::platform_tokens::NewToken {
        kind,
        name: name.to_owned(),
        expires_at,
    };
    Ok(portal.create_platform_token(&ctx, new).await?.1)
}

/// The local CA, if a listener uses it.
fn local_ca(settings: &Settings, clock: &Clock) -> Result<Option<LocalCa>> {
    let listeners = [
        &settings.gateway.tls,
        &settings.platform.tls,
        &settings.portal.tls,
        &settings.identity.tls,
        &settings.operations.tls,
    ];
    let used = listeners.into_iter().any(|tls| *tls == Tls::Local);
    used.then(|| LocalCa::load_or_create(&settings.data_dir, clock))
        .transpose()
}

/// Certificate authorities trusted beside the public ones: the local one, and those of the configuration.
fn roots(settings: &Settings, ca: Option<&LocalCa>) -> Result<Vec<CertificateDer<'static>>> {
    let mut roots: Vec<CertificateDer<'static>> =
        ca.map(LocalCa::certificate).into_iter().collect();
    if let Some(path) = &settings.egress.ca_file {
        let read = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
        let read = read.map_err(|e| {
            anyhow::anyhow!("egress.ca_file {} cannot be read: {e}", path.display())
        })?;
        roots.extend(read);
    }
    Ok(roots)
}

/// What outgoing requests may do: as configured, and the local CA is trusted.
fn policy(settings: &Settings, ca: Option<&LocalCa>) -> Result<Policy> {
    Ok(Policy {
        allow: settings.egress.allow.clone(),
        timeout: Duration::from_secs(settings.egress.timeout_s),
        roots: roots(settings, ca)?,
        ..Policy::default()
    })
}

/// The networks of this machine alone.
fn loopback() -> [IpNet; 2] {
    [
        IpNet::V4(Ipv4Net::new_assert([127, 0, 0, 0].into(), 8)),
        IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::LOCALHOST, 128)),
    ]
}

fn tenant_settings(settings: &Settings, issuer: &str) -> Result<identity::Settings> {
    let origin = |text: &str| Origin::parse(text).context("identity.public_url or identity.hosts");
    let mut tenant = identity::Settings::new(origin(issuer)?);
    tenant.registration = settings.identity.registration.policy();
    for host in &settings.identity.hosts {
        let scheme = if settings.identity.tls == Tls::Off {
            "http"
        } else {
            "https"
        };
        let address = if host.contains("://") {
            host.clone()
        } else {
            format!("{scheme}://{host}")
        };
        tenant.hosts.push(origin(&address)?);
    }
    // The same listener by its other name, for people and SDKs that write `localhost`.
    if settings.identity.public_url.is_none() && issuer.contains("//127.0.0.1:") {
        tenant
            .hosts
            .push(origin(&issuer.replace("//127.0.0.1:", "//localhost:"))?);
    }
    Ok(tenant)
}

fn mail_settings(settings: &Settings) -> mail::Settings {
    let delivery = match &settings.mail.smtp_url {
        Some(url) => mail::Delivery::Smtp(url.as_str().into()),
        None => mail::Delivery::Files(settings.data_dir.join("outbox").join("mail")),
    };
    mail::Settings {
        delivery,
        from: settings.mail.from.clone(),
    }
}

/// The parts that a command needs while nothing serves: opened one by one, on the same database.
pub(crate) struct Offline {
    settings: Settings,
    database: Database,
    sealer: Sealer,
    clock: Clock,
    entropy: Entropy,
}

impl Offline {
    /// Opens the database and the keys.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub(crate) async fn open(settings: &Settings) -> Result<Self> {
        let entropy = Entropy::system();
        Ok(Self {
            settings: settings.clone(),
            database: database(settings).await?,
            sealer: sealer(settings, &entropy)?,
            clock: Clock::system(),
            entropy,
        })
    }

    /// This moment.
    pub(crate) fn now(&self) -> oauth::Timestamp {
        self.clock.now()
    }

    /// The tenant.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn tenant(&self) -> Result<Tenant> {
        let address = match &self.settings.identity.public_url {
            Some(url) => url.clone(),
            None => format!("http://{}", self.settings.identity.listen),
        };
        let parts = identity::Dependencies {
            db: self.database.clone(),
            sealer: self.sealer.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            egress: Egress::new(policy(&self.settings, None)?, self.clock.clone())
                .for_strangers(self.settings.identity.egress_allow.clone()),
            mail: mail_settings(&self.settings),
            settings: tenant_settings(&self.settings, &address)?,
        };
        Ok(Tenant::new(parts).await?)
    }

    /// The control plane.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn portal(&self) -> Result<Portal> {
        let parts = portal::Dependencies {
            db: self.database.clone(),
            sealer: self.sealer.clone(),
            egress: Egress::new(policy(&self.settings, None)?, self.clock.clone()),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            publisher: Publisher::new(
                self.database.clone(),
                self.clock.clone(),
                publish::Settings::default(),
            ),
            mail: mail_settings(&self.settings),
            portal_url: self.settings.portal.public_url.clone().unwrap_or_default(),
        };
        Ok(Portal::open(parts).await?)
    }

    /// Closes the database.
    pub(crate) async fn close(self) {
        self.database.close().await;
    }
}
