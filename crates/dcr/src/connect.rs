//! From settings to an adapter.

use std::sync::Arc;

use egress::Egress;
use oauth::Clock;

use crate::auth0::Auth0;
use crate::config::ProviderConfig;
use crate::port::{DcrProvider, Error, ErrorKind};

/// The adapter for a provider's settings. It holds the management token, so a caller keeps it for
/// as long as the settings stand.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for a kind that no adapter speaks; [`ErrorKind::Misconfigured`] if
/// the settings cannot work.
pub fn connect(
    config: ProviderConfig,
    egress: Egress,
    clock: Clock,
) -> Result<Arc<dyn DcrProvider>, Error> {
    match config {
        ProviderConfig::Auth0(config) => Ok(Arc::new(Auth0::new(config, egress, clock)?)),
        ProviderConfig::Other { provider_type } => Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "a DCR provider of type {provider_type} can be stored but not used yet; \
                 use one of type auth0"
            ),
        )),
    }
}
