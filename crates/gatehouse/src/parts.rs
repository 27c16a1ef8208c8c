//! What the settings say, as the parts of a process take it.

use std::time::Duration;

use anyhow::{Context, Result};
use egress::{Policy, mail};
use identity::Origin;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use oauth::{Clock, Entropy};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use storage::Database;
use storage::seal::{KeyRing, Sealer};

use crate::config::{Settings, Tls};
use crate::files;
use crate::tls::LocalCa;

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

/// The local CA, if a listener uses it.
pub(crate) fn local_ca(settings: &Settings, clock: &Clock) -> Result<Option<LocalCa>> {
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
pub(crate) fn roots(
    settings: &Settings,
    ca: Option<&LocalCa>,
) -> Result<Vec<CertificateDer<'static>>> {
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
pub(crate) fn policy(settings: &Settings, ca: Option<&LocalCa>) -> Result<Policy> {
    Ok(Policy {
        allow: settings.egress.allow.clone(),
        timeout: Duration::from_secs(settings.egress.timeout_s),
        roots: roots(settings, ca)?,
        ..Policy::default()
    })
}

/// The networks of this machine alone.
pub(crate) fn loopback() -> [IpNet; 2] {
    [
        IpNet::V4(Ipv4Net::new_assert([127, 0, 0, 0].into(), 8)),
        IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::LOCALHOST, 128)),
    ]
}

/// What the tenant is told of itself, reached at `issuer`.
pub(crate) fn tenant_settings(settings: &Settings, issuer: &str) -> Result<identity::Settings> {
    let origin = |text: &str| Origin::parse(text).context("identity.public_url or identity.hosts");
    let mut tenant = identity::Settings::new(origin(issuer)?);
    tenant.registration = settings.identity.registration.policy();
    tenant.bridge = settings.identity.bridge.settings();
    tenant.trusted_proxies = settings.identity.trusted_proxies.clone();
    tenant.max_pending = settings.identity.max_pending;
    tenant.max_pushed_requests = settings.identity.max_pushed_requests;
    tenant.max_device_codes = settings.identity.max_device_codes;
    tenant.actions = settings.identity.actions.settings()?;
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

/// How mails leave.
pub(crate) fn mail_settings(settings: &Settings) -> mail::Settings {
    let delivery = match &settings.mail.smtp_url {
        Some(url) => mail::Delivery::Smtp(url.as_str().into()),
        None => mail::Delivery::Files(settings.data_dir.join("outbox").join("mail")),
    };
    mail::Settings {
        delivery,
        from: settings.mail.from.clone(),
    }
}
