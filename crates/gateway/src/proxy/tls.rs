//! Which certificates of upstreams are trusted.

use std::sync::Arc;

use egress::tls;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::CertificateDer;

/// Client settings of both kinds: a service says whether its certificate must verify.
#[derive(Debug)]
pub(crate) struct Trust {
    verified: Arc<ClientConfig>,
    unverified: Arc<ClientConfig>,
}

impl Trust {
    /// Trusts the public authorities and `roots`.
    pub(crate) fn new(roots: &[CertificateDer<'static>]) -> Self {
        Self {
            verified: Arc::new(tls::config(roots, tls::Trust::Authorities)),
            unverified: Arc::new(tls::config(roots, tls::Trust::Anyone)),
        }
    }

    /// Settings for a service; `None` verifies.
    pub(crate) fn config(&self, verify: Option<bool>) -> Arc<ClientConfig> {
        Arc::clone(if verify == Some(false) {
            &self.unverified
        } else {
            &self.verified
        })
    }
}
