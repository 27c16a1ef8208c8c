//! From settings to an adapter.

use std::sync::Arc;

use egress::{Egress, Overrides};
use oauth::Clock;

use crate::auth0::Auth0;
use crate::azure_ad::AzureAd;
use crate::config::{Connection, ProviderConfig};
use crate::curity::Curity;
use crate::http_bridge::HttpBridge;
use crate::kept::ClientStates;
use crate::okta::Okta;
use crate::port::{DcrProvider, Error, ErrorKind};
use crate::rfc7591::Rfc7591;

/// What an adapter is made of.
pub struct Settings {
    /// What the administrator entered.
    pub config: ProviderConfig,
    /// How the provider is reached.
    pub connection: Connection,
    /// Where the adapter keeps what it must remember of this provider's clients.
    pub states: Arc<dyn ClientStates>,
}

/// The adapter for a provider's settings. It holds the management token, so a caller keeps it for
/// as long as the settings stand.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for a kind that no adapter speaks; [`ErrorKind::Misconfigured`] if
/// the settings cannot work.
pub fn connect(
    settings: Settings,
    egress: &Egress,
    clock: Clock,
) -> Result<Arc<dyn DcrProvider>, Error> {
    let egress = reached(egress, settings.connection)?;
    let states = settings.states;
    Ok(match settings.config {
        ProviderConfig::Auth0(config) => Arc::new(Auth0::new(config, egress, clock)?),
        ProviderConfig::Okta(config) => Arc::new(Okta::new(config, egress, clock)?),
        ProviderConfig::AzureAd(config) => Arc::new(AzureAd::new(config, egress, clock)?),
        ProviderConfig::Curity(config) => Arc::new(Curity::new(config, egress, clock, states)?),
        ProviderConfig::Http(config) => Arc::new(HttpBridge::new(config, egress, clock, states)?),
        ProviderConfig::Rfc7591(config) => Arc::new(Rfc7591::new(config, egress, clock, states)?),
        ProviderConfig::Other { provider_type } => {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "a DCR provider of type {provider_type} can be stored but not used; \
                     use one of another type"
                ),
            ));
        }
    })
}

fn reached(egress: &Egress, connection: Connection) -> Result<Egress, Error> {
    let misconfigured = |error: egress::Error| {
        Error::new(
            ErrorKind::Misconfigured,
            format!("the provider's connection settings cannot be used: {error}"),
        )
    };
    let roots = match &connection.ca_certificates {
        Some(pem) => egress::tls::certificates(pem).map_err(misconfigured)?,
        None => Vec::new(),
    };
    if roots.is_empty() && connection.proxy.is_none() && connection.timeout.is_none() {
        return Ok(egress.clone());
    }
    let overrides = Overrides {
        roots,
        timeout: connection.timeout,
        proxy: connection.proxy,
        ..Overrides::default()
    };
    egress.with(&overrides).map_err(misconfigured)
}
